import { describe, expect, it } from 'vitest';
import { ctvSpot, pod, wrapper, wrapperAd } from '../../fixtures/documents.ts';
import type { VastDocument, WrapperAd } from '../model.ts';
import { serializeVast } from '../serialize.ts';
import { followWrapper, startChain, type WrapperChain } from '../wrapper-chain.ts';
import { type LintOptions, lintVast } from './lint.ts';

const chainOf = (...wrappers: Partial<WrapperAd>[]): WrapperChain =>
  wrappers.reduce<WrapperChain>((chain, more, index) => {
    const next = followWrapper(chain, {
      ...wrapperAd,
      vastAdTagUri: `https://ads-${index}.example.net/vast`,
      ...more,
    });
    if (!next.ok) throw new Error(next.message);
    return next.chain;
  }, startChain());
const blocks = (document: VastDocument, options: LintOptions): string[] =>
  lintVast(serializeVast(document).xml, options)
    .filter(({ rule }) => /^VAST_|wrapper\.(not-followed|several)/.test(rule))
    .map(({ severity, rule, path, message }) => `${severity} ${rule} ${path}: ${message}`);

describe('lintVast after wrappers', () => {
  it('reports the wrapper that is one too many', () => {
    expect(blocks(wrapper, { wrapperDepth: 4 })).toEqual([]);
    expect(blocks(wrapper, { wrapperDepth: 5 })).toEqual([
      'block VAST_WRAPPER_DEPTH_EXCEEDED VAST/Ad/Wrapper: 5 wrappers were followed, at most 5 are',
    ]);
    expect(blocks(wrapper, { wrapperDepth: 1_000_000_000 })).toHaveLength(1);
    expect(blocks(wrapper, { chain: chainOf({}, {}), maxWrapperDepth: 2 })).toHaveLength(1);
    expect(blocks(ctvSpot, { wrapperDepth: 5 })).toEqual([]);
  });

  it('reports a way back', () => {
    const chain = chainOf({ vastAdTagUri: wrapperAd.vastAdTagUri });
    expect(blocks(wrapper, { chain })).toEqual([
      `block VAST_WRAPPER_DEPTH_EXCEEDED VAST/Ad/Wrapper: the wrapper leads back to ${wrapperAd.vastAdTagUri}, which was followed before`,
    ]);
  });

  it('reports what the wrapper before forbids', () => {
    const strict = chainOf({ followAdditionalWrappers: false, allowMultipleAds: false });
    expect(blocks(pod, { chain: strict })).toEqual([
      'block wrapper.not-followed VAST/Ad[2]/Wrapper: the wrapper before it says followAdditionalWrappers="false"',
      'warn wrapper.several-not-allowed VAST: the wrapper before it does not say allowMultipleAds="true", and there are 4 ads',
    ]);
    expect(blocks(pod, { chain: chainOf({ allowMultipleAds: true }) })).toEqual([]);
  });

  it('has nothing to say of the first response', () => {
    expect(blocks(pod, {})).toEqual([]);
  });
});
