export { type AmazonDspOptions, createAmazonDspAdapter } from './adapter.ts';
export { amazonHosts, amazonTokenUrl } from './info.ts';
export { type AmazonDspParams, amazonDspParams } from './params.ts';
export type { Credentials } from './token.ts';
