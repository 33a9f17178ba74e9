import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBrief } from './brief.ts';
import { microsOf } from './decimal.ts';
import { dateIn, resolveDate } from './flight-dates.ts';

const root = new URL('../../../../../', import.meta.url);
const now = new Date('2026-11-21T03:00:00Z');
const sample = (name: string) => readFileSync(new URL(`briefs/${name}`, root), 'utf8');

function base(): Record<string, unknown> & {
  brand: Record<string, unknown>;
  flight: Record<string, unknown>;
  campaign: Record<string, unknown>;
} {
  return {
    brand: { name: 'Fernwhistle', code: 'FRN', domain: 'fernwhistle.example', colors: ['#1e4d63'] },
    market: 'US',
    channel: 'CTV',
    campaign: { name: 'Ridge Season' },
    flight: { start: '2026-11-23', end: '2026-12-20', timeZone: 'America/New_York' },
    budget: 24_000,
    cpm: 24.1,
    currency: 'USD',
    message: 'Autumn opens the high trails.',
    callToAction: 'Find your trail',
    landingUrl: 'https://fernwhistle.example/ridge',
  };
}
const problemsOf = (input: unknown) => {
  const result = parseBrief(input, now);
  return result.ok ? [] : result.problems;
};

describe('the shipped samples', () => {
  it.each(readdirSync(new URL('briefs/', root)))('%s is valid', (name) => {
    expect(parseBrief(sample(name), now)).toMatchObject({ ok: true });
  });

  it('become checked briefs: micros, dates in their zone', () => {
    const result = parseBrief(sample('fernwhistle-us.yaml'), now);
    expect(result).toMatchObject({
      ok: true,
      brief: {
        brand: { code: 'FRN', familyFriendly: false },
        flight: { startOn: '2026-11-20', endOn: '2026-12-17', timeZone: 'America/New_York' },
        budgetMicros: 24_000_000_000,
        cpmMicros: 24_100_000,
        durationSeconds: 15,
        placement: 'streaming_tv',
      },
    });
  });
});

describe('a correct brief', () => {
  it('has its defaults filled in', () => {
    expect(parseBrief(base(), now)).toMatchObject({
      ok: true,
      brief: {
        title: 'Ridge Season',
        tone: 'warm',
        durationSeconds: 15,
        placement: 'streaming_tv',
        campaign: { objective: 'awareness' },
      },
    });
  });

  it('is the same as YAML, JSON or object', () => {
    const fromObject = parseBrief(base(), now);
    expect(parseBrief(JSON.stringify(base()), now)).toEqual(fromObject);
  });

  it('takes amounts as text, exactly', () => {
    expect(parseBrief({ ...base(), budget: '24000.000001', cpm: '0.001' }, now)).toMatchObject({
      ok: true,
      brief: { budgetMicros: 24_000_000_001, cpmMicros: 1_000 },
    });
  });
});

describe('a wrong brief', () => {
  it.each([
    [{ budget: 0 }, 'budget', 0, /above 0/],
    [{ budget: -5 }, 'budget', -5, /above 0/],
    [{ budget: '1e9' }, 'budget', '1e9', /above 0/],
    [{ budget: '1.0000001' }, 'budget', '1.0000001', /at most 6 decimals/],
    [{ budget: null }, 'budget', null, /above 0/],
    [{ budget: 0.01 }, 'budget', undefined, /does not pay for one impression/],
    [{ cpm: 0 }, 'cpm', 0, /from 0\.001/],
    [{ cpm: 24.1005 }, 'cpm', 24.1005, /steps of 0\.001/],
    [{ currency: 'usd' }, 'currency', 'usd', /ISO 4217/],
    [{ market: 'United States' }, 'market', 'United States', /2 to 12 capital letters/],
    [{ landingUrl: 'fernwhistle' }, 'landingUrl', 'fernwhistle', /http\(s\) address/],
    [{ landingUrl: 'javascript:alert(1)' }, 'landingUrl', 'javascript:alert(1)', /http\(s\) address/],
    [{ durationSeconds: 20 }, 'durationSeconds', 20, /15 or 30/],
    [{ tone: 'loud' }, 'tone', 'loud', /./],
    [{ placement: 'billboard' }, 'placement', 'billboard', /./],
    [{ message: 'ab' }, 'message', 'ab', /at least 3/],
    [{ brand: { ...base().brand, colors: [] } }, 'brand.colors', '(a list)', /at least one colour/],
    [{ brand: { ...base().brand, colors: ['#1e4d63', 'blue'] } }, 'brand.colors.1', 'blue', /#1e4d63/],
    [{ brand: { ...base().brand, colour: 'x' } }, 'brand.colour', undefined, /unknown field/],
    [{ flight: { ...base().flight, start: '2026-02-30' } }, 'flight.start', '2026-02-30', /a date such as/],
    [{ flight: { ...base().flight, start: 'tomorrow' } }, 'flight.start', 'tomorrow', /today/],
    [
      { flight: { ...base().flight, end: '2026-11-22' } },
      'flight.end',
      '2026-11-22',
      /before the start 2026-11-23/,
    ],
    [
      { flight: { start: '2026-01-01', end: '2026-02-01', timeZone: 'Europe/Berlin' } },
      'flight.end',
      '2026-02-01',
      /ended on 2026-02-01/,
    ],
    [{ flight: { ...base().flight, timeZone: 'Mars/Olympus' } }, 'flight.timeZone', 'Mars/Olympus', /IANA/],
  ])('%j -> %s', (over, field, value, message) => {
    const problems = problemsOf({ ...base(), ...over });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field, message: expect.stringMatching(message) });
    expect(problems[0]!.value).toEqual(value);
  });

  it('is named in every field at once, missing ones too', () => {
    const problems = problemsOf({ ...base(), market: undefined, budget: 0, surprise: 1 });
    expect(problems.map(({ field }) => field).sort()).toEqual(['budget', 'market', 'surprise']);
    expect(problems.find(({ field }) => field === 'market')!.message).toBe('missing');
    expect(problems.find(({ field }) => field === 'tone')).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    ['brand: [unclosed', /not readable.*line 1/],
    ['brand: a\nbrand: b', /not readable.*unique/i],
    ['just words', /expected fields/],
    ['[1, 2]', /expected fields/],
    ['x'.repeat(50_001), /longer than 50000/],
    ['a: &a [x]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]', /not readable/],
  ])('text %j', (text, message) => {
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ field: '(brief)', message: expect.stringMatching(message) }),
    ]);
  });

  it.each([null, 5, true, undefined])('%s is no brief', (input) => {
    expect(problemsOf(input)[0]).toMatchObject({ field: '(brief)' });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.jsonValue()),
        (input) => typeof parseBrief(input, now).ok === 'boolean',
      ),
    );
  });
});

describe('amounts and dates', () => {
  it('reads decimals exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000_000 }), (micros) => {
        const text = `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
        return microsOf(text) === micros;
      }),
    );
    expect([microsOf('1,000'), microsOf('1.'), microsOf(Number.NaN), microsOf('9999999999')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('knows today by zone, and counts days across a change of clocks', () => {
    expect(dateIn('Asia/Tokyo', new Date('2026-11-20T20:00:00Z'))).toBe('2026-11-21');
    expect(resolveDate('today', '2026-10-24')).toBe('2026-10-24');
    expect(resolveDate('today +2', '2026-10-24')).toBe('2026-10-26');
    expect(resolveDate('2026-12-01', '2026-10-24')).toBe('2026-12-01');
  });
});
