import { hashId } from '../seeded.ts';

/** What ads are kept apart by. */
export type SeparationKind = 'creative' | 'fingerprint' | 'domain' | 'brand' | 'category' | 'label';

/**
 * A 32-bit number for one thing that ads of a break or a stream may not share. The same on every node and in every
 * index, so that it can be logged. Two things that fall on one number keep two ads apart that could have stood together,
 * once in some four thousand million pairs; never the reverse.
 */
export function separationKey(kind: SeparationKind, value: string): number {
  return hashId(`${kind}:${value.toLowerCase()}`);
}

/** Keys of what is blocked; null for nothing. */
export function blockedKeys(
  kind: SeparationKind,
  values: readonly string[] | undefined,
): ReadonlySet<number> | null {
  if (values === undefined || values.length === 0) return null;
  return new Set(values.map((value) => separationKey(kind, value)));
}
