import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SigningKey } from '../../../kernel/delivery-protocol.ts';
import type { SigningKeySource } from '../ports.ts';

const KeyFile = z.object({ keys: z.array(SigningKey).min(1) });

/**
 * Signing keys in `<dataDir>/keys/tracking.json` (mode 0600), made on first use. The file is read at each build, so a
 * key that is rotated by hand takes effect with the next snapshot.
 * @throws Error naming the file when it is there and not readable as keys: new keys would silently void every
 * address in circulation
 */
export function fileSigningKeys(dataDir: string): SigningKeySource {
  const directory = join(dataDir, 'keys');
  const path = join(directory, 'tracking.json');

  async function read(): Promise<SigningKey[] | null> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new Error(`${path} cannot be read`, { cause: error });
    }
    try {
      return KeyFile.parse(JSON.parse(text)).keys;
    } catch (error) {
      throw new Error(`${path} does not hold signing keys; restore it from a backup`, { cause: error });
    }
  }

  async function make(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const key: SigningKey = {
      kid: randomBytes(4).toString('hex'),
      secret: randomBytes(32).toString('base64url'),
      state: 'active',
    };
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ keys: [key] }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      // Unlike rename, link does not replace: of two processes that start at once, the first one's key stays.
      await link(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await unlink(draft);
    }
  }

  return {
    async signingKeys() {
      const existing = await read();
      if (existing !== null) return existing;
      await make();
      const made = await read();
      if (made === null) throw new Error(`${path} could not be made`);
      return made;
    },
  };
}
