export { GeoDatabase } from './geo-database.ts';
export { IdentityKeys } from './identity.ts';
export { ViewerParams } from './params.ts';
export type { Viewer } from './viewer.ts';
export { ViewerReader } from './viewer-reader.ts';
