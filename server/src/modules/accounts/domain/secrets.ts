import { createHash } from 'node:crypto';
import type { RandomBytes } from '../../../kernel/ids.ts';

/**
 * Opaque tokens of 256 random bits. Only their SHA-256 is stored: at that
 * entropy a fast hash is right, and a stolen table opens nothing.
 */
export function newToken(random: RandomBytes, prefix: 'cps' | 'cpl' | 'cpk'): string {
  return `${prefix}_${Buffer.from(random(32)).toString('base64url')}`;
}

/** API keys carry a checksum, so that a typo or a truncated paste is told from a revoked key without a look-up. */
export function newApiKey(random: RandomBytes): string {
  const body = newToken(random, 'cpk');
  return `${body}${checksum(body)}`;
}

export function isApiKeyShaped(text: string): boolean {
  return /^cpk_[A-Za-z0-9_-]{43}[0-9a-f]{6}$/.test(text) && checksum(text.slice(0, -6)) === text.slice(-6);
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function checksum(body: string): string {
  return createHash('sha256').update(`cuepoint:${body}`).digest('hex').slice(0, 6);
}
