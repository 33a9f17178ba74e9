import { CLOCK_DIFFERENCE_MS } from '../../../kernel/delivery-protocol.ts';

/** An ad that counts towards caps, as the nodes tell each other: promised, or seen. */
export interface SharedExposure {
  /** Names the ad: `adKey`. */
  readonly ad: string;
  readonly isShown: boolean;
  /** By the clock of the node that wrote it. */
  readonly atMs: number;
  /** When no cap asks for it any more, by whatever clock of a node. */
  readonly untilMs: number;
  /** Whose own counts contain it: 8 hex digits. */
  readonly writer: string;
  readonly scopes: readonly number[];
}

/** Something without an end is remembered so long after it was touched last. */
const LIFETIME_MS = 400 * 24 * 60 * 60 * 1000;

/**
 * Until when an exposure matters to anybody. A node that counts it takes it for a difference of clocks younger than it is,
 * and the clock of the one that clears it away may be as far ahead.
 */
export function untilOf(atMs: number, lastsMs: number): number {
  return atMs + Math.min(lastsMs, LIFETIME_MS) + 2 * CLOCK_DIFFERENCE_MS;
}

/** Below 64 characters, so that Redis keeps the exposures of a viewer as one piece of memory. */
export function entryText({ isShown, atMs, untilMs, writer, scopes }: SharedExposure): string {
  const lastsSeconds = Math.ceil((untilMs - atMs) / 1000);
  const keys = scopes.map((key) => key.toString(36)).join(',');
  return `${isShown ? 's' : 'r'}${lastsSeconds.toString(36)} ${atMs.toString(36)} ${writer} ${keys}`;
}

/** Null for what no node wrote. */
export function readEntry(ad: string, text: string): SharedExposure | null {
  const [head = '', at = '', writer = '', keys = ''] = text.split(' ');
  const atMs = Number.parseInt(at, 36);
  const untilMs = atMs + Number.parseInt(head.slice(1), 36) * 1000;
  if (!Number.isSafeInteger(atMs) || !Number.isSafeInteger(untilMs)) return null;
  const scopes = keys === '' ? [] : keys.split(',').map((key) => Number.parseInt(key, 36));
  return { ad, isShown: head[0] === 's', atMs, untilMs, writer, scopes };
}
