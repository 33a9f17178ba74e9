import type { z } from 'zod';
import {
  type SigningKey,
  type SnapshotBody,
  SnapshotCreative,
  SnapshotLineItem,
  SnapshotPlacement,
} from '../../../kernel/delivery-protocol.ts';
import type { IngestedSpend, ServableCreative, ServableLineItem } from '../ports.ts';
import { campaignShareMicros, effectiveStatus } from './line-item-limits.ts';

export interface SnapshotRows {
  keys: readonly SigningKey[];
  publishers: ReadonlyArray<{ accountId: string; publisherKey: string }>;
  placements: ReadonlyArray<{
    id: string;
    accountId: string;
    key: string;
    name: string;
    hosts: readonly string[];
    isDefault: boolean;
    minDurationMs: number;
    maxDurationMs: number;
  }>;
  lineItems: readonly ServableLineItem[];
  creatives: readonly ServableCreative[];
  spend: IngestedSpend;
  mediaBaseUrl?: string | undefined;
}

/** A row that was left out because it breaks the protocol. */
export interface SnapshotProblem {
  kind: 'placement' | 'line_item' | 'creative';
  id: string;
  accountId: string;
  detail: string;
}

/**
 * Turns rows into the body of a snapshot, in an order that depends on ids alone so that the same content gives the
 * same hash. A row that does not fit the schema is left out and named in `problems`.
 */
export function assembleBody(rows: SnapshotRows): { body: SnapshotBody; problems: SnapshotProblem[] } {
  const problems: SnapshotProblem[] = [];
  const keep = <T extends { id: string; accountId: string }, S extends z.ZodType<T>>(
    kind: SnapshotProblem['kind'],
    schema: S,
    candidates: readonly T[],
  ): T[] =>
    candidates.filter((candidate) => {
      const result = schema.safeParse(candidate);
      if (result.success) return true;
      const detail = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
      problems.push({ kind, id: candidate.id, accountId: candidate.accountId, detail: detail.join('; ') });
      return false;
    });

  const creatives = keep('creative', SnapshotCreative, rows.creatives.map(toCreative));
  const listed = new Set(creatives.map((creative) => creative.id));
  const offered = rows.creatives.filter((creative) => creative.isServable && listed.has(creative.id));
  const lineItems = rows.lineItems.map((item) => toLineItem(item, offered, rows.spend));
  const placements = rows.placements.map((placement) => ({
    ...placement,
    hosts: placement.hosts.map((host) => host.toLowerCase()),
    // A zero-length spot does not exist; the table's 0 means "no lower limit".
    minDurationMs: Math.max(1, placement.minDurationMs),
    format: 'linear_video' as const,
  }));

  return {
    body: {
      ...(rows.mediaBaseUrl === undefined ? {} : { mediaBaseUrl: rows.mediaBaseUrl }),
      keys: [...rows.keys],
      // An account has no zone of its own yet: flights carry instants, and reports use the zone of the campaign.
      accounts: byId(
        rows.publishers.map(({ accountId, publisherKey }) => ({
          id: accountId,
          publisherKey,
          timeZone: 'UTC',
        })),
      ),
      placements: byId(keep('placement', SnapshotPlacement, placements)),
      lineItems: byId(keep('line_item', SnapshotLineItem, lineItems)),
      creatives: byId(creatives),
      ingestedThrough: Object.fromEntries(
        Object.entries(rows.spend.ingestedThrough).sort(([left], [right]) => (left < right ? -1 : 1)),
      ),
    },
    problems,
  };
}

function toCreative(row: ServableCreative): SnapshotCreative {
  return {
    id: row.id,
    accountId: row.accountId,
    name: row.name,
    status: row.isServable ? 'approved' : 'unapproved',
    durationMs: row.durationMs,
    mediaFiles: [...row.mediaFiles],
    ...(row.hls === undefined ? {} : { hls: row.hls }),
    vast: row.vast,
    clickThroughUrl: row.clickThroughUrl,
    universalAdId: row.universalAdId,
    adDomain: row.adDomain,
    categories: [...row.categories],
  };
}

function toLineItem(
  item: ServableLineItem,
  offered: readonly ServableCreative[],
  spend: IngestedSpend,
): SnapshotLineItem {
  const rule = (dimension: string, values: readonly string[]) =>
    values.length === 0 ? [] : [{ dimension, operator: 'any_of' as const, values: [...values].sort() }];
  return {
    id: item.id,
    accountId: item.accountId,
    campaignId: item.campaignId,
    brandId: item.brandId,
    name: item.name,
    type: 'standard',
    priority: item.priority,
    cpmMicros: item.cpmMicros,
    currency: item.currency,
    status: effectiveStatus(item),
    pacing: 'even',
    flights: byId(
      item.flights.map((flight) => ({
        id: flight.id,
        startAt: flight.startAt.toISOString(),
        endAt: flight.endAt.toISOString(),
        budgetMicros: flight.budgetMicros,
        spentMicros: spend.byFlight.get(flight.id) ?? 0,
      })),
    ),
    budgetMicros: campaignShareMicros(item),
    spentMicros: spend.byLineItem.get(item.id) ?? 0,
    targeting: [...rule('country', item.countries), ...rule('device', item.deviceTypes.flatMap(nodeDevices))],
    creatives: offered
      .filter(
        (creative) =>
          creative.accountId === item.accountId &&
          creative.campaignId === item.campaignId &&
          (creative.lineItemId === null || creative.lineItemId === item.id),
      )
      .map((creative) => ({ creativeId: creative.id, weight: 1 }))
      .sort((left, right) => (left.creativeId < right.creativeId ? -1 : 1)),
  };
}

/** Device words of a line item to those a node tells apart: a game console plays on the television set. */
function nodeDevices(deviceType: string): string[] {
  if (deviceType === 'mobile') return ['phone'];
  if (deviceType === 'ctv') return ['ctv', 'console'];
  return [deviceType];
}

function byId<T extends { id: string }>(rows: T[]): T[] {
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
}
