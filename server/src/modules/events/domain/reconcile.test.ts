import { describe, expect, it } from 'vitest';
import { decision, event } from '../testing/fake-log.ts';
import { type ReportedEvent, reconcile } from './reconcile.ts';

const campaignId = 'cmp_one00000';
const records = [
  decision({ id: 'dec_1' }),
  decision({ id: 'dec_2', noAd: 'geo' }),
  event('dec_1', 'impression'),
  event('dec_1', 'impression', { duplicate: true, spendMicros: 0 }),
  event('dec_1', 'mute'),
  event('dec_9', 'impression', { campaignId: 'cmp_other000' }),
];
const totals = {
  requests: 1,
  impressions: 1,
  starts: 0,
  firstQuartiles: 0,
  midpoints: 0,
  thirdQuartiles: 0,
  completes: 0,
  clicks: 0,
  errors: 0,
  spentMicros: 20_000,
};
const row = (name: string, more: Partial<ReportedEvent> = {}): ReportedEvent => ({
  decisionId: 'dec_1',
  position: 1,
  event: name,
  creativeId: 'crv_one00000',
  lineItemId: 'li_one000000',
  spentMicros: name === 'impression' ? 20_000 : 0,
  currency: 'USD',
  invalid: null,
  ...more,
});
const compare = (events: ReportedEvent[], reported = totals) =>
  reconcile({ records, campaignId, totals: reported, events }).differences;

describe('reconcile', () => {
  it('agrees when every event and every micro is there', () => {
    const result = reconcile({ records, campaignId, totals, events: [row('impression'), row('mute')] });
    expect(result).toMatchObject({
      agrees: true,
      comparedEvents: 2,
      log: { events: 2, spentMicros: 20_000 },
    });
  });

  it('names an event that the report has twice, too many, or not at all', () => {
    expect(compare([row('impression'), row('impression'), row('click')])).toEqual([
      { kind: 'event_unexpected', event: 'impression', decisionId: 'dec_1', position: 1 },
      { kind: 'event_unexpected', event: 'click', decisionId: 'dec_1', position: 1 },
      { kind: 'event_missing', event: 'mute', decisionId: 'dec_1', position: 1 },
    ]);
  });

  it('sees one micro', () => {
    expect(
      compare([row('impression', { spentMicros: 20_001 }), row('mute')], { ...totals, spentMicros: 20_001 }),
    ).toEqual([
      {
        kind: 'event_differs',
        event: 'impression',
        decisionId: 'dec_1',
        position: 1,
        field: 'spentMicros',
        log: 20_000,
        report: 20_001,
      },
      { kind: 'count_differs', figure: 'spentMicros', log: 20_000, report: 20_001 },
    ]);
  });
});
