import type { Readable } from 'node:stream';

export interface StoredObject {
  /** Lower-case hex. */
  sha256: string;
  sizeBytes: number;
}

export interface ListedObject {
  sha256: string;
  extension: string;
  storedAt: Date;
}

/**
 * Files by the SHA-256 of their content: what is stored never changes, equal content is stored once. The extension is
 * part of the address because players and platforms tell a file's kind from it.
 */
export interface ObjectStore {
  /**
   * Stores a file or stream. When this answers, the bytes are on the disk under their final name; when it fails,
   * nothing is there.
   * @param source path of a file, which is copied, or a stream, which is read to its end
   * @param extension letters and digits without a dot, such as `mp4`
   */
  put(source: string | Readable, extension: string): Promise<StoredObject>;
  /** Address below the store: `ab/<sha256>.<extension>`. */
  keyOf(sha256: string, extension: string): string;
  /** A local file with the content, for programs that need one. It must not be changed or removed. */
  pathOf(sha256: string, extension: string): string;
  /** Null when there is no such file. */
  sizeOf(sha256: string, extension: string): Promise<number | null>;
  /** Bytes `start` to `end`, both included; the whole file without a range. */
  read(sha256: string, extension: string, range?: { start: number; end: number }): Readable;
  /** Removes a file; removing one that is not there is no error. */
  remove(sha256: string, extension: string): Promise<void>;
  list(): AsyncIterable<ListedObject>;
}
