export interface PlacementDraft {
  /** Readable start of the public key; a random part makes it unique in the installation. */
  keyStem: string;
  name: string;
  isDefault: boolean;
  position: 'pre' | 'mid' | 'standalone';
  minDurationMs: number;
  maxDurationMs: number;
}

/**
 * What a new account can serve into at once. The default takes any spot up to two minutes; pre-roll stops at 30
 * seconds, the longest that viewers are commonly asked to sit through before their programme.
 */
export const defaultPlacements: readonly PlacementDraft[] = [
  {
    keyStem: 'video',
    name: 'Any video',
    isDefault: true,
    position: 'standalone',
    minDurationMs: 1,
    maxDurationMs: 120_000,
  },
  {
    keyStem: 'preroll',
    name: 'Pre-roll',
    isDefault: false,
    position: 'pre',
    minDurationMs: 1,
    maxDurationMs: 30_000,
  },
  {
    keyStem: 'midroll',
    name: 'Mid-roll',
    isDefault: false,
    position: 'mid',
    minDurationMs: 1,
    maxDurationMs: 60_000,
  },
];

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A public key of ten base32 characters (50 random bits) behind a readable stem. Needs ten random bytes. */
export function publicKey(stem: string, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError(`a public key needs 10 random bytes, not ${random.length}`);
  return `${stem}-${[...random.subarray(0, 10)].map((byte) => alphabet[byte % 32]).join('')}`;
}
