import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ctvSpot, ctvSpotAd, DOCUMENTS, wrapperAd } from '../../fixtures/documents.ts';
import type { InlineAd, VastDocument } from '../model.ts';
import { parseVast } from '../parse.ts';
import { serializeVast } from '../serialize.ts';
import { slot } from '../template.ts';
import { VAST_VERSIONS } from '../version.ts';
import { lintVast } from './lint.ts';
import { LINT_RULES, type LintFinding } from './rules.ts';

const supplemental = (name: string): string =>
  readFileSync(new URL(`../../fixtures/supplemental/${name}.xml`, import.meta.url), 'utf8');
const brief = (findings: readonly LintFinding[]): string[] =>
  findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
const rules = (input: string | VastDocument): string[] => lintVast(input).map(({ rule }) => rule);
const changed = (change: Partial<InlineAd>): VastDocument => ({
  version: '4.2',
  ads: [{ ...ctvSpotAd, ...change }],
});

describe('lintVast', () => {
  it('finds nothing in a good document', () => {
    expect(lintVast(ctvSpot)).toEqual([]);
    expect(lintVast(serializeVast(ctvSpot).xml)).toEqual([]);
  });

  it('blocks none of our own documents in any version', () => {
    for (const document of Object.values(DOCUMENTS)) {
      for (const version of VAST_VERSIONS) {
        const found = lintVast(serializeVast(document, { version }).xml);
        expect(brief(found.filter(({ severity }) => severity === 'block'))).toEqual([]);
        expect(found.filter(({ rule }) => rule === 'element.order' || rule === 'element.unexpected')).toEqual(
          [],
        );
      }
    }
  });

  it('finds everything that is wrong, worst first', () => {
    expect(brief(lintVast(supplemental('everything-wrong')))).toMatchInlineSnapshot(`
      [
        "block pod.sequence-invalid VAST/Ad@sequence",
        "block pod.sequence-duplicate VAST/Ad@sequence",
        "block url.invalid VAST/Ad[1]/InLine/Impression",
        "block verification.no-vendor VAST/Ad[1]/InLine/AdVerifications/Verification[1]",
        "block resource.missing VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/Icons/Icon",
        "block tracking.progress-no-offset VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents/Tracking[2]",
        "block url.invalid VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[2]",
        "block creative.empty VAST/Ad[1]/InLine/Creatives/Creative[2]",
        "block inline.no-ad-serving-id VAST/Ad[1]/InLine",
        "block creative.no-universal-ad-id VAST/Ad[1]/InLine/Creatives/Creative[1]",
        "block value.invalid VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents/Tracking[4]@event",
        "block value.invalid VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]@delivery",
        "block value.invalid VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]@bitrate",
        "block value.invalid VAST/Ad[2]/Wrapper@followAdditionalWrappers",
        "block wrapper.no-tag-uri VAST/Ad[2]/Wrapper",
        "block ad.empty VAST/Ad[3]",
        "warn ad.id-duplicate VAST/Ad@id",
        "warn error.no-macro VAST/Ad[1]/InLine/Error",
        "warn verification.not-omid VAST/Ad[1]/InLine/AdVerifications/Verification[1]",
        "warn url.insecure-resource VAST/Ad[1]/InLine/AdVerifications/Verification[1]/JavaScriptResource",
        "warn verification.vendor-retired VAST/Ad[1]/InLine/AdVerifications/Verification[2]",
        "warn verification.no-resource VAST/Ad[1]/InLine/AdVerifications/Verification[3]",
        "warn tracking.quartiles-missing VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents",
        "warn linear.skip-beyond-duration VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear@skipoffset",
        "warn tracking.offset-beyond-duration VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents/Tracking@offset",
        "warn icon.beyond-duration VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/Icons/Icon",
        "warn media.no-mp4 VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles",
        "warn media.size-zero VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]",
        "warn media.bitrate-range VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]",
        "warn media.retired-type VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]",
        "warn url.insecure-resource VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[1]",
        "warn media.vpaid VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[2]",
        "warn url.scheme VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/VideoClicks/ClickThrough[1]",
        "warn creative.universal-ad-id-unknown VAST/Ad[1]/InLine/Creatives/Creative[2]/UniversalAdId",
        "warn element.order VAST/Ad[1]/InLine/Impression",
        "warn element.unexpected VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/Colour",
        "warn element.repeated VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/VideoClicks/ClickThrough[2]",
        "warn wrapper.impression-missing VAST/Ad[2]/Wrapper",
        "info pod.sequence-gap VAST/Ad@sequence",
        "info verification.no-not-executed VAST/Ad[1]/InLine/AdVerifications/Verification[1]",
        "info verification.no-browser-optional VAST/Ad[1]/InLine/AdVerifications/Verification[1]/JavaScriptResource",
        "info verification.no-not-executed VAST/Ad[1]/InLine/AdVerifications/Verification[2]",
        "info verification.no-browser-optional VAST/Ad[1]/InLine/AdVerifications/Verification[2]/JavaScriptResource",
        "info verification.vendor-form VAST/Ad[1]/InLine/AdVerifications/Verification[3]",
        "info verification.no-not-executed VAST/Ad[1]/InLine/AdVerifications/Verification[3]",
        "info icon.incomplete VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/Icons/Icon",
        "info macro.deprecated VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents/Tracking[1]",
        "info macro.unknown VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents/Tracking[1]",
        "info url.insecure-tracker VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/TrackingEvents/Tracking[3]",
        "info media.no-mezzanine VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles",
        "info media.no-bitrate VAST/Ad[1]/InLine/Creatives/Creative[1]/Linear/MediaFiles/MediaFile[2]",
        "info error.missing VAST/Ad[2]/Wrapper",
      ]
    `);
  });

  it('carries remedy, section and a message about the value itself', () => {
    const found = lintVast(supplemental('everything-wrong')).find(({ rule }) => rule === 'url.invalid');
    expect(found).toEqual({
      rule: 'url.invalid',
      severity: 'block',
      path: 'VAST/Ad[1]/InLine/Impression',
      message: '"not a url" is not an absolute http or https URL',
      remedy: LINT_RULES['url.invalid'].remedy,
      spec: LINT_RULES['url.invalid'].spec,
    });
  });

  it.each([
    ['not-closed', 'VAST_PARSE_FAILED'],
    ['doctype', 'VAST_PARSE_FAILED'],
    ['other-root', 'VAST_PARSE_FAILED'],
    ['version-unknown', 'VAST_VERSION_MISMATCH'],
    ['vast-1', 'VAST_VERSION_MISMATCH'],
  ])('refuses %s as a whole', (name, rule) => {
    expect(rules(supplemental(name))).toEqual([rule]);
  });

  it('blocks an empty ad, which the schema lets pass as a choice of nothing', () => {
    expect(rules(supplemental('ad-empty'))).toEqual(['ad.empty']);
  });

  it('finds a 2.0 ad without media', () => {
    expect(rules(supplemental('nothing-to-play'))).toEqual([
      'linear.no-media',
      'linear.duration-zero',
      'tracking.quartiles-missing',
      'error.missing',
      'linear.no-click-through',
    ]);
  });

  it('judges a document as another version', () => {
    expect(brief(lintVast(ctvSpot, { version: '3.0' }))).toContain(
      'warn version.not-carried VAST/Ad/InLine/Category',
    );
  });

  it('judges verification inside the extension of earlier versions', () => {
    const moat = changed({ adVerifications: [{ vendor: 'moat.com-omid' }] });
    for (const version of VAST_VERSIONS) {
      const found = lintVast(serializeVast(moat, { version }).xml).map(({ rule }) => rule);
      expect(found).toContain('verification.vendor-retired');
      expect(found).toContain('verification.no-resource');
    }
  });

  it('demands identifiers of their version', () => {
    const { adServingId: _none, ...ad } = ctvSpotAd;
    const bare: VastDocument = {
      version: '4.2',
      ads: [{ ...ad, creatives: [{ linear: { durationMs: 1, mediaFiles: [] } }] }],
    };
    expect(rules(bare).filter((rule) => LINT_RULES[rule as 'url.invalid'].severity === 'block')).toEqual([
      'inline.no-ad-serving-id',
      'creative.no-universal-ad-id',
      'linear.no-media',
    ]);
    expect(rules({ ...bare, version: '3.0' })).not.toContain('inline.no-ad-serving-id');
  });

  it.each([
    ['https://a.example/x?y=[CACHEBUSTING]&z=%%CLICK%%&q={price}', []],
    ['[TRACKER]', ['macro.unknown']],
    ['//a.example/x', ['url.invalid']],
    ['/x', ['url.invalid']],
    ['https://', ['url.invalid']],
    ['https://a b.example/', ['url.invalid']],
    ['javascript:alert(1)', ['url.invalid']],
    ['ftp://a.example/x', ['url.invalid']],
    ['http://a.example/x', ['url.insecure-tracker']],
    ['https://a.example/[CONTENTPLAYHEAD]', ['macro.deprecated']],
    [slot('whole'), []],
    [`https://a.example/x?s=${slot('part')}`, []],
  ])('takes the impression URL %j as it should', (url, expected) => {
    expect(rules(changed({ impressions: [{ url }] }))).toEqual(expected);
  });

  it('takes hostile documents in linear time', () => {
    const space = ' '.repeat(400_000);
    const wrap = (inner: string): string =>
      `<VAST version="4.2" xmlns="http://www.iab.com/VAST">${inner}</VAST>`;
    const ads = Array.from(
      { length: 20_000 },
      (_, index) => `<Ad id="${index}" sequence="${index + 1}"/>`,
    ).join('');
    for (const xml of [
      wrap(`<Error>a${space}b</Error>`),
      wrap(`<Error>https://${'a'.repeat(400_000)}</Error>`),
      wrap(`<Error>${'%%a'.repeat(100_000)}${'[a'.repeat(100_000)}${'{a'.repeat(100_000)}</Error>`),
      wrap(`<Error a="${space}">&amp;${'&amp;'.repeat(100_000)}</Error>`),
      wrap(ads),
    ]) {
      expect(lintVast(xml, { maxFindings: 10 }).length).toBeGreaterThan(0);
      expect(parseVast(xml).ok).toBe(true);
    }
  });

  it('stops at a bound in a hostile document', () => {
    const xml = `<VAST version="4.2" xmlns="http://www.iab.com/VAST">${'<Ad><x/></Ad>'.repeat(15_000)}</VAST>`;
    expect(lintVast(xml, { maxFindings: 50 })).toHaveLength(50);
  });

  it('accepts wrappers and warns of one that counts nothing', () => {
    expect(rules({ version: '4.2', ads: [{ ...wrapperAd, impressions: [] }] })).toEqual([
      'wrapper.impression-missing',
      'verification.no-not-executed',
      'verification.no-browser-optional',
    ]);
  });

  it('never throws on well-formed nonsense', () => {
    const names = fc.constantFrom(
      'Ad',
      'InLine',
      'Wrapper',
      'Linear',
      'MediaFiles',
      'MediaFile',
      'Tracking',
      'Verification',
      'Creative',
      'Creatives',
      'Extension',
      'Icon',
      'x',
    );
    const attribute = fc.constantFrom(
      '',
      ' sequence="-1"',
      ' type="AdVerifications"',
      ' event="progress"',
      ' offset="x"',
      ' vendor="moat"',
      ' width="a"',
    );
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.constant('text'),
        fc
          .tuple(names, attribute, fc.array(tie('node'), { maxLength: 4 }))
          .map(([name, with_, inner]) => `<${name}${with_}>${inner.join('')}</${name}>`),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...VAST_VERSIONS), tree.node, (version, inner) => {
        for (const { rule } of lintVast(`<VAST version="${version}">${inner}</VAST>`))
          expect(LINT_RULES).toHaveProperty([rule]);
      }),
      { numRuns: 500 },
    );
  });
});
