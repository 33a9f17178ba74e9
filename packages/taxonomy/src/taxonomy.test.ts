import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPattern, TaxonomyPatternError } from './compile.ts';
import { composeName } from './compose.ts';
import { defaultPattern } from './default-pattern.ts';
import { explainName, parseName } from './parse.ts';
import type { TaxonomyPattern } from './pattern.ts';

const pattern = defaultPattern({
  brands: [
    { code: 'DIS', label: 'Disney', aliases: ['WDW'] },
    { code: 'NOV', label: 'Novaroast', activeUntil: '2026-06-30' },
  ],
  markets: [
    { code: 'US', label: 'United States', aliases: ['USA'] },
    { code: 'GB', label: 'United Kingdom', aliases: ['UK'] },
    { code: 'DE', label: 'Germany', activeFrom: '2026-03-01' },
  ],
  channels: [
    { code: 'META', label: 'Meta' },
    { code: 'TIKTOK', label: 'TikTok' },
    { code: 'STV', label: 'Streaming TV' },
  ],
});
const moana = {
  BrandCode: 'DIS',
  MarketCode: 'US',
  Channel: 'META',
  Year: 2026,
  CampaignName: 'Moana Launch',
};
const compose = (change: Record<string, string | number | undefined>, p = pattern) =>
  composeName(p, { ...moana, ...change });
const problemsOf = (result: ReturnType<typeof composeName>) => (result.ok ? [] : result.problems);

describe('composeName', () => {
  it('writes DIS_US_META_2026_MoanaLaunch', () => {
    expect(compose({})).toEqual({
      ok: true,
      name: 'DIS_US_META_2026_MoanaLaunch',
      values: {
        BrandCode: 'DIS',
        MarketCode: 'US',
        Channel: 'META',
        Year: '2026',
        CampaignName: 'MoanaLaunch',
      },
    });
  });

  it('accepts aliases, labels and any case, and writes the code', () => {
    const result = compose({ BrandCode: 'wdw', MarketCode: 'united kingdom', Channel: ' TikTok ' });
    expect(result.ok && result.name).toBe('DIS_GB_TIKTOK_2026_MoanaLaunch');
  });

  it('reports every missing or wrong value at once, by dimension', () => {
    const problems = problemsOf(compose({ BrandCode: '', MarketCode: 'UX', Year: 26, CampaignName: '日本' }));
    expect(problems.map(({ dimension, code }) => [dimension, code])).toEqual([
      ['BrandCode', 'missing_value'],
      ['MarketCode', 'unknown_code'],
      ['Year', 'bad_year'],
      ['CampaignName', 'bad_characters'],
    ]);
    expect(problems[2]?.message).toBe('Year "26" is not accepted; accepted: a year from 2000 to 2100.');
  });

  it('suggests the code a misspelling stands for, and none when two are as near', () => {
    expect(problemsOf(compose({ Channel: 'MTEA' }))[0]?.suggestion).toBe('META');
    expect(problemsOf(compose({ Channel: 'TikTak' }))[0]?.message).toContain('Did you mean TIKTOK?');
    expect(problemsOf(compose({ MarketCode: 'XX' }))[0]?.suggestion).toBeNull();
  });

  it('names a dimension the pattern does not have', () => {
    expect(problemsOf(compose({ Markt: 'US' }))[0]).toMatchObject({
      code: 'unknown_dimension',
      dimension: 'Markt',
    });
    expect(problemsOf(compose({ MarketCod: 'US' }))[0]?.suggestion).toBe('MarketCode');
  });

  it('judges dates of use only on a day it is given', () => {
    const values = { ...moana, BrandCode: 'NOV', MarketCode: 'DE' };
    expect(composeName(pattern, values).ok).toBe(true);
    expect(composeName(pattern, values, { onDate: '2026-06-30' }).ok).toBe(true);
    const late = problemsOf(composeName(pattern, values, { onDate: '2026-07-01' }));
    expect(late.map(({ message }) => message)).toEqual([
      'Brand NOV (Novaroast) went out of use after 2026-06-30; asked for 2026-07-01.',
    ]);
    expect(problemsOf(composeName(pattern, values, { onDate: '2026-02-28' }))[0]?.message).toContain(
      'in use from 2026-03-01',
    );
  });

  it('refuses what is too long, for the channel or in all, instead of cutting it', () => {
    const limited: TaxonomyPattern = {
      ...pattern,
      maxLengthByChannel: { TIKTOK: 25 },
      dimensions: {
        ...pattern.dimensions,
        CampaignName: {
          kind: 'slug',
          label: 'Campaign name',
          charset: 'alnum',
          maxLength: 20,
          maxLengthByChannel: { STV: 5 },
        },
      },
    };
    expect(compose({}, limited).ok).toBe(true);
    expect(problemsOf(compose({ Channel: 'STV' }, limited))[0]?.message).toContain('at most 5 on STV');
    expect(problemsOf(compose({ Channel: 'TIKTOK' }, limited))[0]).toMatchObject({
      code: 'name_too_long',
      dimension: null,
    });
    expect(problemsOf(compose({ CampaignName: 'a'.repeat(21) }, limited))[0]?.message).toContain(
      'at most 20.',
    );
  });
});

