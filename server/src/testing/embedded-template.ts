import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openDatabase } from '../platform/database/index.ts';

/** Version of the embedded database: an image fits only the one that made it. */
function engineVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

function hashOf(migrationsFolder: string): string {
  const hash = createHash('sha256');
  const journal = join(migrationsFolder, 'meta', '_journal.json');
  const files = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql'));
  for (const path of [journal, ...files.sort().map((name) => join(migrationsFolder, name))]) {
    hash.update(path.slice(migrationsFolder.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 24);
}

async function cached(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const path = join(tmpdir(), `cuepoint-template-${engineVersion()}-${key}.tar`);
  if (existsSync(path)) return readFileSync(path);
  const image = await make();
  // Two test processes may make it at the same time; each puts a whole file in place.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, image);
  renameSync(draft, path);
  return image;
}

async function imageOf(
  template: Uint8Array | undefined,
  migrationsFolder: string | null,
): Promise<Uint8Array> {
  const database = await openDatabase({
    url: 'pglite:memory',
    template,
    ...(migrationsFolder === null ? {} : { migrationsFolder }),
  });
  try {
    if (migrationsFolder !== null) await database.migrate();
    const image = await database.dump?.();
    if (image === undefined) throw new Error('the embedded database gave no image');
    // Unpacked once here instead of by every test that starts from it.
    return gunzipSync(image);
  } finally {
    await database.close();
  }
}

/**
 * Image of an embedded database with all migrations of a folder applied: a new database starts from it in a
 * quarter of the time. Kept in the temporary directory under a name made of the migrations.
 */
export function embeddedTemplate(migrationsFolder: string): Promise<Uint8Array> {
  return cached(hashOf(migrationsFolder), async () => {
    const empty = await cached('empty', () => imageOf(undefined, null));
    return imageOf(empty, migrationsFolder);
  });
}
