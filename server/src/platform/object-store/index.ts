export {
  createFileLinks,
  type FileKind,
  type FileLinkOptions,
  type FileLinks,
  type LinkedFile,
  type VerifiedLink,
} from './file-links.ts';
export { type FileRouteParts, registerFileLinks } from './file-routes.ts';
export { openLocalStore } from './local-store.ts';
export { type NamedObject, type NamedStore, openLocalNamedStore } from './named-store.ts';
export type { ListedObject, ObjectStore, StoredObject } from './types.ts';
