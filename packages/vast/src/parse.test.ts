import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { extensionFromXml, parseVast, xmlFragment } from './parse.ts';

const supplemental = (name: string): string =>
  readFileSync(new URL(`../fixtures/supplemental/${name}.xml`, import.meta.url), 'utf8');

describe('parseVast', () => {
  it.each([
    ['not-closed', 'VAST_PARSE_FAILED', 100, 'line 1: </Ad> closes <InLine>'],
    ['doctype', 'VAST_PARSE_FAILED', 100, 'DOCTYPE'],
    ['other-root', 'VAST_PARSE_FAILED', 101, 'the root element is <vmap:VMAP>, not <VAST>'],
    ['vast-1', 'VAST_VERSION_MISMATCH', 102, 'VAST 1'],
    ['version-unknown', 'VAST_VERSION_MISMATCH', 102, 'version "9.9" is not one of 2.0, 3.0'],
  ])('refuses %s', (name, code, errorCode, message) => {
    const parsed = parseVast(supplemental(name));
    expect(parsed).toMatchObject({ ok: false, code, errorCode });
    expect(!parsed.ok && parsed.message).toContain(message);
  });

  it('refuses a version the caller does not accept, and a missing one', () => {
    expect(parseVast('<VAST version="4.2"/>', { accept: ['2.0', '3.0'] })).toMatchObject({
      ok: false,
      message: 'version 4.2 is not accepted here, only 2.0, 3.0',
    });
    expect(parseVast('<VAST/>')).toMatchObject({ code: 'VAST_VERSION_MISMATCH' });
  });

  it('takes 2.0.1 for 2.0', () => {
    expect(parseVast('<VAST version="2.0.1"/>')).toEqual({
      ok: true,
      document: { version: '2.0', ads: [] },
      notes: [],
    });
  });

  it('obeys limits', () => {
    expect(parseVast('<VAST version="4.2"/>', { limits: { maxLength: 10 } })).toMatchObject({
      code: 'VAST_PARSE_FAILED',
    });
  });

  it('reads prefixed elements, indented URLs, and extensions that borrow a prefix', () => {
    expect(parseVast(supplemental('prefixed-namespace'))).toEqual({
      ok: true,
      notes: [],
      document: {
        version: '4.1',
        ads: [
          {
            kind: 'wrapper',
            id: '1',
            adSystem: { name: 'Example' },
            errorUrls: ['https://t.example.com/e?c=[ERRORCODE]&a=1'],
            extensions: [
              {
                type: 'deal',
                nodes: [
                  {
                    name: 'deal:Id',
                    attributes: { 'xmlns:deal': 'https://example.com/deal', kind: 'pmp' },
                    children: ['D-1'],
                  },
                ],
              },
            ],
            impressions: [{ url: 'https://t.example.com/i?a=1&b=2' }],
            vastAdTagUri: 'https://other.example.net/v',
          },
        ],
      },
    });
  });

  it('reads on past what it cannot use, and notes every such place', () => {
    const parsed = parseVast(supplemental('everything-wrong'));
    expect(parsed.ok && parsed.document.ads.map(({ kind }) => kind)).toEqual(['inline', 'wrapper']);
    expect(parsed.ok && parsed.notes.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/VideoClicks/ClickThrough[2] only the first ClickThrough counts; the others were left out',
      'VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]@delivery "download" is not progressive, streaming; it was left out',
      'VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]@bitrate "fast" is not a whole number; it was left out',
      'VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/Colour the element is not expected here; it was left out',
      'VAST/Ad[2]/Wrapper@followAdditionalWrappers "yes" is not true, false, 1 or 0; it was left out',
      'VAST/Ad[3] the ad is neither InLine nor Wrapper; it was left out',
    ]);
  });
});

describe('extensions from text', () => {
  it('keep their nodes', () => {
    expect(extensionFromXml('t', '<a b="1">x</a>y')).toEqual({
      type: 't',
      nodes: [{ name: 'a', attributes: { b: '1' }, children: ['x'] }, 'y'],
    });
  });

  it('cannot smuggle anything past their own end', () => {
    expect(xmlFragment('</fragment><Impression/>')).toMatchObject({ ok: false });
    expect(() => extensionFromXml('t', '<a>')).toThrow('the content of extension "t" is not XML');
  });
});

describe('what is given more than once', () => {
  const ad = (creative: string): string =>
    `<VAST version="4.2"><Ad><InLine><Creatives><Creative>${creative}</Creative></Creatives></InLine></Ad></VAST>`;
  const twice = (name: string): string =>
    `<${name}>https://a.example</${name}><${name}>https://b.example</${name}>`;

  it.each([
    [
      'CompanionClickThrough',
      (inner: string) => `<CompanionAds><Companion>${inner}</Companion></CompanionAds>`,
    ],
    [
      'NonLinearClickThrough',
      (inner: string) => `<NonLinearAds><NonLinear>${inner}</NonLinear></NonLinearAds>`,
    ],
    [
      'IconClickThrough',
      (inner: string) => `<Linear><Icons><Icon><IconClicks>${inner}</IconClicks></Icon></Icons></Linear>`,
    ],
    ['ClickThrough', (inner: string) => `<Linear><VideoClicks>${inner}</VideoClicks></Linear>`],
  ])('is noted for %s', (name, around) => {
    const parsed = parseVast(ad(around(twice(name))));
    expect(parsed.ok && parsed.notes.map(({ path }) => path.replace(/^.*\//, ''))).toEqual([`${name}[2]`]);
    expect(JSON.stringify(parsed)).not.toContain('https://b.example');
  });

  it('is noted for a UniversalAdId whose attribute says something else', () => {
    const parsed = parseVast(ad('<UniversalAdId idRegistry="r" idValue="A2">A1</UniversalAdId>'));
    expect(parsed.ok && parsed.notes[0]?.message).toContain('"A2" differs from the text');
    expect(parseVast(ad('<UniversalAdId idRegistry="r" idValue="A1"/>'))).toMatchObject({ notes: [] });
  });
});

describe('prices', () => {
  it.each([
    ['25.00', 25_000_000],
    ['.5', 500_000],
    ['+1.', 1_000_000],
    ['0.0000010000', 1],
    ['1.0000001', undefined],
    ['-1', undefined],
    ['.', undefined],
    ['1,5', undefined],
  ])('of %s are read as %s micros', (text, micros) => {
    const parsed = parseVast(
      `<VAST version="4.2"><Ad><Wrapper><Pricing model="cpm" currency="USD">${text}</Pricing></Wrapper></Ad></VAST>`,
    );
    expect(parsed.ok && parsed.document.ads[0]?.pricing?.amountMicros).toBe(micros);
  });
});
