import { timingSafeEqual } from 'node:crypto';
import { DEBUG_PURPOSE } from '../../kernel/debug-token.ts';
import type { TokenSigner } from './tokens.ts';

const FORM = /^([A-Za-z0-9]{1,8})\.([A-Za-z0-9_-]{1,64})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{32})$/;

/** The account a debug token speaks for; null when it was not signed here or has expired. */
export function verifyDebugToken(signer: TokenSigner, token: string, nowSeconds: number): string | null {
  const found = token.length <= 160 ? FORM.exec(token) : null;
  if (!found) return null;
  const [, kid, accountId, expires, tag] = found as unknown as [string, string, string, string, string];
  const expected = signer.tagOf(kid, DEBUG_PURPOSE, token.slice(0, token.length - tag.length - 1));
  if (expected === undefined || !timingSafeEqual(Buffer.from(expected), Buffer.from(tag))) return null;
  return Number.parseInt(expires, 36) > nowSeconds ? accountId : null;
}
