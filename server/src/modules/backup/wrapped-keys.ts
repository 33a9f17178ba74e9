import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  type ScryptOptions,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { BackupError, damagedError } from './backup-error.ts';
import type { KeyDerivation, MetaOf } from './domain/format.ts';

/** About 128 MiB and a third of a second for each guess (RFC 7914; OWASP names this cost for passwords). */
const derivationSettings = { name: 'scrypt', cost: 1 << 17, blockSize: 8, parallelization: 1 } as const;
const TAG_BYTES = 16;
export const MIN_PASSPHRASE_LENGTH = 12;

/** What a passphrase opens and signs. */
export interface PassphraseKeys {
  readonly wrapping: Buffer;
  readonly signing: Buffer;
  readonly derivation: KeyDerivation;
}

/** @throws BackupError `passphrase` when it is too short to protect anything */
export function newPassphraseKeys(passphrase: string): Promise<PassphraseKeys> {
  if (passphrase.length < MIN_PASSPHRASE_LENGTH)
    throw new BackupError(
      'passphrase',
      `the passphrase has ${passphrase.length} characters; at least ${MIN_PASSPHRASE_LENGTH} are needed`,
      'Keep a longer one in a file of yours, away from the backups.',
    );
  return passphraseKeys(passphrase, { ...derivationSettings, salt: randomBytes(16).toString('hex') });
}

export async function passphraseKeys(passphrase: string, derivation: KeyDerivation): Promise<PassphraseKeys> {
  const { cost, blockSize, parallelization, salt } = derivation;
  const options: ScryptOptions = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize };
  const secret = await new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), 64, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
  return { wrapping: secret.subarray(0, 32), signing: secret.subarray(32), derivation };
}

/** Encrypts the data directory's keys for one backup. */
export function wrapKeys(
  content: Uint8Array,
  keys: PassphraseKeys,
  backupId: string,
): { meta: MetaOf<'keys'>; body: Buffer } {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keys.wrapping, nonce).setAAD(Buffer.from(backupId));
  const body = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  return { meta: { kind: 'keys', derivation: keys.derivation, nonce: nonce.toString('hex') }, body };
}

/** @throws BackupError `passphrase` when it does not open them */
export async function unwrapKeys(
  frame: { meta: MetaOf<'keys'>; body: Uint8Array },
  passphrase: string,
  backupId: string,
): Promise<{ content: Buffer; keys: PassphraseKeys }> {
  const keys = await passphraseKeys(passphrase, frame.meta.derivation);
  const sealed = frame.body.subarray(0, frame.body.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.wrapping, Buffer.from(frame.meta.nonce, 'hex'))
      .setAAD(Buffer.from(backupId))
      .setAuthTag(frame.body.subarray(sealed.length));
    return { content: Buffer.concat([decipher.update(sealed), decipher.final()]), keys };
  } catch {
    throw new BackupError(
      'passphrase',
      'the passphrase does not open the keys of this backup',
      'Use the passphrase it was made with; without it the keys cannot be had.',
    );
  }
}

/** What only a holder of the passphrase can say of a file with this SHA-256. */
export function signDigest(sha256: string, keys: PassphraseKeys): string {
  return createHmac('sha256', keys.signing).update(`cuepoint backup ${sha256}`).digest('hex');
}

/** @throws BackupError `damaged` when somebody without the passphrase wrote the file anew */
export function checkSignature(what: string, end: MetaOf<'end'>, keys: PassphraseKeys): void {
  const expected = Buffer.from(signDigest(end.sha256, keys), 'hex');
  if (!timingSafeEqual(expected, Buffer.from(end.mac, 'hex')))
    throw damagedError(what, 'it was written anew by somebody who does not have the passphrase');
}
