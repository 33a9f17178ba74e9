import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ctvSpot, ctvSpotAd, noAd, pod, wrapperAd } from '../fixtures/documents.ts';
import { vastErrorCode } from './error-codes.ts';
import type { Ad, VastDocument, WrapperAd } from './model.ts';
import type { ParseResult } from './parse.ts';
import {
  admitAds,
  errorUrlsOf,
  fallbackAfter,
  followWrapper,
  startChain,
  type WrapperChain,
} from './wrapper-chain.ts';

const wrapperTo = (n: number, more: Partial<WrapperAd> = {}): WrapperAd => ({
  ...wrapperAd,
  vastAdTagUri: `https://ads-${n}.example.net/vast?cb=[CACHEBUSTING]`,
  errorUrls: [`https://track.example.com/e${n}?code=[ERRORCODE]`],
  ...more,
});
const answer = (document: VastDocument): ParseResult => ({ ok: true, document, notes: [] });
const withAds = (...ads: Ad[]): ParseResult => answer({ version: '4.2', ads });
function chainOf(...wrappers: WrapperAd[]): WrapperChain {
  return wrappers.reduce(
    (chain, wrapper) => {
      const next = followWrapper(chain, wrapper, { maxDepth: 100 });
      if (!next.ok) throw new Error(next.message);
      return next.chain;
    },
    startChain({ url: 'https://start.example.com/vast' }),
  );
}

describe('followWrapper', () => {
  it('follows five and refuses the sixth with 302, telling every wrapper, the nearest first', () => {
    const five = chainOf(...[1, 2, 3, 4, 5].map((n) => wrapperTo(n)));
    const refused = followWrapper(five, wrapperTo(6));
    expect(refused).toMatchObject({
      ok: false,
      reason: 'depth',
      code: 'VAST_WRAPPER_DEPTH_EXCEEDED',
      errorCode: 302,
      message: '5 wrappers were followed, at most 5 are',
      errorUrls: [6, 5, 4, 3, 2, 1].map((n) => `https://track.example.com/e${n}?code=[ERRORCODE]`),
    });
    expect(followWrapper(chainOf(wrapperTo(1)), wrapperTo(2), { maxDepth: 1 })).toMatchObject({
      reason: 'depth',
    });
  });

  it('counts what others followed before', () => {
    const chain = startChain({ depth: 4 });
    const next = followWrapper(chain, wrapperTo(1));
    expect(next.ok && followWrapper(next.chain, wrapperTo(2))).toMatchObject({ reason: 'depth' });
  });

  it('sees a way back, to the start too', () => {
    const chain = chainOf(wrapperTo(1), wrapperTo(2));
    for (const wrapper of [wrapperTo(1), wrapperTo(3, { vastAdTagUri: 'https://start.example.com/vast' })]) {
      expect(followWrapper(chain, wrapper)).toMatchObject({ reason: 'loop', errorCode: 302 });
    }
  });

  it('cannot follow a wrapper without a tag', () => {
    const refused = followWrapper(startChain(), wrapperTo(1, { vastAdTagUri: null }));
    expect(refused).toMatchObject({ ok: false, reason: 'no-uri', errorCode: 101 });
    expect(refused).not.toHaveProperty('code');
  });

  it('ends whatever wrappers say, and leaves the chain it was given alone', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat({ max: 40 })), fc.nat({ max: 12 }), (targets, maxDepth) => {
        let chain = startChain();
        for (const target of targets) {
          const before = JSON.stringify(chain);
          const next = followWrapper(chain, wrapperTo(target), { maxDepth });
          expect(JSON.stringify(chain)).toBe(before);
          if (!next.ok) break;
          chain = next.chain;
        }
        expect(chain.hops.length).toBeLessThanOrEqual(maxDepth);
        expect(new Set(chain.hops.map(({ url }) => url)).size).toBe(chain.hops.length);
      }),
    );
  });
});

