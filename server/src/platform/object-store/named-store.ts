import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { absent, removeAbandoned, syncDirectory } from './durable-files.ts';

export interface NamedObject {
  key: string;
  sizeBytes: number;
}

/** Files by a name of ours, which may be written again: for what is derived and partitioned, where the name says what. */
export interface NamedStore {
  /** A path for a file on its way in, on the same file system. */
  draft(): Promise<string>;
  /** Puts a finished draft under a key, in place of what was there: readers see the old file or the new one. */
  put(key: string, draft: string): Promise<void>;
  /** Null when there is nothing under the key. */
  read(key: string): Promise<string | null>;
  readBytes(key: string): Promise<Buffer | null>;
  write(key: string, content: string | Buffer): Promise<void>;
  /** Everything below a folder, sorted by key; nothing when there is no such folder. */
  list(folder: string): Promise<NamedObject[]>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** A local file with the content, for programs that need one. */
  pathOf(key: string): string;
}

const INCOMING = '.incoming';
const ABANDONED_MS = 24 * 60 * 60 * 1000;
const PART = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]*$/;

/**
 * A named store in a directory of this machine. As in the store by content, a crash leaves a whole file or none.
 * @param root made when it is missing
 */
export function openLocalNamedStore(root: string): NamedStore {
  const pathOf = (key: string): string => {
    const parts = key.split('/');
    if (!parts.every((part) => PART.test(part))) throw new TypeError(`"${key}" is no key of the store`);
    return join(root, ...parts);
  };
  let isSwept = false;
  const draft = async (): Promise<string> => {
    const folder = join(root, INCOMING);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!isSwept) await removeAbandoned(folder, ABANDONED_MS);
    isSwept = true;
    return join(folder, randomBytes(12).toString('hex'));
  };
  const put = async (key: string, from: string): Promise<void> => {
    const target = pathOf(key);
    await syncDirectory(from);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(from, target);
    await syncDirectory(dirname(target));
  };
  return {
    draft,
    put,
    pathOf,
    read: (key) => readFile(pathOf(key), 'utf8').catch(absent),
    readBytes: (key) => readFile(pathOf(key)).catch(absent),
    async write(key, content) {
      const from = await draft();
      const file = await open(from, 'wx', 0o600);
      await file.writeFile(content).finally(() => file.close());
      await put(key, from);
    },
    async list(folder) {
      const found: NamedObject[] = [];
      const names = await readdir(pathOf(folder), { recursive: true, withFileTypes: true }).catch(absent);
      for (const entry of names ?? []) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const info = await stat(path).catch(absent);
        const key = path.slice(root.length + 1).replaceAll('\\', '/');
        if (info !== null) found.push({ key, sizeBytes: info.size });
      }
      return found.sort((left, right) => (left.key < right.key ? -1 : 1));
    },
    async remove(key) {
      await rm(pathOf(key), { force: true });
    },
  };
}
