import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SigningKey } from '../../kernel/delivery-protocol.ts';

const KeyFile = z.object({
  /** Between the planes. */
  plane: z.string().min(32),
  /** Signs links to files for people. */
  links: z.string().min(32),
  /** Signs tracking addresses; one is active, older ones only verify. */
  tracking: z.array(SigningKey).min(1),
});
export type KeyRing = z.infer<typeof KeyFile>;

const secret = (): string => randomBytes(32).toString('base64url');

/**
 * The installation's own keys, made on first start and kept in the data
 * directory, readable by its owner only.
 * @throws Error naming the file when it cannot be read as keys
 */
export function loadKeyRing(dataDir: string): KeyRing {
  const path = join(dataDir, 'keys.json');
  if (!existsSync(path)) {
    const ring: KeyRing = {
      plane: secret(),
      links: secret(),
      tracking: [{ kid: 'k1', secret: secret(), state: 'active' }],
    };
    writeKeyRing(dataDir, ring);
    return ring;
  }
  const parsed = KeyFile.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new Error(`${path} does not hold the keys of an installation; restore it from a backup`);
  return parsed.data;
}

/** A new active tracking key; addresses signed with older ones stay valid until they expire. */
export function rotateTrackingKey(dataDir: string): KeyRing {
  const ring = loadKeyRing(dataDir);
  const highest = Math.max(...ring.tracking.map((key) => Number(key.kid.slice(1)) || 0));
  const rotated: KeyRing = {
    ...ring,
    tracking: [
      { kid: `k${highest + 1}`, secret: secret(), state: 'active' },
      ...ring.tracking.slice(0, 3).map((key) => ({ ...key, state: 'verifying' as const })),
    ],
  };
  writeKeyRing(dataDir, rotated);
  return rotated;
}

function writeKeyRing(dataDir: string, ring: KeyRing): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'keys.json');
  const file = openSync(`${path}.new`, 'w', 0o600);
  writeSync(file, JSON.stringify(ring, null, 2));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
