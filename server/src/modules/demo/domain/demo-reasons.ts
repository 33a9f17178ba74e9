import type { Reason } from '@cuepoint/decisioning';
import type { DemoPlacement } from './demo-inventory.ts';

/** A line item that does not serve, and the rule that keeps it from serving. */
export interface BrokenLineItem {
  /** Null: it serves, so that another one has somebody to lose to. */
  reason: Reason | null;
  /** The reason needs a viewer who has been shown something: it holds from the second break of a stream on. */
  isLater: boolean;
  /** Where the reason shows. */
  placement: DemoPlacement;
  /** For `createLineItem`, beside the campaign. */
  input: Record<string, unknown> & { name: string };
  /** Moved there after it was made. */
  status?: 'paused';
}

export const reasonName = (reason: Reason, note = ''): string => `Reason: ${reason}${note}`;

/** Label under which two brands of the demo world compete. */
export const GIFTS = 'gifts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const cpmMicros = 24_000_000;

/**
 * One deliberately broken line item for every reason that stored data alone can make. What a request brings with it
 * (withheld consent), what a pace is ahead of, and what only a full break decides (advertiser and creative seen twice,
 * a full pod) shows in any demo campaign instead. Each has its reason alone; a cap and separation in a stream have it
 * from the second break on that one viewer sees.
 * @param at the instant of loading
 * @param campaign that they belong to, UTC instants
 * @param placements ids of the demo placements
 */
export function brokenLineItems(
  at: Date,
  campaign: { startAt: string; endAt: string },
  placements: Readonly<Record<DemoPlacement, string>>,
): BrokenLineItem[] {
  const instant = (offsetMs: number) => new Date(at.getTime() + offsetMs).toISOString();
  const whole = { startAt: campaign.startAt, endAt: campaign.endAt };
  const here = (placement: DemoPlacement) => ({
    dimension: 'placement',
    operator: 'any_of',
    values: [placements[placement]],
  });
  const broken = (
    reason: Reason,
    placement: DemoPlacement,
    more: {
      targeting?: object[];
      flight?: object;
      /** It serves: what it is to the other of the same reason. */
      rival?: string;
      isLater?: true;
      status?: 'paused';
      [field: string]: unknown;
    } = {},
  ): BrokenLineItem => {
    const { targeting = [], flight = {}, rival, isLater = false, status, ...input } = more;
    return {
      reason: rival === undefined ? reason : null,
      isLater,
      placement,
      input: {
        name: reasonName(reason, rival === undefined ? '' : `, ${rival}`),
        type: 'standard',
        status: 'active',
        cpmMicros,
        targeting: { all: [here(placement), ...targeting] },
        flights: [{ ...whole, impressionGoal: 100, ...flight }],
        ...input,
      },
      ...(status ? { status } : {}),
    };
  };
  const wants = (dimension: string, value: string) => ({ dimension, operator: 'any_of', values: [value] });
  // ISO weekday of yesterday in UTC: for a day and more it is never that.
  const yesterday = new Date(at.getTime() - dayMs).getUTCDay() || 7;
  return [
    broken('paused', 'mid', { status: 'paused' }),
    broken('not_started', 'mid', { flight: { startAt: instant(3 * dayMs) } }),
    broken('ended', 'mid', { flight: { endAt: instant(-hourMs) } }),
    broken('geo', 'mid', { countries: ['IS'] }),
    broken('device', 'mid', { deviceTypes: ['set_top_box'] }),
    broken('placement', 'mid', { targeting: [wants('position', 'standalone')] }),
    broken('daypart', 'mid', { dayparts: [{ days: [yesterday], fromMinute: 180, toMinute: 181 }] }),
    broken('content_rating', 'mid', { targeting: [wants('rating', 'tv-y')] }),
    broken('key_value', 'mid', { targeting: [wants('key_value', 'series=harbour-lights')] }),
    broken('audience', 'mid', { targeting: [wants('segment', 'demo-hikers')] }),
    // Whatever the viewer has seen of the campaign counts.
    broken('freq_cap', 'mid', { rival: 'seen before', priority: 3, pacing: 'asap' }),
    broken('freq_cap', 'mid', {
      isLater: true,
      frequencyCaps: [{ scope: 'campaign', limit: 1, unit: 'lifetime', count: 1 }],
    }),
    // Its creative is held back once there is one.
    broken('creative_gap', 'mid'),
    broken('duration_fit', 'live'),
    broken('codec_fit', 'house'),
    broken('no_budget', 'mid', { flight: { impressionGoal: null, budgetMicros: 1 } }),
    broken('daily_cap', 'mid', { flight: { dailyBudgetMicros: 1 } }),
    // Once the coffee of the demo world was shown in the stream: both want to be the gift.
    broken('competitive_separation', 'mid', {
      isLater: true,
      separation: { scope: 'stream', labels: [GIFTS] },
    }),
    broken('blocked_category', 'film'),
    broken('below_floor', 'pre', { cpmMicros: 1_000_000 }),
    broken('lower_priority', 'pre', { type: 'bulk', cpmMicros: 30_000_000 }),
    // Others may be held back by their pace: this one is always there to win.
    broken('lost_rank', 'pre', { rival: 'the winner', pacing: 'asap', flight: { impressionGoal: 1000 } }),
    broken('lost_rank', 'pre', { cpmMicros: 12_000_000 }),
  ];
}
