import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key of signed file links, in `<dataDir>/keys/file-links.key` (mode 0600), made at first use.
 * @throws Error naming the file when it is there and holds no key: a new one would void every link given out
 */
export async function fileLinkKey(dataDir: string): Promise<Uint8Array> {
  const directory = join(dataDir, 'keys');
  const path = join(directory, 'file-links.key');
  const known = await read(path);
  if (known !== null) return known;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // A link never replaces: of two processes that start at once, the first one's key stays.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  const made = await read(path);
  if (made === null) throw new Error(`${path} could not be made`);
  return made;
}

async function read(path: string): Promise<Uint8Array | null> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${path} cannot be read`, { cause: error });
  }
  const key = Buffer.from(text, 'base64url');
  if (key.length < 32) throw new Error(`${path} does not hold a key; restore it from a backup`);
  return key;
}
