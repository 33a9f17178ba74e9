import { CapScope, CapUnit, LineItemType, Pacing, Rotation, type TargetingNode } from '@cuepoint/contract';
import {
  CAP_SCOPES,
  CAP_UNITS,
  conjunctionsOf,
  LINE_ITEM_TYPES,
  PACING_MODES,
  ROTATIONS,
} from '@cuepoint/decisioning';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetRefusal, flightRefusal } from './flight-rules.ts';
import { type LineItemSettings, priorityOf, settingsProblems, treeProblems } from './line-item-rules.ts';
import { canMoveLineItem } from './line-item-status.ts';
import { plannedMicros } from './planned-money.ts';
import { shorthandsOf, withShorthands } from './targeting-shorthands.ts';

const fitting: LineItemSettings = {
  type: 'standard',
  priceModel: 'cpm',
  flatMicros: null,
  sharePercent: null,
  dayparts: [],
  frequencyCaps: [],
  separation: { scope: 'pod', labels: [] },
};
const fieldsOf = (over: Partial<LineItemSettings>) =>
  settingsProblems({ ...fitting, ...over }).map(({ field }) => field);

it('speaks the words of the decision engine', () => {
  expect(LineItemType.options).toEqual(LINE_ITEM_TYPES);
  expect(Pacing.options).toEqual(PACING_MODES);
  expect(Rotation.options).toEqual(ROTATIONS);
  expect(CapScope.options).toEqual(CAP_SCOPES);
  expect(CapUnit.options).toEqual(CAP_UNITS);
});

describe('settings of a line item', () => {
  it('takes its place from its type unless somebody says otherwise', () => {
    expect(LineItemType.options.map((type) => priorityOf(type, undefined))).toEqual([2, 4, 8, 10, 12, 16]);
    expect(priorityOf('house', 1)).toBe(1);
  });

  it('fit together, or are named', () => {
    expect(fieldsOf({})).toEqual([]);
    expect(fieldsOf({ priceModel: 'flat' })).toEqual(['flatMicros']);
    expect(fieldsOf({ priceModel: 'flat', type: 'house' })).toEqual([]);
    expect(fieldsOf({ flatMicros: 5 })).toEqual(['flatMicros']);
    expect(fieldsOf({ sharePercent: 50 })).toEqual(['sharePercent']);
    expect(fieldsOf({ sharePercent: 50, type: 'sponsorship' })).toEqual([]);
    expect(fieldsOf({ separation: { scope: 'pod', labels: ['cars', 'beer', 'cars'] } })).toEqual([
      'separation.labels[2]',
    ]);
    expect(
      fieldsOf({
        dayparts: [
          { days: [1], fromMinute: 1320, toMinute: 120 },
          { days: [1, 1], fromMinute: 60, toMinute: 60 },
        ],
      }),
    ).toEqual(['dayparts[1].days[1]', 'dayparts[1].toMinute']);
  });

  it('cap each scope and time once, and a lifetime is one', () => {
    const day = { scope: 'line_item', limit: 2, unit: 'day', count: 1 } as const;
    expect(fieldsOf({ frequencyCaps: [day, { ...day, count: 7 }, { ...day, scope: 'brand' }] })).toEqual([]);
    expect(fieldsOf({ frequencyCaps: [day, { ...day, limit: 5 }] })).toEqual(['frequencyCaps[1]']);
    expect(fieldsOf({ frequencyCaps: [{ ...day, unit: 'lifetime', count: 2 }] })).toEqual([
      'frequencyCaps[0].count',
    ]);
  });

  it('moves forward only once it is completed', () => {
    expect(canMoveLineItem('draft', 'active')).toEqual({ ok: true });
    expect(canMoveLineItem('paused', 'paused')).toEqual({ ok: true });
    expect(canMoveLineItem('draft', 'paused')).toEqual({
      ok: false,
      why: 'A line item that is draft cannot become paused; it may become active.',
    });
    expect(canMoveLineItem('completed', 'active')).toMatchObject({ ok: false });
  });
});

