export { type LumaModel, lumaDefaultBaseUrl, type PriceTable } from './info.ts';
export { createLumaGenerator, type LumaOptions } from './send.ts';
