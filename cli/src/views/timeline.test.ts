import type { DecisionTimeline } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { timelineView } from './timeline.ts';

const event: DecisionTimeline['events'][number] = {
  event: 'impression',
  at: '2026-11-21T09:10:01.000Z',
  decisionId: 'dec_1',
  position: 1,
  campaignId: 'cmp_1',
  lineItemId: 'li_1',
  creativeId: 'crv_1',
  placementId: 'plc_1',
  spendMicros: 20_000,
  currency: 'USD',
  source: 'pixel',
  duplicate: false,
  late: false,
  unbilled: null,
  errorCode: null,
  invalid: null,
  node: 'node-1',
  segment: 1,
  offset: 50,
  counted: 'yes',
};

it('shows every event with whether it is counted, and the rest of the session', () => {
  const decision: NonNullable<DecisionTimeline['decision']> = {
    decisionId: 'dec_1',
    requestId: 'r-1',
    at: '2026-11-21T09:10:00.000Z',
    placementId: 'plc_1',
    isPod: false,
    maxDurationMs: 30_000,
    ads: [
      {
        position: 1,
        campaignId: 'cmp_1',
        lineItemId: 'li_1',
        creativeId: 'crv_1',
        priceMicros: 20_000,
        currency: 'USD',
      },
    ],
    backups: 0,
    reason: null,
    session: 'ab'.repeat(8),
    snapshotHash: 'a'.repeat(64),
  };
  const other = { ...decision, decisionId: 'dec_2', ads: [], reason: 'no_budget' };
  const text = timelineView({
    decisionId: 'dec_1',
    decision,
    events: [event, { ...event, duplicate: true, spendMicros: 0, counted: 'no' }],
    session: { id: 'ab'.repeat(8), decisions: [decision, other], events: [event] },
    isWhole: true,
    detail: 'Read from the log of node-1 and from what was counted.',
  });
  expect(text).toContain('1: li_1 crv_1 USD 0.020000');
  expect(text).toMatch(/impression +1 +yes +USD 0\.020000 +-/);
  expect(text).toMatch(/impression +1 +no +- +duplicate/);
  expect(text).toContain('no ad: no_budget');
  expect(text).toContain('no event');
});