describe('shorthands of targeting', () => {
  const genre: TargetingNode = { dimension: 'genre', operator: 'none_of', values: ['news'] };
  const country = (...values: string[]): TargetingNode => ({
    dimension: 'country',
    operator: 'any_of',
    values,
  });

  it('replace their own predicates and leave the rest of the tree', () => {
    const tree: TargetingNode = { all: [genre, country('DE'), { not: country('FR') }] };
    expect(withShorthands(tree, { countries: ['US', 'CA'] })).toEqual({
      all: [genre, { not: country('FR') }, country('US', 'CA')],
    });
    expect(withShorthands(tree, { countries: [] })).toEqual({ all: [genre, { not: country('FR') }] });
    expect(withShorthands({ any: [genre, country('DE')] }, { countries: ['US'] })).toEqual({
      all: [{ any: [genre, country('DE')] }, country('US')],
    });
    expect(withShorthands(country('DE'), { countries: ['US'] })).toEqual({ all: [country('US')] });
    expect(withShorthands(genre, { countries: [] })).toBe(genre);
  });

  it('read back what they set, with a console for every television', () => {
    const tree = withShorthands({ all: [] }, { countries: ['US'], deviceTypes: ['ctv', 'mobile'] });
    expect(shorthandsOf(tree)).toEqual({ countries: ['US'], deviceTypes: ['ctv', 'console', 'phone'] });
    const again = withShorthands(tree, shorthandsOf(tree));
    expect(again).toEqual(tree);
    expect(conjunctionsOf(tree)).toHaveLength(1);
  });

  it('name the path of what is wrong in a tree', () => {
    expect(treeProblems({ all: [genre, { not: { ...country('US'), operator: 'is' } }] })).toEqual([
      {
        field: 'targeting.all[1].not.operator',
        message: 'is "is"',
        accepted: 'any_of or none_of',
      },
    ]);
    expect(treeProblems({ all: [] })).toEqual([]);
    expect(treeProblems([]).map(({ field }) => field)).toEqual(['targeting']);
  });
});

describe('money that a flight plans', () => {
  it('is its budget, the price of its goal, or the smaller of both', () => {
    const price = { priceModel: 'cpm', cpmMicros: 20_000_000 };
    const planned = (budgetMicros: number | null, impressionGoal: number | null, over = {}) =>
      plannedMicros({ ...price, budgetMicros, impressionGoal, ...over });
    expect(planned(5_000_000, null)).toBe(5_000_000);
    expect(planned(null, 100)).toBe(2_000_000);
    expect(planned(5_000_000, 100)).toBe(2_000_000);
    expect(planned(1_000_000, 100)).toBe(1_000_000);
    expect(planned(null, null)).toBeNull();
    expect(planned(null, 100, { priceModel: 'flat' })).toBe(0);
  });

  it('is a safe whole number at every price and goal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 1, max: 100_000_000_000 }),
        (thousands, impressionGoal) => {
          const cpmMicros = thousands * 1000;
          const micros = plannedMicros({ priceModel: 'cpm', cpmMicros, budgetMicros: null, impressionGoal });
          expect(Number.isSafeInteger(micros)).toBe(true);
        },
      ),
    );
  });

  it('stays inside the campaign', () => {
    expect(budgetRefusal(10, 10, 'budgetMicros')).toBeNull();
    expect(budgetRefusal(11, 10, 'budgetMicros')!.detail).toContain('1 micros less');
  });
});

describe('a flight', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 10, n));
  const campaign = { startAt: day(1), endAt: day(30) };
  const flight = (from: number, to: number, over = {}) => ({
    startAt: day(from),
    endAt: day(to),
    budgetMicros: 1000 as number | null,
    impressionGoal: null as number | null,
    ...over,
  });
  const codeOf = (
    one: ReturnType<typeof flight>,
    others: Array<{ id: string; startAt: Date; endAt: Date }> = [],
    type: LineItemSettings['type'] = 'standard',
  ) => flightRefusal(one, { type, campaign, others }, 'flights[0].');

  it('lies inside its campaign, ends after it starts, and touches no other', () => {
    const other = { id: 'flt_a', startAt: day(10), endAt: day(12) };
    expect(codeOf(flight(1, 30))).toBeNull();
    expect(codeOf(flight(12, 15), [other])).toBeNull();
    expect(codeOf(flight(5, 10), [other])).toBeNull();
    expect(codeOf(flight(11, 15), [other])).toMatchObject({ code: 'flight.invalid' });
    expect(codeOf(flight(5, 5))).toMatchObject({ code: 'campaign.dates_invalid' });
    expect(codeOf(flight(0, 5))?.fields[0]).toMatchObject({ field: 'flights[0].startAt' });
    expect(codeOf(flight(5, 31))?.fields[0]).toMatchObject({ field: 'flights[0].endAt' });
  });

  it('says how much it wants, unless it takes a share or what is left', () => {
    const aimless = flight(1, 5, { budgetMicros: null });
    expect(codeOf(aimless)).toMatchObject({ code: 'flight.invalid' });
    expect(codeOf(aimless, [], 'guaranteed')).toMatchObject({ code: 'flight.invalid' });
    expect(codeOf(aimless, [], 'sponsorship')).toBeNull();
    expect(codeOf(aimless, [], 'house')).toBeNull();
    expect(codeOf({ ...aimless, impressionGoal: 5 })).toBeNull();
  });
});
