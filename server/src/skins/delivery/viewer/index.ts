export { BoundedCache } from './bounded-cache.ts';
export type { Place, PlacePart } from './geo.ts';
export { GeoDatabase, type GeoDatabaseInfo, type GeoDatabaseOptions } from './geo-database.ts';
export {
  IDENTITY_KINDS,
  type Identity,
  IdentityKeys,
  type IdentityKind,
  type IdentitySignals,
  identityOf,
  type PassedOver,
} from './identity.ts';
export { type IgnoredParam, NO_PARAMS, VIEWER_PARAMS, type ViewerParam, ViewerParams } from './params.ts';
export type { Viewer, ViewerContext } from './viewer.ts';
export {
  CLOUDFRONT_HEADERS,
  type PlaceSource,
  type PlainViewer,
  ViewerReader,
  type ViewerReaderOptions,
} from './viewer-reader.ts';
