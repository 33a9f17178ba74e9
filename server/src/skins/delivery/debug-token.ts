import { createSecretKey, timingSafeEqual } from 'node:crypto';
import type { SigningKey } from '../../kernel/delivery-protocol.ts';
import { otherTag, type TokenSigner } from './tokens.ts';

/*
 * A player gets no reasons. Whoever is signed in may ask the control plane for a debug token and send it as
 * X-Cuepoint-Debug: answers of that account then say which decision they are and why there is no ad.
 */

const PURPOSE = 'd1';
const FORM = /^([A-Za-z0-9]{1,8})\.([A-Za-z0-9_-]{1,64})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{32})$/;

/** `kid.account.expiry.tag`, signed by the active key. `expiresSeconds` is seconds since 1970. */
export function debugToken(key: SigningKey, accountId: string, expiresSeconds: number): string {
  const payload = `${key.kid}.${accountId}.${expiresSeconds.toString(36)}`;
  return `${payload}.${otherTag(createSecretKey(key.secret, 'base64url'), PURPOSE, payload)}`;
}

/** The account a debug token speaks for; null when it was not signed here or has expired. */
export function verifyDebugToken(signer: TokenSigner, token: string, nowSeconds: number): string | null {
  const found = token.length <= 160 ? FORM.exec(token) : null;
  if (!found) return null;
  const [, kid, accountId, expires, tag] = found as unknown as [string, string, string, string, string];
  const expected = signer.tagOf(kid, PURPOSE, token.slice(0, token.length - tag.length - 1));
  if (expected === undefined || !timingSafeEqual(Buffer.from(expected), Buffer.from(tag))) return null;
  return Number.parseInt(expires, 36) > nowSeconds ? accountId : null;
}
