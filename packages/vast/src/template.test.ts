import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ctvSpot, ctvSpotAd, pod, wrapperAd } from '../fixtures/documents.ts';
import type { InlineAd, VastDocument } from './model.ts';
import { parseVast } from './parse.ts';
import { serializeVast } from './serialize.ts';
import { compileAd, compileVast, emptyVast, joinAds, slot } from './template.ts';
import { VAST_VERSIONS } from './version.ts';
import { escapeXml } from './xml/write.ts';

/** The spot with its impression, one tracker and its serving id filled per request. */
const perRequest: InlineAd = {
  ...ctvSpotAd,
  adServingId: slot('servingId'),
  impressions: [{ id: 'own', url: slot('impression') }],
  errorUrls: [`https://track.example.com/e?s=${slot('token')}&code=[ERRORCODE]`],
  description: `<b>${slot('token')}</b>`,
};
const document: VastDocument = { version: '4.2', ads: [perRequest] };
const values = { servingId: 's-1', impression: 'https://t.example.com/i?s=1', token: 'T' };

describe('compileVast', () => {
  it('gives what serialising the filled document gives', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...VAST_VERSIONS),
        fc.webUrl({ withQueryParameters: true }),
        (version, url) => {
          const filled = { ...perRequest, adServingId: 's', impressions: [{ id: 'own', url }] };
          const expected = serializeVast({
            version,
            ads: [
              {
                ...filled,
                errorUrls: ['https://track.example.com/e?s=%26&code=[ERRORCODE]'],
                description: 'd',
              },
            ],
          });
          const template = compileVast({ version, ads: [{ ...perRequest, description: 'd' }] });
          expect(parseVast(template({ servingId: 's', impression: escapeXml(url), token: '%26' }))).toEqual(
            parseVast(expected.xml),
          );
          expect(template.dropped).toEqual(expected.dropped);
        },
      ),
    );
  });

  it('lists its slots once each, and only those the version carries', () => {
    expect(compileVast(document).slots).toEqual(['token', 'impression', 'servingId']);
    expect(compileVast(document, { version: '3.0' }).slots).not.toContain('servingId');
  });

  it('never puts a slot into CDATA, where an escaped value would be wrong', () => {
    const parsed = parseVast(compileVast(document)({ ...values, token: escapeXml('a&b') }));
    const ad = parsed.ok ? (parsed.document.ads[0] as InlineAd) : undefined;
    expect(ad?.description).toBe('<b>a&b</b>');
  });

  it('says which value is missing', () => {
    expect(() => compileVast(document)({ servingId: 's', token: 't' })).toThrow(
      'no value was given for the slot "impression"',
    );
    expect(() => compileVast(document)({})).toThrow(TypeError);
  });

  it('refuses slot names that could collide', () => {
    expect(() => slot('a b')).toThrow('a slot name has letters');
    expect(() => slot('')).toThrow(TypeError);
  });

  it('still refuses characters XML cannot hold', () => {
    expect(() => compileVast({ version: '4.2', ads: [{ ...perRequest, adTitle: 'a\u0001b' }] })).toThrow(
      'U+0001',
    );
  });
});

describe('joinAds', () => {
  it.each(VAST_VERSIONS)('puts a pod together as the serialiser does, as %s', (version) => {
    const joined = joinAds(
      version,
      pod.ads.map((ad) => compileAd(ad, { version })({}, ad.sequence)),
    );
    const expected = parseVast(serializeVast(pod, { version }).xml);
    expect(parseVast(joined)).toEqual(expected);
    expect(expected.ok && expected.document.ads).toHaveLength(4);
  });

  it('writes a single ad without a sequence', () => {
    const template = compileAd({ ...ctvSpotAd, sequence: 9 }, { version: '4.2' });
    expect(joinAds('4.2', [template({})])).toBe(serializeVast(ctvSpot).xml);
    expect(template.dropped).toEqual([]);
    expect(compileAd(perRequest, { version: '4.2' }).slots).toEqual(['token', 'impression', 'servingId']);
  });

  it('refuses a position that is none', () => {
    const template = compileAd(wrapperAd, { version: '4.2' });
    for (const position of [0, -1, 1.5])
      expect(() => template({}, position)).toThrow('a whole number from 1');
  });

  it('of nothing is an empty response', () => {
    expect(parseVast(joinAds('4.1', []))).toEqual({
      ok: true,
      document: { version: '4.1', ads: [] },
      notes: [],
    });
  });
});

describe('emptyVast', () => {
  it.each(VAST_VERSIONS)('is a document without ads, as %s', (version) => {
    expect(parseVast(emptyVast(version))).toEqual({ ok: true, document: { version, ads: [] }, notes: [] });
    const told = parseVast(emptyVast(version, 'https://t.example.com/e?c=[ERRORCODE]&a=1'));
    expect(told.ok && told.document.errorUrls).toEqual(
      version === '2.0' ? undefined : ['https://t.example.com/e?c=[ERRORCODE]&a=1'],
    );
  });
});
