import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { SigningKey } from './snapshot-shapes.ts';

/*
 * A player gets no reasons. Whoever is signed in asks the control plane for a debug token and sends it as
 * X-Cuepoint-Debug: answers of that account then say which decision they are and why there is no ad. One plane signs, the
 * other checks; docs/protocols/delivery.md section 7.
 */

/** Header that carries a debug token to a node. */
export const DEBUG_HEADER = 'X-Cuepoint-Debug';

/** What a debug token's tag is for: tags of other uses are no debug tokens. */
export const DEBUG_PURPOSE = 'd1';

const TAG_LENGTH = 32;

/** `kid.account.expiry.tag`, signed by the active key. `expiresSeconds` is seconds since 1970. */
export function debugToken(key: SigningKey, accountId: string, expiresSeconds: number): string {
  const payload = `${key.kid}.${accountId}.${expiresSeconds.toString(36)}`;
  return `${payload}.${otherTag(createSecretKey(key.secret, 'base64url'), DEBUG_PURPOSE, payload)}`;
}

/** 192 bits over `text` for another use than a tracking event's, named by `purpose`. */
export function otherTag(key: KeyObject, purpose: string, text: string): string {
  return createHmac('sha512', key)
    .update(`cuepoint-${purpose}.${text}`)
    .digest('base64url')
    .slice(0, TAG_LENGTH);
}
