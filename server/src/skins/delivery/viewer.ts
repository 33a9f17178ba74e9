export { type PlainViewer, ViewerReader } from './viewer/index.ts';
