import type { ShownAd } from '@cuepoint/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categoryColours, offsetClock, podParts } from './pod-parts.ts';

function ad(startMs: number, durationMs: number, categories: string[] = []): ShownAd {
  return {
    position: 1,
    startMs,
    durationMs,
    lineItemId: 'li_1',
    lineItemName: 'One',
    campaignId: 'cmp_1',
    creativeId: 'crv_1',
    creativeName: 'Spot',
    adDomain: 'example.com',
    categories,
    priceMicros: 1,
    currency: 'EUR',
  };
}
const pod = (durationMs: number, ads: ShownAd[]) => ({
  durationMs,
  ads,
  filledMs: ads.reduce((sum, one) => sum + one.durationMs, 0),
  backups: [],
  method: 'exact',
  gap: 0,
});

describe('the parts of a break', () => {
  it('name what is unsold between ads and at the end', () => {
    expect(
      podParts(pod(60_000, [ad(30_000, 15_000), ad(0, 15_000)])).map((part) => [
        part.kind,
        part.startMs,
        part.durationMs,
      ]),
    ).toEqual([
      ['ad', 0, 15_000],
      ['unsold', 15_000, 15_000],
      ['ad', 30_000, 15_000],
      ['unsold', 45_000, 15_000],
    ]);
  });

  it('is one unsold part without ads', () => {
    expect(podParts(pod(30_000, []))).toEqual([{ kind: 'unsold', startMs: 0, durationMs: 30_000 }]);
  });

  it('add up to the break, whatever is sold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(20_000), length: fc.integer({ min: 1, max: 60_000 }) }), {
          maxLength: 12,
        }),
        fc.nat(30_000),
        (sold, rest) => {
          let at = 0;
          const ads = sold.map(({ gap, length }) => {
            const one = ad(at + gap, length);
            at += gap + length;
            return one;
          });
          const parts = podParts(pod(at + rest, ads));
          expect(parts.reduce((sum, part) => sum + part.durationMs, 0)).toBe(at + rest);
          expect(parts.filter((part) => part.kind === 'ad')).toHaveLength(ads.length);
        },
      ),
    );
  });
});

describe('colours of categories', () => {
  it('come in order of appearance and end at eight', () => {
    const colours = categoryColours(Array.from({ length: 10 }, (_, at) => ad(0, 1, [`IAB${at}`])));
    expect(colours.get('IAB0')).toBe(1);
    expect(colours.get('IAB9')).toBe(8);
    expect(categoryColours([ad(0, 1)]).get('no category')).toBe(1);
  });
});

describe('the clock of a break', () => {
  it.each([
    [0, '0:00'],
    [65_000, '1:05'],
    [15_040, '0:15'],
    [7500, '0:07.5'],
    [59_990, '1:00'],
  ])('%i ms is %s', (ms, text) => {
    expect(offsetClock(ms)).toBe(text);
  });
});
