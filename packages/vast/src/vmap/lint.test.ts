import { describe, expect, it } from 'vitest';
import { inline, vast } from '../../fixtures/broken.ts';
import { live, show, VMAPS } from '../../fixtures/vmaps.ts';
import { lintVmap } from './lint.ts';
import { VMAP_NAMESPACE } from './model.ts';
import { VMAP_LINT_RULES, type VmapLintRuleId } from './rules.ts';
import { serializeVmap } from './serialize.ts';

const URL = 'https://t.example.com/x';
const SOURCE = `<vmap:AdSource><vmap:AdTagURI templateType="vast3">${URL}</vmap:AdTagURI></vmap:AdSource>`;
const AT = 'timeOffset="start" breakType="linear"';
const vmap = (content: string, root = `xmlns:vmap="${VMAP_NAMESPACE}" version="1.0"`): string =>
  `<vmap:VMAP ${root}>${content}</vmap:VMAP>`;
const one = (attributes = AT, content = SOURCE): string =>
  `<vmap:AdBreak ${attributes}>${content}</vmap:AdBreak>`;
const source = (content: string, attributes = ''): string =>
  vmap(one(AT, `<vmap:AdSource ${attributes}>${content}</vmap:AdSource>`));
const data = (content: string, attributes = ''): string =>
  source(`<vmap:VASTAdData>${content}</vmap:VASTAdData>`, attributes);
const tracking = (content: string): string =>
  vmap(one(AT, `${SOURCE}<vmap:TrackingEvents>${content}</vmap:TrackingEvents>`));
const extensions = '<vmap:Extensions><vmap:Extension type="t"/></vmap:Extensions>';
const at = (timeOffset: string, more = ''): string =>
  one(`timeOffset="${timeOffset}" breakType="linear" ${more}`);
const second = inline({ serving: '<AdServingId>s-2</AdServingId>' });

/** One document per rule that breaks it and nothing else. */
const BROKEN: Readonly<Record<Exclude<VmapLintRuleId, 'vmap.time-offset-beyond-content'>, string>> = {
  VMAP_PARSE_FAILED: '<vmap:VMAP version="1.0">',
  VMAP_VERSION_MISMATCH: vmap('', 'version="3.0"'),
  'vmap.namespace': vmap(one(), 'xmlns:vmap="http://www.iab.net/vmap-1.0" version="1.0"'),
  'vmap.no-break': vmap(''),
  'vmap.element-unexpected': vmap(`${one()}<vmap:Colour/>`),
  'vmap.element-repeated': vmap(one(AT, SOURCE + SOURCE)),
  'vmap.element-order': vmap(one(AT, extensions + SOURCE)),
  'vmap.attribute-unexpected': vmap(one(`${AT} colour="red"`)),
  'vmap.value-invalid': source(
    `<vmap:AdTagURI templateType="vast3">${URL}</vmap:AdTagURI>`,
    'followRedirects="yes"',
  ),
  'vmap.time-offset-missing': vmap(one('breakType="linear"')),
  'vmap.time-offset-invalid': vmap(at('bogus')),
  'vmap.time-offset-order': vmap(at('00:10:00') + at('00:05:00')),
  'vmap.time-offset-duplicate': vmap(at('00:10:00') + at('00:10:00.000')),
  'vmap.position-ignored': vmap(at('start') + at('#1')),
  'vmap.break-type-missing': vmap(one('timeOffset="start"')),
  'vmap.break-type-invalid': vmap(one('timeOffset="start" breakType="linear, nonlinear"')),
  'vmap.break-type-mismatch': vmap(
    one(
      'timeOffset="start" breakType="nonlinear"',
      `<vmap:AdSource><vmap:VASTAdData>${vast(inline())}</vmap:VASTAdData></vmap:AdSource>`,
    ),
  ),
  'vmap.break-id-duplicate': vmap(at('start', 'breakId="b"') + at('end', 'breakId="b"')),
  'vmap.repeat-after-invalid': vmap(at('start', 'repeatAfter="00:00:00"')),
  'vmap.repeat-after-pointless': vmap(at('end', 'repeatAfter="00:10:00"')),
  'vmap.ad-source-missing': vmap(one(AT, '')),
  'vmap.ad-source-empty': source(''),
  'vmap.ad-source-several': source(
    `<vmap:AdTagURI templateType="vast3">${URL}</vmap:AdTagURI><vmap:CustomAdData templateType="proprietary">x</vmap:CustomAdData>`,
  ),
  'vmap.ad-source-id': source(`<vmap:AdTagURI templateType="vast3">${URL}</vmap:AdTagURI>`, 'id="a"'),
  'vmap.template-type-missing': source(`<vmap:AdTagURI>${URL}</vmap:AdTagURI>`),
  'vmap.template-type-unlisted': source(`<vmap:AdTagURI templateType="vast4">${URL}</vmap:AdTagURI>`),
  'vmap.vast-missing': data(''),
  'vmap.vast-as-text': data(`<![CDATA[${vast(inline())}]]>`),
  'vmap.several-not-allowed': data(vast(inline() + second), 'allowMultipleAds="false"'),
  'vmap.wrapper-not-followed': data(
    vast(
      `<Ad><Wrapper><AdSystem>S</AdSystem><Error>${URL}?[ERRORCODE]</Error><Impression>${URL}</Impression><VASTAdTagURI>${URL}</VASTAdTagURI></Wrapper></Ad>`,
    ),
    'followRedirects="false"',
  ),
  'vmap.event-missing': tracking(`<vmap:Tracking>${URL}</vmap:Tracking>`),
  'vmap.event-invalid': tracking(`<vmap:Tracking event="start">${URL}</vmap:Tracking>`),
  'vmap.tracking-duplicate': tracking(`<vmap:Tracking event="breakStart">${URL}</vmap:Tracking>`.repeat(2)),
  'vmap.url-missing': tracking('<vmap:Tracking event="breakStart"/>'),
  'vmap.error-no-macro': tracking(`<vmap:Tracking event="error">${URL}?c=[ERRORCODE]</vmap:Tracking>`),
  'vmap.extension-type-missing': vmap(one(AT, SOURCE + extensions.replace(' type="t"', ''))),
  'vmap.root-extensions': vmap(one() + extensions),
};

