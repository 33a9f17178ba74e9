import { DEVICE_TYPES } from '@cuepoint/decisioning';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identityText,
  NO_VIEWER,
  packViewer,
  unpackPlace,
  unpackViewer,
  type ViewerClaim,
} from './viewer-claim.ts';

const word = fc.nat({ max: 0xffffffff });
const mask = fc.record({ hi: word, lo: word });
const who = fc.oneof(
  fc.record({
    identity: fc.tuple(word, word),
    identityKind: fc.constantFrom(
      'ifa' as const,
      'supplied' as const,
      'household' as const,
      'session' as const,
    ),
  }),
  fc.constant({ identity: null, identityKind: 'none' as const }),
);
const claim: fc.Arbitrary<ViewerClaim> = fc
  .record({
    country: fc.oneof(fc.constant(''), fc.stringMatching(/^[A-Z]{2}$/)),
    deviceType: fc.constantFrom('', ...DEVICE_TYPES.filter((type) => type !== 'unknown')),
    who,
  })
  .map(({ who, ...rest }) => ({ ...rest, ...who }));

describe('what an address says of its viewer', () => {
  it('is read as it was packed, in at most 15 characters that an address holds', () => {
    fc.assert(
      fc.property(claim, mask, (one, mask) => {
        const text = packViewer(one, mask);
        expect(text).toMatch(/^[\w-]{0,15}$/);
        expect(unpackViewer(text, mask)).toEqual(one);
        expect(unpackPlace(text)).toEqual({ ...one, identity: null, identityKind: 'none' });
      }),
    );
  });

  it('is nothing when nothing is known', () => {
    expect(packViewer(NO_VIEWER, { hi: 1, lo: 2 })).toBe('');
    expect(packViewer({ ...NO_VIEWER, deviceType: 'unknown' }, { hi: 1, lo: 2 })).toBe('');
    expect(unpackViewer('', { hi: 1, lo: 2 })).toEqual(NO_VIEWER);
  });

  it('does not show the identity without the mask', () => {
    const one: ViewerClaim = { country: 'DE', deviceType: 'ctv', identity: [1, 2], identityKind: 'ifa' };
    const texts = [7, 8].map((hi) => packViewer(one, { hi, lo: 9 }));
    expect(new Set(texts).size).toBe(2);
    expect(unpackViewer(texts[0]!, { hi: 8, lo: 9 }).identity).not.toEqual([1, 2]);
  });

  it('takes nobody from what it has not written', () => {
    for (const text of ['x', 'USA', 'USvi', 'USvi1234567890', 'us-', 'USvxAAAAAAAAAAAA'])
      expect(unpackViewer(text, { hi: 0, lo: 0 }), text).toEqual(NO_VIEWER);
    expect(unpackViewer('USz', { hi: 0, lo: 0 })).toEqual({ ...NO_VIEWER, country: 'US' });
  });

  it('writes identities as records have them', () => {
    expect(identityText([0xdeadbeef, 15])).toBe('deadbeef0000000f');
  });
});
