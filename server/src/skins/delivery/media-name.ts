import type { SnapshotMediaFile } from '../../kernel/delivery-protocol.ts';

/** The public name of a media file: its hash, and the extension of its path. */
export function mediaName(file: Pick<SnapshotMediaFile, 'hash' | 'path'>): string {
  return `${file.hash}${file.path.slice(file.path.lastIndexOf('.'))}`;
}
