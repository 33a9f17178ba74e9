import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ObjectStore } from '../../platform/object-store/index.ts';
import { openBackupFile } from './backup-file.ts';
import type { Frame, MetaOf } from './domain/format.ts';

export interface ObjectProblem {
  file: string;
  problem: 'missing' | 'changed';
}

/** Every file that a scanned backup lists, with its bytes when it holds them. Take the bytes before the next file. */
async function* objectsOf(
  path: string,
): AsyncGenerator<{ meta: MetaOf<'object'>; bytes: AsyncGenerator<Uint8Array> }> {
  const reader = await openBackupFile(path);
  try {
    let ahead: Frame | null = null;
    const next = async (): Promise<Frame | null> => {
      const { value, done } = await reader.frames.next();
      return done ? null : value;
    };
    for (let frame = await next(); frame !== null; frame = ahead ?? (await next())) {
      ahead = null;
      const { meta } = frame;
      if (meta.kind !== 'object') continue;
      const take = async function* () {
        for (;;) {
          ahead = await next();
          if (ahead?.meta.kind !== 'bytes') return;
          yield ahead.body;
        }
      };
      yield { meta, bytes: take() };
    }
  } finally {
    await reader.close();
  }
}

/** Compares the files that a backup lists and does not hold with a store: there, of the right size, and with the content of their name. */
export async function checkObjects(
  path: string,
  store: Pick<ObjectStore, 'sizeOf' | 'read'>,
): Promise<ObjectProblem[]> {
  const problems: ObjectProblem[] = [];
  for await (const { meta } of objectsOf(path)) {
    const { sha256, extension, sizeBytes, held } = meta;
    if (held) continue;
    const file = `${sha256}.${extension}`;
    const size = await store.sizeOf(sha256, extension);
    if (size === null) problems.push({ file, problem: 'missing' });
    else if (size !== sizeBytes || (await hashOf(store, sha256, extension)) !== sha256)
      problems.push({ file, problem: 'changed' });
  }
  return problems;
}

async function hashOf(store: Pick<ObjectStore, 'read'>, sha256: string, extension: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of store.read(sha256, extension) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
}

/** Puts the files that a backup holds into a store. Answers how many, and those that are neither held nor there. */
export async function restoreObjects(
  path: string,
  store: Pick<ObjectStore, 'sizeOf' | 'put'>,
): Promise<{ restored: number; missing: string[] }> {
  let restored = 0;
  const missing: string[] = [];
  for await (const { meta, bytes } of objectsOf(path)) {
    const { sha256, extension, sizeBytes, held } = meta;
    if ((await store.sizeOf(sha256, extension)) === sizeBytes) continue;
    if (!held) missing.push(`${sha256}.${extension}`);
    else {
      await store.put(Readable.from(bytes), extension);
      restored++;
    }
  }
  return { restored, missing };
}
