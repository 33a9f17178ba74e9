import { type IdKind, idPrefixes } from '@cuepoint/contract';
import type { Clock } from './clock.ts';

/** Fills a buffer with random bytes; `node:crypto` in production, seeded in the demo and in tests. */
export type RandomBytes = (size: number) => Uint8Array;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

export interface Ids {
  next(kind: IdKind): string;
  /** For requests and log lines. */
  request(): string;
}

/**
 * Ids sort by the millisecond they were made: 48 bits of time, then 52 random
 * bits, in Crockford base32.
 */
export function createIds(clock: Clock, random: RandomBytes): Ids {
  const body = (): string => {
    let time = clock.now().getTime();
    let text = '';
    for (let i = 0; i < 10; i++) {
      text = alphabet[time % 32]! + text;
      time = Math.floor(time / 32);
    }
    for (const byte of random(10)) text += alphabet[byte % 32];
    return text;
  };
  return {
    next: (kind) => `${idPrefixes[kind]}_${body()}`,
    request: () => `req_${body()}`,
  };
}