describe('lintVmap', () => {
  it.each(Object.entries(BROKEN))('finds %s where it is broken, and nothing else', (rule, xml) => {
    expect([...new Set(lintVmap(xml).map((finding) => finding.rule))]).toEqual([rule]);
  });

  it('finds nothing in good documents, as text and as documents', () => {
    expect(lintVmap(vmap(one()))).toEqual([]);
    for (const document of Object.values(VMAPS)) {
      const severe = [...lintVmap(document), ...lintVmap(serializeVmap(document).xml)].filter(
        ({ rule, severity }) => severity === 'block' || (severity === 'warn' && rule.startsWith('vmap.')),
      );
      expect(severe.map(({ rule }) => rule)).toEqual(
        document === live ? ['vmap.ad-source-missing', 'vmap.ad-source-missing'] : [],
      );
    }
  });

  it('judges the VAST inside by its own rules, below the break', () => {
    const xml = vmap(
      one() +
        at('end').replace(
          SOURCE,
          `<vmap:AdSource><vmap:VASTAdData>${vast('<Ad/>')}</vmap:VASTAdData></vmap:AdSource>`,
        ),
    );
    expect(lintVmap(xml).map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'ad.empty vmap:VMAP/vmap:AdBreak[2]/vmap:AdSource/vmap:VASTAdData/VAST/Ad',
    ]);
    expect(lintVmap(data('<VAST version="9"/>'))).toMatchObject([
      { rule: 'VAST_VERSION_MISMATCH', path: 'vmap:VMAP/vmap:AdBreak/vmap:AdSource/vmap:VASTAdData/VAST' },
    ]);
  });

  it('says what the version of the VAST inside could not carry', () => {
    expect(lintVmap(show).map(({ rule }) => rule)).toContain('version.not-carried');
  });

  it('holds breaks against the length of the content', () => {
    const xml = vmap(at('00:10:00'));
    expect(lintVmap(xml, { contentDurationMs: 600_000 })).toEqual([]);
    expect(lintVmap(xml, { contentDurationMs: 599_999 }).map(({ rule }) => rule)).toEqual([
      'vmap.time-offset-beyond-content',
    ]);
  });

  it('lets a linear and an overlay share a place, and times of different kinds stand in any order', () => {
    const overlay = one('timeOffset="50%" breakType="nonlinear"');
    expect(lintVmap(vmap(at('start') + at('50%') + overlay + at('00:00:10') + at('end')))).toEqual([]);
    const wrong = lintVmap(vmap(at('end') + at('start')));
    expect(wrong.map(({ rule }) => rule)).toEqual(['vmap.time-offset-order']);
  });

  it('stops at a bound in a hostile document', () => {
    const xml = vmap('<vmap:AdBreak x="1"/>'.repeat(20_000));
    expect(lintVmap(xml, { maxFindings: 20 })).toHaveLength(20);
  });

  it('names a section and a remedy', () => {
    for (const { spec, remedy } of Object.values(VMAP_LINT_RULES)) {
      expect(spec).toMatch(/^VMAP 1\.0\.1, \d(\.\d+)* \(.+\)$|^the XML schema of VMAP/);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
    }
  });
});
