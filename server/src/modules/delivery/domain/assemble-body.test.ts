import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot } from '../../../kernel/delivery-protocol.ts';
import { creative, emptySpend, lineItem, signingKey } from '../fixture.ts';
import { assembleBody, type SnapshotRows, spendStatement } from './assemble-body.ts';
import { campaignShareMicros, effectiveStatus } from './line-item-limits.ts';

const rows = (more: Partial<SnapshotRows> = {}): SnapshotRows => ({
  keys: [signingKey],
  publishers: [{ accountId: 'acc_one00000', publisherKey: 'pub-one' }],
  placements: [],
  lineItems: [lineItem()],
  creatives: [creative()],
  ...more,
});

const everyCreative = { creativeId: 'crv_one00000', weight: 1, sequence: 1, startAt: null, endAt: null };

describe('assembleBody', () => {
  it('gives a file that a node reads back', () => {
    const { body, problems } = assembleBody(rows());
    expect(problems).toEqual([]);
    const decoded = decodeSnapshot(
      encodeSnapshot(body, spendStatement(emptySpend), '2026-11-21T09:00:00.000Z').text,
    );
    expect(decoded).toMatchObject({ ok: true });
    expect(body.lineItems[0]).toMatchObject({
      status: 'active',
      creatives: [everyCreative],
      targeting: lineItem().targeting,
    });
  });

  it('offers nothing unapproved, and keeps it for its clicks', () => {
    const { body } = assembleBody(rows({ creatives: [creative({ isServable: false })] }));
    expect(body.lineItems[0]!.creatives).toEqual([]);
    expect(body.creatives).toMatchObject([{ id: 'crv_one00000', status: 'unapproved' }]);
  });

  it.each([
    ['another account', { accountId: 'acc_two00000' }],
    ['another campaign', { campaignId: 'cmp_two00000' }],
    ['another line item', { lineItemId: 'li_two000000' }],
  ])('never offers the creative of %s', (_name, more) => {
    expect(assembleBody(rows({ creatives: [creative(more)] })).body.lineItems[0]!.creatives).toEqual([]);
  });

  it('leaves out a row that breaks the protocol, names it, and keeps the others', () => {
    const broken = creative({ id: 'crv_two00000', clickThroughUrl: 'javascript:alert(1)' });
    const badPrice = lineItem({ id: 'li_two000000', cpmMicros: 1 });
    const { body, problems } = assembleBody(
      rows({ creatives: [broken, creative()], lineItems: [badPrice, lineItem()] }),
    );
    expect(body.creatives.map((row) => row.id)).toEqual(['crv_one00000']);
    expect(body.lineItems.map((row) => row.id)).toEqual(['li_one000000']);
    expect(body.lineItems[0]!.creatives).toEqual([everyCreative]);
    expect(problems.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual([
      'creative crv_two00000',
      'line_item li_two000000',
    ]);
    expect(problems.find((problem) => problem.kind === 'line_item')!.detail).toContain('cpmMicros');
  });

  it('gives the same hash whatever order the rows come in', () => {
    const items = ['li_a0000000', 'li_b0000000', 'li_c0000000'].map((id) => lineItem({ id }));
    const creatives = ['crv_a000000', 'crv_b000000'].map((id) => creative({ id }));
    const hash = (more: Partial<SnapshotRows>) =>
      encodeSnapshot(assembleBody(rows(more)).body, spendStatement(emptySpend), 'x').header.hash;
    expect(hash({ lineItems: items.toReversed(), creatives: creatives.toReversed() })).toBe(
      hash({ lineItems: items, creatives }),
    );
  });

  it('serves what is assigned when anything is, and lists it with its approval', () => {
    const [first, second] = [creative(), creative({ id: 'crv_two00000', isServable: false })];
    const assignment = (creativeId: string, more: object = {}) => ({
      accountId: 'acc_one00000',
      lineItemId: 'li_one000000',
      creativeId,
      weight: 3,
      sequence: 2,
      startAt: null,
      endAt: new Date('2026-11-30T00:00:00.000Z'),
      ...more,
    });
    const assigned = (...assignments: Array<ReturnType<typeof assignment>>) =>
      assembleBody(rows({ creatives: [first, second], lineItems: [lineItem({ assignments })] })).body;
    expect(assigned(assignment('crv_one00000')).lineItems[0]!.creatives).toEqual([
      {
        creativeId: 'crv_one00000',
        weight: 3,
        sequence: 2,
        startAt: null,
        endAt: '2026-11-30T00:00:00.000Z',
      },
    ]);
    const body = assigned(assignment('crv_two00000'));
    expect(body.lineItems[0]!.creatives.map(({ creativeId }) => creativeId)).toEqual(['crv_two00000']);
    expect(body.creatives.find(({ id }) => id === 'crv_two00000')!.status).toBe('unapproved');
    expect(assigned(assignment('crv_six00000')).lineItems[0]!.creatives).toEqual([]);
  });

  it('states spend in an order that depends on ids alone', () => {
    const spend = (reversed: boolean) => {
      const ids = ['li_one000000', 'li_two000000'];
      if (reversed) ids.reverse();
      return spendStatement({
        byLineItem: new Map(ids.map((id) => [id, 30])),
        byFlight: new Map([['flt_one00000', { micros: 20, impressions: 1 }]]),
        ingestedThrough: { 'node-1': { segment: 2, offset: 77 } },
      });
    };
    expect(JSON.stringify(spend(false))).toBe(JSON.stringify(spend(true)));
    expect(spend(false)).toEqual({
      lineItems: { li_one000000: 30, li_two000000: 30 },
      flights: { flt_one00000: [20, 1] },
      ingestedThrough: { 'node-1': { segment: 2, offset: 77 } },
    });
  });
});

describe('limits of a line item', () => {
  it.each([
    ['active', 'active', 'active'],
    ['active', 'paused', 'paused'],
    ['paused', 'active', 'paused'],
    ['active', 'draft', 'draft'],
    ['active', 'archived', 'completed'],
    ['completed', 'active', 'completed'],
  ] as const)('line item %s in a campaign %s is %s', (status, campaignStatus, expected) => {
    expect(effectiveStatus({ status, campaignStatus })).toBe(expected);
  });

  it('never lets the line items of a campaign spend more than its budget, open ones included', () => {
    const money = fc.integer({ min: 1, max: 9_000_000_000_000_000 });
    const planned = fc.option(money, { nil: null });
    fc.assert(
      fc.property(money, fc.array(planned, { minLength: 1, maxLength: 5 }), (budget, plans) => {
        const scaled = plans.map((micros) =>
          micros === null ? null : Math.max(1, Math.floor(micros / plans.length)),
        );
        const booked = scaled.reduce<number>((sum, micros) => sum + (micros ?? 0), 0);
        const limits = scaled.map((own) => {
          const share = campaignShareMicros({
            priceModel: 'cpm',
            campaignBudgetMicros: budget,
            campaignPlannedMicros: booked,
            campaignOpenLineItems: scaled.filter((micros) => micros === null).length,
            plannedMicros: own ?? 0,
            isOpen: own === null,
          });
          return Math.min(own ?? Number.POSITIVE_INFINITY, share ?? Number.POSITIVE_INFINITY);
        });
        expect(limits.reduce((sum, micros) => sum + micros, 0)).toBeLessThanOrEqual(budget);
        expect(limits.every((limit) => Number.isSafeInteger(limit) && limit >= 0)).toBe(true);
      }),
    );
  });

  it('leaves a flat price alone: its impressions spend nothing', () => {
    expect(
      campaignShareMicros(
        lineItem({ priceModel: 'flat', plannedMicros: 0, campaignPlannedMicros: 200_000_000 }),
      ),
    ).toBe(null);
  });
});
