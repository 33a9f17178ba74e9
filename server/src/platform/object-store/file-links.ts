import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';

/** Kinds of files that are shown to people, and the media type each is sent as. */
export const FILE_KINDS = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  mpg: 'video/mpeg',
  jpg: 'image/jpeg',
} as const;
export type FileKind = keyof typeof FILE_KINDS;

export interface LinkedFile {
  accountId: string;
  sha256: string;
  kind: FileKind;
}

export type VerifiedLink =
  | { ok: true; file: LinkedFile; expiresAt: Date }
  | { ok: false; code: 'link.forged' }
  | { ok: false; code: 'link.expired'; expiredAt: Date };

export interface FileLinks {
  /** Address of a file for a person of the account: it needs no other credential until it expires. */
  urlFor(file: LinkedFile): string;
  verify(token: string): VerifiedLink;
}

export interface FileLinkOptions {
  /** At least 32 bytes. */
  key: Uint8Array;
  clock: Clock;
  /** Before `/files/…`; empty gives addresses relative to the server, which suit the console under any host name. */
  baseUrl?: string;
}

/** A link works for at least so long. */
const LIFETIME_MS = 60 * 60 * 1000;
/** Links made within one step are equal, so that a screen that reads again does not load its video again. */
const STEP_MS = 30 * 60 * 1000;
const TOKEN = /^(acc_[0-9a-z]{8,32})\.([0-9a-f]{64})\.([a-z0-9]{2,5})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/;

/** Signed, expiring addresses: HMAC-SHA-256 over account, content hash, kind and expiry. */
export function createFileLinks({ key, clock, baseUrl = '' }: FileLinkOptions): FileLinks {
  if (key.length < 32) throw new TypeError(`a link key needs 32 bytes, not ${key.length}`);
  const secret = Buffer.from(key);
  // The prefix keeps these signatures apart from anything else that is ever signed with the key.
  const tagOf = (payload: string): string =>
    createHmac('sha256', secret).update(`cuepoint-file1.${payload}`, 'utf8').digest('base64url');

  return {
    urlFor({ accountId, sha256, kind }) {
      const step = Math.floor(clock.now().getTime() / STEP_MS);
      const expires = Math.floor(((step + 1) * STEP_MS + LIFETIME_MS) / 1000);
      const payload = `${accountId}.${sha256}.${kind}.${expires.toString(36)}`;
      return `${baseUrl}/files/${payload}.${tagOf(payload)}`;
    },
    verify(token) {
      const match = token.length <= 300 ? TOKEN.exec(token) : null;
      if (!match) return { ok: false, code: 'link.forged' };
      const [, accountId, sha256, kind, expires, tag] = match as unknown as string[];
      const expected = Buffer.from(tagOf(token.slice(0, token.lastIndexOf('.'))), 'utf8');
      if (!timingSafeEqual(expected, Buffer.from(tag!, 'utf8'))) return { ok: false, code: 'link.forged' };
      // Only after the signature: an expiry that nobody signed is never believed.
      const expiresAt = new Date(Number.parseInt(expires!, 36) * 1000);
      if (expiresAt <= clock.now()) return { ok: false, code: 'link.expired', expiredAt: expiresAt };
      return {
        ok: true,
        file: { accountId: accountId!, sha256: sha256!, kind: kind as FileKind },
        expiresAt,
      };
    },
  };
}
