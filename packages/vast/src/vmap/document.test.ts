import { describe, expect, it } from 'vitest';
import { ctvSpot, pod } from '../../fixtures/documents.ts';
import { serializeVast } from '../serialize.ts';
import { compileAd, joinAds } from '../template.ts';
import { vmapDocument } from './document.ts';
import { vmapErrorCode } from './error-codes.ts';
import { lintVmap } from './lint.ts';
import { parseVmap } from './parse.ts';
import { serializeVmap } from './serialize.ts';

describe('vmapDocument', () => {
  it('gives what serialising the same document gives', () => {
    const joined = joinAds(
      '4.2',
      pod.ads.map((ad) => compileAd(ad, { version: '4.2' })({}, ad.sequence)),
    );
    const quick = vmapDocument([
      {
        timeOffset: 'start',
        breakType: 'linear',
        breakId: 'a & "b"',
        vastXml: joined,
        tracking: [{ event: 'breakStart', url: 'https://t.example.com/b?a=1&c=2' }],
      },
      {
        timeOffset: { ms: 1_500 },
        breakType: ['linear', 'nonlinear'],
        repeatAfterMs: 60_000,
        adTagUri: 'https://a.example.com/?a&b',
      },
      {
        timeOffset: 'end',
        breakType: 'display',
        adTagUri: 'https://a.example.com/',
        templateType: 'proprietary',
        allowMultipleAds: false,
        followRedirects: false,
        adSourceId: '7',
      },
      { timeOffset: 'end', breakType: 'linear', tracking: [] },
    ]);
    const both = { allowMultipleAds: true, followRedirects: true };
    const slow = serializeVmap({
      version: '1.0',
      adBreaks: [
        {
          timeOffset: 'start',
          breakTypes: ['linear'],
          breakId: 'a & "b"',
          adSource: { ...both, content: { kind: 'vast', document: pod } },
          trackingEvents: [{ event: 'breakStart', url: 'https://t.example.com/b?a=1&c=2' }],
        },
        {
          timeOffset: { ms: 1_500 },
          breakTypes: ['linear', 'nonlinear'],
          repeatAfterMs: 60_000,
          adSource: {
            ...both,
            content: { kind: 'tag', uri: 'https://a.example.com/?a&b', templateType: 'vast3' },
          },
        },
        {
          timeOffset: 'end',
          breakTypes: ['display'],
          adSource: {
            id: '7',
            allowMultipleAds: false,
            followRedirects: false,
            content: { kind: 'tag', uri: 'https://a.example.com/', templateType: 'proprietary' },
          },
        },
        { timeOffset: 'end', breakTypes: ['linear'] },
      ],
    }).xml;
    expect(parseVmap(quick)).toEqual(parseVmap(slow));
    expect(lintVmap(quick).filter(({ severity }) => severity === 'block')).toEqual([]);
  });

  it.each([
    '',
    '\uFEFF',
    '\n ',
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<!-- a --><?xml-stylesheet href="x"?><!-- <VAST> -->',
    '\uFEFF <?xml version="1.1" encoding="utf-8" standalone="yes"?>\r\n',
  ])('takes the prolog %j off', (prolog) => {
    const body = serializeVast(ctvSpot).xml.replace(/^<\?xml[^>]*\?>/, '');
    const xml = vmapDocument([{ timeOffset: 'start', breakType: 'linear', vastXml: `${prolog}${body}\n` }]);
    const [parsed, expected] = [
      parseVmap(xml),
      parseVmap(vmapDocument([{ timeOffset: 'start', breakType: 'linear', vastXml: body }])),
    ];
    expect(parsed.ok).toBe(true);
    expect(parsed).toEqual(expected);
  });

  it('refuses what cannot be embedded, naming the break', () => {
    const one = { timeOffset: 'start', breakType: 'linear' } as const;
    expect(() => vmapDocument([one, { ...one, vastXml: '<html/>' }])).toThrow(
      'vastXml of break 2 starts with "<html/>", not with <VAST',
    );
    expect(() => vmapDocument([{ ...one, vastXml: '<VAST version="4.2"/>', adTagUri: 'https://a' }])).toThrow(
      'one source',
    );
    expect(() => vmapDocument([{ ...one, breakId: 'a\u0000' }])).toThrow(
      'breakId of break 1 holds the character U+0000',
    );
    expect(() => vmapDocument([{ ...one, timeOffset: { ms: 1.5 } }])).toThrow(RangeError);
  });

  it('of nothing is a document without breaks', () => {
    expect(parseVmap(vmapDocument([]))).toEqual({
      ok: true,
      document: { version: '1.0', adBreaks: [] },
      notes: [],
    });
  });
});

describe('vmapErrorCode', () => {
  it('knows the codes of the standard', () => {
    expect(vmapErrorCode(1007)?.meaning).toBe('The ad response did not arrive in time.');
    expect(vmapErrorCode(1009)).toBeUndefined();
  });
});