describe('explainName', () => {
  const explain = (text: string) => explainName(pattern, text);
  const codes = (text: string) => explain(text).problems.map(({ code, dimension }) => [code, dimension]);

  it('finds nothing wrong with a right name', () => {
    expect(explain('DIS_US_META_2026_MoanaLaunch')).toMatchObject({
      valid: true,
      problems: [],
      suggestedName: null,
    });
  });

  it.each([
    ['dis_us_meta_2026_moana launch', 'DIS_US_META_2026_MoanaLaunch'],
    ['DIS-US-META-2026-MoanaLaunch', 'DIS_US_META_2026_MoanaLaunch'],
    [' DIS_US_META_2026_MoanaLaunch', 'DIS_US_META_2026_MoanaLaunch'],
    ['DIS_US_MTEA_2026_moanaLaunch', 'DIS_US_META_2026_MoanaLaunch'],
    ['DIS_UK_META_2026_Moana_Launch', 'DIS_GB_META_2026_MoanaLaunch'],
    ['DIS_US_META_2026__MoanaLaunch', 'DIS_US_META_2026_MoanaLaunch'],
  ])('%s was meant as %s', (text, meant) => {
    expect(explain(text).suggestedName).toBe(meant);
  });

  it.each<[string, [string, string | null][]]>([
    ['DIS_META_2026_MoanaLaunch', [['missing_part', 'MarketCode']]],
    ['US_META_2026_MoanaLaunch', [['missing_part', 'BrandCode']]],
    ['DIS_US_META_MoanaLaunch', [['missing_part', 'Year']]],
    ['DIS_US_META_2026', [['missing_part', 'CampaignName']]],
    ['DIS_US_META_26_MoanaLaunch', [['bad_year', 'Year']]],
    ['DIS_ZZ_META_2026_MoanaLaunch', [['unknown_code', 'MarketCode']]],
    ['DIS_US_Q3_META_2026_MoanaLaunch', [['extra_part', null]]],
    ['DIS-US-META-2026-MoanaLaunch', [['wrong_separator', null]]],
    ['DIS_US_META_2026_MoanaLaunch ', [['surrounding_space', null]]],
    ['DIS_US_META_2026_moanaLaunch', [['not_canonical', 'CampaignName']]],
  ])('%s', (text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('says what it expected where a part is missing, and suggests no name then', () => {
    const explanation = explain('DIS_META_2026_MoanaLaunch');
    expect(explanation.problems[0]?.message).toBe('Market is missing; accepted: US, GB, DE.');
    expect(explanation.suggestedName).toBeNull();
  });

  it('an empty text misses everything', () => {
    expect(codes('')).toHaveLength(5);
  });

  it('reads names with codes out of use, and says so on a day', () => {
    expect(parseName(pattern, 'NOV_US_META_2026_Summer').ok).toBe(true);
    expect(explainName(pattern, 'NOV_US_META_2026_Summer', { onDate: '2026-11-21' }).problems[0]?.code).toBe(
      'inactive_code',
    );
  });
});

describe('round trip', () => {
  const values = fc.record({
    BrandCode: fc.constantFrom('DIS', 'NOV', 'wdw', 'Disney'),
    MarketCode: fc.constantFrom('US', 'GB', 'DE', 'UK', 'usa', 'germany'),
    Channel: fc.constantFrom('META', 'TIKTOK', 'STV', 'streaming tv'),
    Year: fc.integer({ min: 2000, max: 2100 }),
    CampaignName: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc
        .array(fc.constantFrom('Moana', 'launch', 'été', 'Straße', '2026', '&', '_', ' - '))
        .map((words) => words.join(' ')),
    ),
  });

  it('what is composed parses back to the same values and the same name', () => {
    let composedCount = 0;
    fc.assert(
      fc.property(values, (input) => {
        const composed = composeName(pattern, input);
        if (!composed.ok) {
          expect(composed.problems.every(({ dimension }) => dimension === 'CampaignName')).toBe(true);
          return;
        }
        composedCount += 1;
        expect(parseName(pattern, composed.name)).toEqual({ ok: true, values: composed.values });
        expect(composeName(pattern, composed.values)).toEqual(composed);
      }),
      { numRuns: 300 },
    );
    expect(composedCount).toBeGreaterThan(100);
  });

  it('any text either parses or is explained, and a suggested name always parses', () => {
    const nearly = fc
      .tuple(
        fc.constantFrom('DIS', 'US', 'META', '2026', 'Moana', 'Launch', 'X', ''),
        fc.constantFrom('_', '-', ' ', '__'),
      )
      .map(([part, separator]) => part + separator);
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(nearly, { maxLength: 8 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseName(pattern, text);
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        if (parsed.suggestedName !== null) expect(parseName(pattern, parsed.suggestedName).ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('checkPattern', () => {
  it.each<[Partial<TaxonomyPattern>, string]>([
    [{ template: 'plain' }, 'names no dimension'],
    [{ template: '[BrandCode]_[Markt]' }, 'uses [Markt], which is not defined; defined: BrandCode'],
    [{ template: '[BrandCode][Year]' }, 'no separator between'],
    [{ template: '[BrandCode]X[Year]' }, '"X" after [BrandCode] could be part of its value'],
    [{ template: '[Channel]_[Year]_[Year]' }, 'uses [Year] twice'],
    [{ template: '[BrandCode]' }, 'channelDimension is "Channel"'],
    [{ maxLength: 0 }, 'maxLength is 0'],
    [
      {
        dimensions: {
          ...pattern.dimensions,
          Year: { kind: 'year', label: 'Year', charset: 'digits', maxLength: 4, min: 2030, max: 2020 },
        },
      },
      'Year accepts years 2030-2020',
    ],
    [
      {
        dimensions: {
          ...pattern.dimensions,
          BrandCode: {
            kind: 'code',
            label: 'Brand',
            charset: 'upper_alnum',
            maxLength: 3,
            values: [
              { code: 'ABCD', label: 'Long' },
              { code: 'AB', label: 'A', aliases: ['cd'] },
              { code: 'CD', label: 'B', activeFrom: '2026-02-01', activeUntil: '2026-01-01' },
            ],
          },
        },
      },
      '"cd" stands for both AB and CD',
    ],
  ])('%#: %s', (change, problem) => {
    const broken = { ...pattern, ...change };
    expect(checkPattern(broken).join('\n')).toContain(problem);
    expect(() => composeName(broken, moana)).toThrow(TaxonomyPatternError);
  });

  it('accepts other templates and separators', () => {
    const other: TaxonomyPattern = {
      ...pattern,
      template: 'q-[Year]|[BrandCode]-[MarketCode]:[Channel]/[CampaignName].v1',
    };
    expect(checkPattern(other)).toEqual([]);
    const composed = composeName(other, moana);
    expect(composed.ok && composed.name).toBe('q-2026|DIS-US:META/MoanaLaunch.v1');
    expect(parseName(other, 'q-2026|DIS-US:META/MoanaLaunch.v1').ok).toBe(true);
    expect(parseName(other, '2026|DIS-US:META/MoanaLaunch.v1').ok).toBe(false);
  });
});
