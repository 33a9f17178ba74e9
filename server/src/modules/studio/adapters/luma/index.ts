export { type LumaModel, lumaDefaultBaseUrl, lumaDefaultPrices, lumaInfo, type PriceTable } from './info.ts';
export { createLumaGenerator, type LumaOptions } from './send.ts';
