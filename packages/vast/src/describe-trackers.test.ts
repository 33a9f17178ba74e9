import { describe, expect, it } from 'vitest';
import { ctvSpot, DOCUMENTS, everything, noAd, pod, wrapper } from '../fixtures/documents.ts';
import { describeTrackers, type TrackerRow } from './describe-trackers.ts';
import { lintVast } from './lint/lint.ts';
import type { VastDocument } from './model.ts';
import { parseVast } from './parse.ts';
import { serializeVast } from './serialize.ts';
import { URL_ELEMENTS } from './url-elements.ts';
import { VAST_VERSIONS } from './version.ts';

const brief = ({ kind, part, event, vendor, url }: TrackerRow): string =>
  [kind, part, event, vendor, url.replace(/^https:\/\/([^?]*).*/, '$1')].filter(Boolean).join(' ');

describe('describeTrackers', () => {
  it('lists everything a wrapper calls', () => {
    expect(describeTrackers(wrapper).map(brief)).toMatchInlineSnapshot(`
      [
        "error track.example.com/we",
        "impression track.example.com/wi",
        "verification-script verification example.com-omid verify.example.com/omid.js",
        "quartile linear start track.example.com/e",
        "quartile linear complete track.example.com/e",
        "click-tracking linear track.example.com/wc",
        "click-tracking non-linear track.example.com/wn",
        "wrapped-tag other.example.net/vast",
      ]
    `);
  });

  it('says what a URL is, where it is, and what is in it', () => {
    const rows = describeTrackers(pod, { hop: 2 });
    expect(rows.find(({ kind }) => kind === 'impression')).toEqual({
      kind: 'impression',
      role: 'tracker',
      url: 'https://track.example.com/i?a=1&cb=[CACHEBUSTING]',
      id: 'own',
      path: 'VAST/Ad[1]/InLine/Impression',
      adId: 'pod-1',
      adSequence: 1,
      adKind: 'inline',
      hop: 2,
      macros: ['CACHEBUSTING'],
      isSecure: true,
    });
    expect(rows.find(({ kind }) => kind === 'quartile')).toMatchObject({
      event: 'start',
      part: 'linear',
      path: 'VAST/Ad[1]/InLine/Creatives/Creative/Linear/TrackingEvents/Tracking[1]',
    });
    expect(rows.find(({ event }) => event === 'progress')).toMatchObject({
      kind: 'event',
      offset: '00:00:05',
    });
    expect(rows.find(({ kind }) => kind === 'wrapped-tag')).toMatchObject({
      adKind: 'wrapper',
      adSequence: 2,
    });
    expect(rows.find(({ vendor }) => vendor === 'doubleverify.com-omid')).toMatchObject({
      kind: 'verification-script',
      part: 'verification',
    });
  });

  it('tells every kind apart', () => {
    const kinds = new Set(
      [...describeTrackers(everything), ...describeTrackers(wrapper), ...describeTrackers(noAd)].map(
        ({ kind }) => kind,
      ),
    );
    expect([...kinds].sort()).toEqual([
      'caption',
      'click-through',
      'click-tracking',
      'companion',
      'custom-click',
      'error',
      'event',
      'icon',
      'icon-view',
      'impression',
      'interactive',
      'media',
      'mezzanine',
      'no-ad',
      'overlay',
      'quartile',
      'survey',
      'verification-not-executed',
      'verification-script',
      'viewable',
      'wrapped-tag',
    ]);
  });

  it('misses no URL of the text, in any version', () => {
    for (const document of Object.values(DOCUMENTS)) {
      for (const version of VAST_VERSIONS) {
        const { xml } = serializeVast(document, { version });
        const parsed = parseVast(xml);
        const written = [...xml.matchAll(/<(\w+)(?: [^>]*)?>(?=[^<])/g)].filter(([, name]) =>
          URL_ELEMENTS.has(name ?? ''),
        );
        expect(parsed.ok && describeTrackers(parsed.document)).toHaveLength(written.length);
      }
    }
  });

  it('lists what a document says beyond its version', () => {
    const sloppy = { ...everything, version: '2.0' } as const;
    expect(describeTrackers(sloppy).map(({ url }) => url)).toContain('https://track.example.com/viewable');
  });

  it('names places as lint does', () => {
    const insecure: VastDocument = JSON.parse(
      JSON.stringify(everything).replaceAll('https://track', 'http://track'),
    );
    const rows = describeTrackers(insecure).filter(({ isSecure }) => !isSecure);
    const found = lintVast(insecure).filter(({ rule }) => rule === 'url.insecure-tracker');
    expect(rows.map(({ path }) => path).sort()).toEqual(found.map(({ path }) => path).sort());
    expect(rows.length).toBeGreaterThan(20);
    expect(describeTrackers(ctvSpot).every(({ isSecure }) => isSecure)).toBe(true);
  });
});
