import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ctvSpot, ctvSpotAd, pod, wrapperAd } from '../fixtures/documents.ts';
import { encodeMacros } from './macro-params.ts';
import { PLAYER_MACROS, SERVER_MACROS } from './macro-sets.ts';
import { expandMacros } from './macros.ts';
import type { InlineAd, VastDocument } from './model.ts';
import { extensionFromXml, parseVast } from './parse.ts';
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

describe('macros a server fills', () => {
  const third =
    'https://other.example.com/p?i=[IFA]&e=[ERRORCODE]&enc=%5BPAGEURL%5D&x=[OURS]&low=[ifa]&cb=[CACHEBUSTING]';
  const withMacros: InlineAd = {
    ...perRequest,
    impressions: [{ url: third }, { url: slot('impression') }],
    extensions: [extensionFromXml('theirs', '<A>[IFA]</A>')],
  };
  const serverMacros = ['IFA', 'PAGEURL', 'DEVICEIP'];
  const template = compileAd(withMacros, { version: '4.2', serverMacros });
  const read = (xml: string): InlineAd | undefined => {
    const parsed = parseVast(joinAds('4.2', [xml]));
    return parsed.ok ? (parsed.document.ads[0] as InlineAd) : undefined;
  };

  it('are filled in called URLs, encoded once, and nowhere else', () => {
    const macros = encodeMacros({ IFA: 'a b&"<', PAGEURL: 'https://p.example/?q=1&r=]]>' });
    const ad = read(template(values, undefined, macros));
    expect(ad?.impressions[0]?.url).toBe(
      'https://other.example.com/p?i=a%20b%26%22%3C&e=[ERRORCODE]&enc=https%3A%2F%2Fp.example%2F%3Fq%3D1%26r%3D%5D%5D%3E&x=[OURS]&low=a%20b%26%22%3C&cb=[CACHEBUSTING]',
    );
    expect(ad?.impressions[1]?.url).toBe(values.impression);
    expect(ad?.extensions).toEqual(withMacros.extensions);
    expect(template.macros).toEqual(['IFA', 'PAGEURL']);
    expect(template.slots).toEqual(['token', 'impression', 'servingId']);
  });

  it('stay as they are without a value, or become -1 when told to', () => {
    expect(read(template(values))?.impressions[0]?.url).toBe(third);
    const final = compileAd(withMacros, { version: '4.2', serverMacros, missing: 'unknown' });
    expect(read(final(values, 1, { IFA: '-2' }))?.impressions[0]?.url).toBe(
      third.replace(/\[ifa\]/gi, '-2').replace('%5BPAGEURL%5D', '-1'),
    );
  });

  it('give what expanding the macros of every URL afterwards gives', () => {
    const macroValues = { IFA: 'x y', CACHEBUSTING: 12345678, DEVICEIP: '2001:db8::1' };
    const names = ['IFA', 'CACHEBUSTING', 'DEVICEIP'];
    for (const version of VAST_VERSIONS) {
      const compiled = compileVast({ version, ads: [ctvSpotAd, wrapperAd] }, { serverMacros: names });
      const plain = compileVast({ version, ads: [ctvSpotAd, wrapperAd] });
      expect(compiled({}, encodeMacros(macroValues))).toBe(expandMacros(plain({}), macroValues));
    }
  });

  it('are filled in verification that travels in an extension', () => {
    const ad: InlineAd = {
      ...ctvSpotAd,
      adVerifications: [
        {
          vendor: 'a.example-omid',
          trackingEvents: [
            { event: 'verificationNotExecuted', url: 'https://v.example/?i=[IFA]&r=[REASON]' },
          ],
        },
      ],
    };
    for (const version of VAST_VERSIONS) {
      const xml = compileAd(ad, { version, serverMacros })({}, undefined, { IFA: 'me' });
      expect(xml).toContain('https://v.example/?i=me&amp;r=[REASON]');
    }
  });

  it('are refused when only a player can know them', () => {
    for (const name of PLAYER_MACROS)
      expect(() => compileAd(ctvSpotAd, { version: '4.2', serverMacros: [name] })).toThrow(
        `[${name}] is known to the player alone`,
      );
    expect(compileAd(ctvSpotAd, { version: '4.2', serverMacros: SERVER_MACROS }).macros).toEqual([]);
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
