import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot, encodeSnapshot } from '../../../kernel/delivery-protocol.ts';
import { creative, emptySpend, lineItem, signingKey } from '../fixture.ts';
import { assembleBody, type SnapshotRows } from './assemble-body.ts';
import { campaignShareMicros, effectiveStatus } from './line-item-limits.ts';

const rows = (more: Partial<SnapshotRows> = {}): SnapshotRows => ({
  keys: [signingKey],
  publishers: [{ accountId: 'acc_one00000', publisherKey: 'pub-one' }],
  placements: [],
  lineItems: [lineItem()],
  creatives: [creative()],
  spend: emptySpend,
  ...more,
});

describe('assembleBody', () => {
  it('gives a file that a node reads back', () => {
    const { body, problems } = assembleBody(rows());
    expect(problems).toEqual([]);
    const decoded = decodeSnapshot(encodeSnapshot(body, '2026-11-21T09:00:00.000Z').text);
    expect(decoded).toMatchObject({ ok: true });
    expect(body.lineItems[0]).toMatchObject({
      status: 'active',
      creatives: [{ creativeId: 'crv_one00000', weight: 1 }],
      targeting: [
        { dimension: 'country', operator: 'any_of', values: ['US'] },
        { dimension: 'device', operator: 'any_of', values: ['console', 'ctv', 'phone'] },
      ],
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
    expect(body.lineItems[0]!.creatives).toEqual([{ creativeId: 'crv_one00000', weight: 1 }]);
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
      encodeSnapshot(assembleBody(rows(more)).body, 'x').header.hash;
    expect(hash({ lineItems: items.toReversed(), creatives: creatives.toReversed() })).toBe(
      hash({ lineItems: items, creatives }),
    );
  });

  it('puts spend beside the budget it belongs to', () => {
    const spend = {
      byLineItem: new Map([['li_one000000', 30]]),
      byFlight: new Map([['flt_one00000', 20]]),
      ingestedThrough: { 'node-1': { segment: 2, offset: 77 } },
    };
    const { body } = assembleBody(rows({ spend }));
    expect(body.lineItems[0]).toMatchObject({ spentMicros: 30, flights: [{ spentMicros: 20 }] });
    expect(body.ingestedThrough).toEqual({ 'node-1': { segment: 2, offset: 77 } });
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

  it('never lets the line items of a campaign spend more than its budget', () => {
    const money = fc.integer({ min: 1, max: 9_000_000_000_000_000 });
    fc.assert(
      fc.property(money, fc.array(money, { minLength: 1, maxLength: 5 }), (budget, flights) => {
        const scaled = flights.map((micros) => Math.max(1, Math.floor(micros / flights.length)));
        const booked = scaled.reduce((sum, micros) => sum + micros, 0);
        const limits = scaled.map((budgetMicros) => {
          const share = campaignShareMicros({
            campaignBudgetMicros: budget,
            campaignFlightBudgetMicros: booked,
            flights: [{ id: 'f', startAt: new Date(0), endAt: new Date(1), budgetMicros }],
          });
          return Math.min(budgetMicros, share ?? budgetMicros);
        });
        expect(limits.reduce((sum, micros) => sum + micros, 0)).toBeLessThanOrEqual(budget);
        expect(limits.every((limit) => Number.isSafeInteger(limit) && limit >= 0)).toBe(true);
      }),
    );
  });
});
