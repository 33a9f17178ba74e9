import { describe, expect, it } from 'vitest';
import { BROKEN, inline, LEAD, TAG, TRACKERS, URL, vast, wrapper } from '../../fixtures/broken.ts';
import { lintVast } from './lint.ts';
import { LINT_RULES, type LintRuleId } from './rules.ts';

/** What a broken document breaks besides, because it cannot do otherwise. */
const ALSO: Partial<Record<LintRuleId, readonly LintRuleId[]>> = {
  'creative.universal-ad-id-mismatch': ['attribute.unexpected'],
  'creative.empty': ['tracking.quartiles-missing', 'linear.no-click-through'],
  'media.retired-type': ['media.ladder'],
};

describe('every rule', () => {
  it('has a good document to start from', () => {
    expect(lintVast(vast(inline()))).toEqual([]);
    expect(lintVast(vast(wrapper(LEAD + TAG)))).toEqual([]);
  });

  it.each(Object.entries(BROKEN))('%s is found where it is broken, and nothing else', (rule, xml) => {
    const found = new Set(lintVast(xml).map((finding) => finding.rule));
    expect([...found].sort()).toEqual([rule, ...(ALSO[rule as LintRuleId] ?? [])].sort());
  });

  it('names a section and a remedy', () => {
    for (const { spec, remedy } of Object.values(LINT_RULES)) {
      expect(spec).toMatch(/^VAST 4\.2, \d(\.\d+)* \(.+\)$|^the XML schema of /);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('lets pass what later versions allow', () => {
    const data = `<InteractiveCreativeFile type="text/html" apiFramework="SIMID">data:text/html;base64,PGI+</InteractiveCreativeFile>`;
    const found = (version: string): string[] =>
      lintVast(vast(inline({ more: data }), `version="${version}"`)).map(({ rule }) => rule);
    expect(found('4.3')).toEqual([]);
    expect(found('4.2')).toEqual(['url.scheme']);
    const unused = (version: string): string[] =>
      lintVast(
        vast(
          inline({ trackers: `${TRACKERS}<Tracking event="notUsed">${URL}?n</Tracking>` }),
          `version="${version}"`,
        ),
      ).map(({ rule }) => rule);
    expect(unused('4.3')).toEqual([]);
  });
});