describe('admitAds', () => {
  it('allows everything at the start', () => {
    expect(admitAds(startChain(), answer(pod))).toEqual({ ads: pod.ads, rejected: [] });
  });

  it('takes the first stand-alone ad only, unless the wrapper allows several', () => {
    const restricted = admitAds(chainOf(wrapperTo(1)), answer(pod));
    expect(restricted.ads.map(({ id }) => id)).toEqual(['stand-by']);
    expect(restricted.rejected.map(({ ad, errorCode }) => [ad.id, errorCode])).toEqual([
      ['pod-1', 200],
      ['pod-2', 200],
      ['pod-3', 200],
    ]);
    expect(admitAds(chainOf(wrapperTo(1, { allowMultipleAds: true })), answer(pod)).ads).toEqual(pod.ads);
  });

  it('takes one numbered ad, for one is not several, but no pod without a stand-alone ad', () => {
    const first = { ...ctvSpotAd, sequence: 1 };
    expect(admitAds(chainOf(wrapperTo(1)), withAds(first)).ads).toEqual([first]);
    const none = admitAds(chainOf(wrapperTo(1)), withAds(first, { ...ctvSpotAd, sequence: 2 }));
    expect(none).toMatchObject({ ads: [], noAd: { errorCode: 303 } });
  });

  it('obeys the last wrapper only: each speaks of the answer it leads to', () => {
    const chain = chainOf(
      wrapperTo(1, { allowMultipleAds: false }),
      wrapperTo(2, { allowMultipleAds: true }),
    );
    expect(admitAds(chain, answer(pod)).ads).toEqual(pod.ads);
  });

  it('ignores wrappers where no more are allowed', () => {
    const chain = chainOf(wrapperTo(1, { followAdditionalWrappers: false }));
    const admitted = admitAds(chain, withAds(wrapperTo(2), ctvSpotAd));
    expect(admitted.ads).toEqual([ctvSpotAd]);
    expect(admitted.rejected).toMatchObject([{ errorCode: 300, ad: { kind: 'wrapper' } }]);
    expect(admitAds(chain, withAds(wrapperTo(2))).noAd?.errorCode).toBe(303);
    expect(admitAds(chainOf(wrapperTo(1)), withAds(wrapperTo(2))).ads).toHaveLength(1);
  });

  it('turns away a category that any wrapper blocks, within its list', () => {
    const blocking = (code: string, authority: string | null): WrapperChain =>
      chainOf(wrapperTo(1, { blockedAdCategories: [{ code, authority }] }), wrapperTo(2));
    const { rejected, noAd } = admitAds(blocking('IAB1, IAB8-18', 'https://iabtechlab.com'), answer(ctvSpot));
    expect(rejected).toMatchObject([
      {
        errorCode: 205,
        message: 'its category IAB8-18 is blocked by a wrapper (BlockedAdCategories)',
        errorUrls: [
          'https://track.example.com/err?code=[ERRORCODE]&a=1',
          'https://track.example.com/e2?code=[ERRORCODE]',
          'https://track.example.com/e1?code=[ERRORCODE]',
        ],
      },
    ]);
    expect(noAd?.errorCode).toBe(303);
    expect(admitAds(blocking('IAB8-18', null), answer(ctvSpot)).ads).toEqual([]);
    expect(admitAds(blocking('IAB8-18', 'https://other.example'), answer(ctvSpot)).rejected).toEqual([]);
    expect(admitAds(blocking('IAB8', 'https://iabtechlab.com'), answer(ctvSpot)).rejected).toEqual([]);
  });

  it('says 303 for an empty answer and calls its own error URL first', () => {
    expect(admitAds(chainOf(wrapperTo(1)), answer(noAd)).noAd).toEqual({
      errorCode: 303,
      message: 'the answer after 1 wrappers holds no ad that may be played',
      errorUrls: [
        'https://track.example.com/no-ad?code=[ERRORCODE]',
        'https://track.example.com/e1?code=[ERRORCODE]',
      ],
    });
  });

  it('hands on why an answer could not be read', () => {
    const chain = chainOf(wrapperTo(1));
    const broken = { ok: false, code: 'VAST_PARSE_FAILED', errorCode: 100, message: 'line 1' } as const;
    expect(admitAds(chain, broken).noAd).toMatchObject({ errorCode: 100, errorUrls: errorUrlsOf(chain) });
    expect(admitAds(chain, { ok: false, code: 'unreachable' }).noAd?.errorCode).toBe(301);
  });

  it('plays or reports every ad, once, with a code of the standard', () => {
    const sequence = fc.record({ sequence: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: [] });
    const anyAd = fc.oneof(
      sequence.map((more): Ad => ({ ...ctvSpotAd, ...more })),
      sequence.map((more): Ad => ({ ...wrapperAd, ...more })),
    );
    const flags = fc.record(
      { followAdditionalWrappers: fc.boolean(), allowMultipleAds: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(anyAd, { maxLength: 6 }), flags, (ads, more) => {
        const { ads: kept, rejected, noAd } = admitAds(chainOf(wrapperTo(1, more)), withAds(...ads));
        expect([...kept, ...rejected.map(({ ad }) => ad)].sort(byPlace(ads))).toEqual(ads);
        expect(noAd === undefined).toBe(kept.length > 0);
        for (const { errorCode } of rejected) expect(vastErrorCode(errorCode)).toBeDefined();
      }),
    );
  });
});

const byPlace =
  (ads: readonly Ad[]) =>
  (a: Ad, b: Ad): number =>
    ads.indexOf(a) - ads.indexOf(b);

describe('fallbackAfter', () => {
  it('offers the stand-alone ads when told to, the rest of the pod otherwise', () => {
    const inPod = pod.ads[1] as WrapperAd;
    expect(fallbackAfter(inPod, pod)).toEqual({ to: 'stand-alone', ads: [pod.ads[3]] });
    const strict: WrapperAd = { ...inPod, fallbackOnNoAd: false };
    expect(fallbackAfter(strict, pod)).toEqual({ to: 'next-in-pod' });
    expect(fallbackAfter(inPod, { version: '4.2', ads: [inPod] })).toEqual({ to: 'next-in-pod' });
    expect(fallbackAfter(wrapperAd, { version: '4.2', ads: [wrapperAd] })).toEqual({ to: 'player' });
  });
});
