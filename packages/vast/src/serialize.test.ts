import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ctvSpot, ctvSpotAd, DOCUMENTS, everything, noAd, wrapperAd } from '../fixtures/documents.ts';
import type { VastDocument } from './model.ts';
import { parseVast } from './parse.ts';
import { serializeVast } from './serialize.ts';
import { VAST_VERSIONS, type VastVersion } from './version.ts';

const folder = new URL('../fixtures/exemplary/', import.meta.url);
const golden = readdirSync(folder).filter((name) => name.endsWith('.xml'));

describe('serializeVast', () => {
  it.each(golden)('writes %s', (file) => {
    const [, name, version] = /^(.+)\.(\d\.\d)\.xml$/.exec(file) ?? [];
    const document = DOCUMENTS[name as string];
    if (!document) throw new Error(`no document is called ${name}`);
    const { xml } = serializeVast(document, { version: version as VastVersion, indent: true });
    expect(xml).toBe(readFileSync(new URL(file, folder), 'utf8'));
  });

  it('has a golden file for every document and for the spot in every version', () => {
    expect(golden.sort()).toEqual(
      [
        ...VAST_VERSIONS.map((version) => `ctv-spot.${version}.xml`),
        ...Object.entries(DOCUMENTS)
          .filter(([name]) => name !== 'ctv-spot')
          .map(([name, document]) => `${name}.${document.version}.xml`),
      ].sort(),
    );
  });

  it('drops nothing in the version a document was made for', () => {
    for (const document of Object.values(DOCUMENTS)) expect(serializeVast(document).dropped).toEqual([]);
  });

  it('says what each earlier version cannot carry of the spot', () => {
    const dropped = (version: VastVersion): readonly string[] => serializeVast(ctvSpot, { version }).dropped;
    expect(dropped('4.1')).toEqual([]);
    expect(dropped('4.0')).toEqual([
      'VAST/Ad@adType: not part of VAST 4.0',
      'VAST/Ad/InLine/Creatives/Creative/Linear/MediaFiles/Mezzanine@delivery: not part of VAST 4.0',
      'VAST/Ad/InLine/Creatives/Creative/Linear/MediaFiles/Mezzanine@type: not part of VAST 4.0',
      'VAST/Ad/InLine/Creatives/Creative/Linear/MediaFiles/Mezzanine@width: not part of VAST 4.0',
      'VAST/Ad/InLine/Creatives/Creative/Linear/MediaFiles/Mezzanine@height: not part of VAST 4.0',
      'VAST/Ad/InLine/Creatives/Creative/Linear/MediaFiles/Mezzanine@codec: not part of VAST 4.0',
      'VAST/Ad/InLine/Creatives/Creative/Linear/MediaFiles/Mezzanine@fileSize: not part of VAST 4.0',
      'VAST/Ad/InLine/AdServingId: not part of VAST 4.0 here (known since 4.1)',
    ]);
    expect(dropped('3.0')).toEqual([
      'VAST/Ad@adType: not part of VAST 3.0',
      'VAST/Ad/InLine/AdServingId: not part of VAST 3.0 here (known since 4.1)',
      'VAST/Ad/InLine/Category: not part of VAST 3.0 here (known since 4.0)',
    ]);
    expect(dropped('2.0')).toContain(
      'VAST/Ad/InLine/Creatives/Creative/Linear/TrackingEvents/Tracking[8]: the event "progress" is not part of VAST 2.0',
    );
  });

  it.each(['2.0', '3.0', '4.0'] as const)('carries verification to %s in the agreed extension', (version) => {
    const parsed = parseVast(serializeVast(ctvSpot, { version }).xml);
    expect(parsed.ok && parsed.document.ads[0]?.adVerifications).toEqual(ctvSpotAd.adVerifications);
    expect(parsed.ok && parsed.document.ads[0]?.extensions).toBeUndefined();
  });

  it('splits a creative of several parts before 4.0 and keeps the Ad-ID', () => {
    const parsed = parseVast(serializeVast(everything, { version: '3.0' }).xml);
    const creatives = parsed.ok ? parsed.document.ads[0]?.creatives : undefined;
    expect(
      creatives?.map((creative) => Object.keys(creative).filter((key) => /linear|Ads$/i.test(key))),
    ).toEqual([['linear'], ['companionAds'], ['nonLinearAds']]);
    expect(creatives?.every(({ adId, id }) => adId === 'EXMP0030000H' && id === 'crv_3')).toBe(true);
  });

  it('drops a container that loses all it was for', () => {
    const document: VastDocument = {
      version: '4.2',
      ads: [
        {
          ...ctvSpotAd,
          creatives: [
            {
              linear: {
                durationMs: 1_000,
                mediaFiles: [],
                icons: [{ program: 'P', htmlResources: ['<i>x</i>'] }],
              },
              nonLinearAds: {
                nonLinears: [{ width: null, height: null, iframeResources: ['https://a.example'] }],
              },
            },
          ],
        },
      ],
    };
    const { xml, dropped } = serializeVast(document, { version: '3.0' });
    expect(xml).not.toMatch(/Icons|<NonLinearAds/);
    expect(dropped.filter((line) => line.endsWith('nothing of it is left'))).toHaveLength(2);
  });

  it('keeps the first where a version takes only one', () => {
    const repeated = (version: VastVersion): string[] =>
      serializeVast(everything, { version })
        .dropped.filter((line) => line.endsWith('takes only one'))
        .map((line) => line.replace(/^.*\/(.+): .*$/, '$1'));
    expect(repeated('4.2')).toEqual([]);
    expect(repeated('4.1')).toEqual(['Icon[2]', 'UniversalAdId[2]']);
    expect(repeated('3.0')).toEqual(['Error[2]']);
  });

  it('renames events to the word of the version', () => {
    const events = (version: VastVersion): (string | undefined)[] => {
      const parsed = parseVast(serializeVast(everything, { version }).xml);
      const ad = parsed.ok ? parsed.document.ads[0] : undefined;
      const overlay = ad?.creatives?.find(({ nonLinearAds }) => nonLinearAds)?.nonLinearAds;
      return overlay?.trackingEvents?.map(({ event }) => event) ?? [];
    };
    expect(events('4.2')).toEqual(['creativeView', 'adExpand', 'adCollapse', 'close']);
    expect(events('3.0')).toEqual(['creativeView', 'expand', 'collapse', 'close']);
  });

  it('leaves nothing but the ads when there are ads, and the error when there are none', () => {
    const both = serializeVast({ ...ctvSpot, errorUrls: ['https://t.example.com/e'] });
    expect(both.dropped).toEqual(['VAST/Error: VAST 4.2 takes either Ad or Error here']);
    expect(serializeVast(noAd, { version: '2.0' })).toEqual({
      xml: '<?xml version="1.0" encoding="UTF-8"?><VAST version="2.0"/>',
      dropped: ['VAST/Error: not part of VAST 2.0 here'],
    });
  });

  it('refuses values no document can hold, naming the place', () => {
    const bad =
      (ad: object): (() => unknown) =>
      () =>
        serializeVast({ version: '4.2', ads: [{ ...wrapperAd, ...ad }] });
    expect(bad({ id: 'a\u0007' })).toThrow('VAST/Ad@id holds the character U+0007');
    expect(bad({ pricing: { model: 'cpm', currency: 'USD', amountMicros: 0.5 } })).toThrow(
      'whole number of micros',
    );
    expect(bad({ creatives: [{ linear: { skipOffset: { ms: -1 } } }] })).toThrow(
      'whole number of milliseconds',
    );
  });
});
