import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { absent, removeAbandoned, syncDirectory } from './durable-files.ts';
import type { ListedObject, ObjectStore, StoredObject } from './types.ts';

/** Files on their way in; the leading dot keeps the folder out of every address. */
const INCOMING = '.incoming';
const ABANDONED_MS = 24 * 60 * 60 * 1000;
const NAME = /^([0-9a-f]{64})\.([a-z0-9]{2,5})$/;

/**
 * An object store in a directory of this machine. A file is written beside its place, forced to the disk, then renamed:
 * a crash leaves the whole file or none.
 * @param root made when it is missing
 */
export async function openLocalStore(root: string): Promise<ObjectStore> {
  const incoming = join(root, INCOMING);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await removeAbandoned(incoming, ABANDONED_MS);

  const keyOf = (sha256: string, extension: string): string => {
    const name = `${sha256}.${extension}`;
    if (!NAME.test(name)) throw new TypeError(`"${name}" is no address of the object store`);
    return `${sha256.slice(0, 2)}/${name}`;
  };
  const pathOf = (sha256: string, extension: string): string => join(root, keyOf(sha256, extension));
  const sizeOf = async (sha256: string, extension: string): Promise<number | null> => {
    const info = await stat(pathOf(sha256, extension)).catch(absent);
    return info === null ? null : info.size;
  };

  return {
    keyOf,
    pathOf,
    sizeOf,
    async put(source, extension) {
      const draft = join(incoming, randomBytes(12).toString('hex'));
      try {
        const stored = await copyHashing(source, draft);
        const target = pathOf(stored.sha256, extension);
        // Equal content is there already: the name says so. Its new date keeps it from being swept as forgotten.
        if ((await sizeOf(stored.sha256, extension)) === stored.sizeBytes) {
          const now = new Date();
          await utimes(target, now, now);
          return stored;
        }
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        await rename(draft, target);
        await syncDirectory(dirname(target));
        return stored;
      } finally {
        await rm(draft, { force: true });
      }
    },
    read: (sha256, extension, range) => createReadStream(pathOf(sha256, extension), range),
    async remove(sha256, extension) {
      await rm(pathOf(sha256, extension), { force: true });
    },
    async *list(): AsyncIterable<ListedObject> {
      for (const folder of await readdir(root)) {
        if (!/^[0-9a-f]{2}$/.test(folder)) continue;
        for (const name of await readdir(join(root, folder))) {
          const match = NAME.exec(name);
          if (!match) continue;
          const info = await stat(join(root, folder, name)).catch(absent);
          if (info !== null) yield { sha256: match[1]!, extension: match[2]!, storedAt: info.mtime };
        }
      }
    },
  };
}

async function copyHashing(source: string | Readable, target: string): Promise<StoredObject> {
  const input = typeof source === 'string' ? createReadStream(source) : source;
  // A stream may fail before it is read from: the loop below reports it, this keeps it from ending the process.
  input.once('error', () => undefined);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(target, 'wx', 0o600);
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    input.destroy();
    await file.close();
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
