import { createHash } from 'node:crypto';
import type { EventRow } from './derive-rows.ts';
import { hourOf } from './derive-rows.ts';
import { ReachSketch } from './reach-sketch.ts';

/** A row of `delivery_reach`, or what is to be added to one. */
export interface ReachRow {
  account_id: string;
  hour: string;
  campaign_id: string;
  line_item_id: string;
  /** Of the identities of impressions. */
  sketch: ReachSketch;
  /** Impressions by what their identity was made from: an id that lasts, a household of one day, one session. */
  lasting: number;
  household: number;
  session: number;
}

/** A stored row, known by the digest of its sketch: an account has many, of 12 KiB each, and few must be looked into. */
export type StoredReach = Omit<ReachRow, 'sketch'> & {
  digest: string;
  /** Null until it is asked for. */
  sketch: ReachSketch | null;
};

/** SHA-256 of the bytes of a sketch, in hex: equal sketches have equal bytes. */
export function reachDigest(sketch: ReachSketch): string {
  return createHash('sha256').update(sketch.toBytes()).digest('hex');
}

export const REACH_COUNTS = ['lasting', 'household', 'session'] as const;

const KIND_OF = { ifa: 'lasting', supplied: 'lasting', household: 'household', session: 'session' } as const;

export function reachKey(
  row: Pick<ReachRow, 'account_id' | 'hour' | 'campaign_id' | 'line_item_id'>,
): string {
  return JSON.stringify([row.account_id, row.hour, row.campaign_id, row.line_item_id]);
}

/** Adds what one stored event says of reach: a viewer's impression with an identity does, everything else nothing. */
export function addExposure(sums: Map<string, ReachRow>, row: EventRow): void {
  const { account_id, campaign_id, line_item_id, identity, identity_kind } = row;
  if (row.event !== 'impression' || row.invalid !== '' || identity === null || identity_kind === 'none')
    return;
  const place = { account_id, hour: hourOf(row.at), campaign_id, line_item_id };
  const key = reachKey(place);
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { ...place, sketch: new ReachSketch(), lasting: 0, household: 0, session: 0 };
    sums.set(key, sum);
  }
  sum.sketch.add(identity);
  sum[KIND_OF[identity_kind]]++;
}

export function copyReach(rows: ReadonlyMap<string, ReachRow>): Map<string, ReachRow> {
  return new Map([...rows].map(([key, row]) => [key, { ...row, sketch: row.sketch.copy() }]));
}
