import type { Vendor } from '@cuepoint/contract';
import { compileVast, lintVast, parseVast, serializeVast, VAST_VERSIONS } from '@cuepoint/vast';
import { describe, expect, it } from 'vitest';
import { VAST_SLOTS } from '../../../kernel/delivery-protocol.ts';
import {
  type BuiltVast,
  buildVastDocument,
  sampleAddresses,
  slotAddresses,
  type VastSubject,
  verificationNote,
} from './vast-document.ts';

const subject = (more: Partial<VastSubject> = {}): VastSubject => ({
  creativeId: 'crv_01test0000',
  campaignId: 'cmp_01test0000',
  brandId: 'brd_01test0000',
  name: 'Ridge & valley <15s>',
  advertiser: 'Fernwhistle',
  categories: ['IAB20'],
  universalAdId: { idRegistry: 'cuepoint', idValue: 'crv_01test0000' },
  durationMs: 15_042,
  vendors: ['ias', 'doubleverify'],
  media: {
    url: `https://ads.example/media/${'ab'.repeat(32)}.mp4`,
    mime: 'video/mp4',
    width: 1920,
    height: 1080,
    bitrateKbps: 8_000,
    codec: 'avc1.640028',
  },
  ...more,
});
const sample = sampleAddresses('crv_01test0000', 'https://ads.example', 'https://fernwhistle.example/');
const built = (result: BuiltVast) => {
  if (!result.ok) throw new Error(result.why);
  return result;
};
const severe = (xml: string) => lintVast(xml).filter((finding) => finding.severity !== 'info');

describe('the VAST document of a creative', () => {
  it.each<[string, Vendor[]]>([
    ['no vendor', []],
    ['IAS', ['ias']],
    ['IAS and DoubleVerify', ['ias', 'doubleverify']],
  ])('is clean with %s, in the order of the schema, in every version', (_, vendors) => {
    const { document, warnings } = built(buildVastDocument(subject({ vendors }), sample));
    expect(warnings).toEqual([]);
    for (const version of VAST_VERSIONS) {
      const { xml } = serializeVast(document, { version });
      expect(severe(xml)).toEqual([]);
      const again = parseVast(xml);
      expect(again.ok && again.document.ads).toHaveLength(1);
    }
    const { xml } = serializeVast(document);
    const order = [
      '<AdSystem',
      '<Impression',
      '<AdServingId',
      '<AdTitle',
      '<Creatives',
      '<UniversalAdId',
      '<Linear',
    ];
    expect(order.every((name) => xml.includes(name))).toBe(true);
    expect(xml.split('<Verification ').length - 1).toBe(vendors.length);
  });

  it('tells every player event and the exact length', () => {
    const { document } = built(buildVastDocument(subject(), sample));
    const { xml } = serializeVast(document);
    for (const event of Object.keys(VAST_SLOTS.tracking)) expect(xml).toContain(`/t/sample.${event}`);
    expect(xml).toContain('<Duration>00:00:15.042</Duration>');
    expect(xml).toContain('idRegistry="cuepoint"');
    expect(xml).toContain('[ERRORCODE]');
  });

  it('leaves to the node exactly the places that the protocol names', () => {
    const { document } = built(buildVastDocument(subject(), slotAddresses));
    const { slots } = compileVast(document, { version: '4.2' });
    expect([...slots].sort()).toEqual(
      [
        VAST_SLOTS.adId,
        VAST_SLOTS.adServingId,
        VAST_SLOTS.clickThrough,
        ...Object.values(VAST_SLOTS.tracking),
      ].sort(),
    );
    expect(lintVast(document).filter((finding) => finding.severity === 'block')).toEqual([]);
    // It travels as JSON.
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('takes Moat only for old tags, and says what it is', () => {
    const moat = subject({ vendors: ['ias', 'moat'] });
    expect(buildVastDocument(moat, sample)).toMatchObject({ ok: false, code: 'vendor.retired' });
    const legacy = built(buildVastDocument(moat, sample, { legacyMoat: true }));
    expect(legacy.warnings).toEqual([expect.stringContaining('30 September 2024')]);
    expect(severe(serializeVast(legacy.document).xml).map((finding) => finding.rule)).toEqual([
      'verification.vendor-retired',
    ]);
  });

  it('names each vendor once, and says what its measurement depends on', () => {
    const { document } = built(buildVastDocument(subject({ vendors: ['ias', 'ias'] }), sample));
    expect(document.ads[0]!.adVerifications).toHaveLength(1);
    expect(verificationNote(['ias'])).toContain('Integral Ad Science');
    expect(verificationNote([])).toBeNull();
  });

  it('survives a name that XML cannot hold', () => {
    const { document } = built(buildVastDocument(subject({ name: 'a\u0001b\uFFFF' }), sample));
    expect(serializeVast(document).xml).toContain('<AdTitle>ab</AdTitle>');
  });

  it('says an insecure address is one', () => {
    const addresses = sampleAddresses(
      'crv_01test0000',
      'http://127.0.0.1:8787',
      'https://fernwhistle.example/',
    );
    const { document } = built(
      buildVastDocument(
        subject({ media: { ...subject().media, url: 'http://127.0.0.1:8787/media/a.mp4' } }),
        addresses,
      ),
    );
    expect(severe(serializeVast(document).xml).map((finding) => finding.rule)).toEqual([
      'url.insecure-resource',
    ]);
  });
});
