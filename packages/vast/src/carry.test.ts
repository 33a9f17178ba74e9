import { describe, expect, it } from 'vitest';
import { ctvSpotAd, everything } from '../fixtures/documents.ts';
import type { InlineAd, InlineCreative, VastDocument } from './model.ts';
import { parseVast } from './parse.ts';
import { serializeVast } from './serialize.ts';
import type { VastVersion } from './version.ts';

const spot = ctvSpotAd.creatives[0] as InlineCreative;
const creative = (id: string | undefined, mediaId: string | undefined, title: string): InlineCreative => ({
  ...(id === undefined ? {} : { id }),
  universalAdIds: [
    { idRegistry: 'registry.example', value: title },
    { idRegistry: 'other.example', value: `${title}-2` },
  ],
  linear: {
    durationMs: 15_000,
    mediaFiles: [
      {
        ...(mediaId === undefined ? {} : { id: mediaId }),
        url: `https://media.example.com/${title}.mp4`,
        delivery: 'progressive',
        type: 'video/mp4',
        width: 1920,
        height: 1080,
      },
    ],
    mezzanines: [
      {
        url: `https://media.example.com/${title}.mov`,
        delivery: 'progressive',
        type: 'video/quicktime',
        width: 3840,
        height: 2160,
      },
    ],
    interactiveCreativeFiles: [
      {
        url: `https://media.example.com/${title}.html`,
        type: 'text/html',
        apiFramework: 'SIMID',
        variableDuration: true,
      },
    ],
  },
});
const documentOf = (...creatives: InlineCreative[]): VastDocument => ({
  version: '4.2',
  ads: [{ ...ctvSpotAd, creatives }],
});
function through(document: VastDocument, version: VastVersion) {
  const { xml, dropped } = serializeVast(document, { version });
  const parsed = parseVast(xml);
  if (!parsed.ok) throw new Error(parsed.message);
  expect(parsed.notes).toEqual([]);
  return { ad: parsed.document.ads[0] as InlineAd, dropped, xml };
}
const mediaLosses = (dropped: readonly string[]): string[] =>
  dropped.filter((line) => /UniversalAdId|Mezzanine|InteractiveCreativeFile|Icon/.test(line));

describe('what earlier versions carry in extensions', () => {
  it.each(['2.0', '3.0'] as const)('comes back whole from %s, creative by creative', (version) => {
    const creatives = [creative('a', 'm1', 'one'), creative('b', 'm2', 'two')];
    const { ad, dropped } = through(documentOf(...creatives), version);
    expect(mediaLosses(dropped)).toEqual([]);
    expect(ad.creatives).toEqual(creatives);
    expect(ad.extensions).toBeUndefined();
  });

  it('needs no reference for the only creative in 2.0', () => {
    const one = creative(undefined, undefined, 'one');
    const { ad, dropped, xml } = through(documentOf(one), '2.0');
    expect(mediaLosses(dropped)).toEqual([]);
    expect(ad.creatives).toEqual([one]);
    expect(xml).not.toMatch(/creativeId|mediaFileId/);
  });

  it('says in 2.0 what cannot be told apart', () => {
    const creatives = [creative(undefined, undefined, 'one'), creative(undefined, undefined, 'two')];
    const { ad, dropped } = through(documentOf(...creatives), '2.0');
    expect(mediaLosses(dropped).map((line) => line.replace(/: .*/, ''))).toEqual([
      'VAST/Ad/InLine/Creatives/Creative[2]/Linear/MediaFiles/Mezzanine',
      'VAST/Ad/InLine/Creatives/Creative[2]/Linear/MediaFiles/InteractiveCreativeFile',
      'VAST/Ad/InLine/Creatives/Creative[2]/UniversalAdId[1]',
      'VAST/Ad/InLine/Creatives/Creative[2]/UniversalAdId[2]',
    ]);
    expect(ad.creatives[0]).toEqual(creatives[0]);
    expect(ad.creatives[1]?.universalAdIds).toBeUndefined();
  });

  it('brings icons to 2.0', () => {
    const { ad, dropped } = through(everything, '2.0');
    const icons = (everything.ads[0] as InlineAd).creatives[0]?.linear?.icons;
    expect(icons).toHaveLength(2);
    expect(ad.creatives.find(({ linear }) => linear)?.linear?.icons).toEqual(icons);
    expect(mediaLosses(dropped)).toEqual([]);
  });

  it('keeps the Ad-ID in its old attribute too', () => {
    for (const version of ['2.0', '3.0'] as const) {
      const { adId: _none, ...bare } = spot;
      const { ad } = through(documentOf(bare), version);
      expect(ad.creatives[0]).toMatchObject({ adId: 'EXMP0030000H', universalAdIds: spot.universalAdIds });
    }
  });

  it.each([
    [
      'an element the model has no place for',
      '<Mezzanine delivery="progressive" fileSize="300MB">https://m.example.com/a</Mezzanine>',
    ],
    [
      'a reference to nothing',
      '<Mezzanine delivery="progressive" mediaFileId="nowhere">https://m.example.com/a</Mezzanine>',
    ],
    [
      'more than one element',
      '<Mezzanine>https://m.example.com/a</Mezzanine><Mezzanine>https://m.example.com/b</Mezzanine>',
    ],
    ['no element', 'text'],
  ])('leaves an extension with %s as it is', (_, content) => {
    const xml = serializeVast(documentOf(creative('a', 'm1', 'one')), { version: '2.0' }).xml;
    const [before, after] = xml.split('<Extension type="Mezzanine">');
    const changed = `${before}<Extension type="Mezzanine">${content}${after?.slice(after.indexOf('</Extension>'))}`;
    const parsed = parseVast(changed);
    const ad = parsed.ok ? (parsed.document.ads[0] as InlineAd) : undefined;
    expect(ad?.creatives[0]?.linear?.mezzanines).toBeUndefined();
    expect(ad?.extensions?.map(({ type }) => type)).toEqual(['Mezzanine']);
    expect(parsed.ok && parseVast(serializeVast(parsed.document).xml)).toEqual(parsed);
  });
});
