export { GeoDatabase } from './geo-database.ts';
export { hashOfId, IdentityKeys } from './identity.ts';
export { VIEWER_PARAMS, ViewerParams, viewerParamIndex } from './params.ts';
export { type Hash64, type SipKey, sipHashText, sipKey } from './siphash.ts';
export type { Viewer } from './viewer.ts';
export { GEO_HEADERS, type GeoHeaderSource, ViewerReader } from './viewer-reader.ts';
