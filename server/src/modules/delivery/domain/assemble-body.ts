import type { z } from 'zod';
import type { ServingInventory } from '#modules/inventory';
import {
  type SigningKey,
  type SnapshotBody,
  SnapshotCreative,
  SnapshotLineItem,
  SnapshotPlacement,
  type SpendStatement,
} from '../../../kernel/delivery-protocol.ts';
import type { IngestedSpend, ServableCreative, ServableLineItem } from '../ports.ts';
import { campaignShareMicros, effectiveStatus } from './line-item-limits.ts';

export interface SnapshotRows extends ServingInventory {
  keys: readonly SigningKey[];
  lineItems: readonly ServableLineItem[];
  creatives: readonly ServableCreative[];
  mediaBaseUrl?: string | undefined;
  /** Number in the Global Vendor List that stands for every account; null asks TC strings for no vendor. */
  tcfVendorId?: number | null | undefined;
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
  const known = rows.creatives.filter((creative) => listed.has(creative.id));
  const lineItems = rows.lineItems.map((item) => toLineItem(item, known));
  const placements = rows.placements.map((placement) => ({
    ...placement,
    hosts: placement.hosts.map((host) => host.toLowerCase()),
    // A zero-length spot does not exist; the table's 0 means "no lower limit".
    minDurationMs: Math.max(1, placement.minDurationMs),
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
          tcfVendorId: rows.tcfVendorId ?? null,
        })),
      ),
      placements: byId(keep('placement', SnapshotPlacement, placements)),
      lineItems: byId(keep('line_item', SnapshotLineItem, lineItems)),
      creatives: byId(creatives),
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
    fingerprint: row.fingerprint,
    clearedFor: [...row.clearedFor].sort(),
    ...(row.hls === undefined ? {} : { hls: row.hls }),
  };
}

/** What had been counted, beside the body: in an order that depends on ids alone. */
export function spendStatement(spend: IngestedSpend): SpendStatement {
  const sorted = <T>(entries: Iterable<readonly [string, T]>) =>
    Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)));
  return {
    ingestedThrough: sorted(Object.entries(spend.ingestedThrough)),
    ...(spend.verifiedThrough === undefined
      ? {}
      : { verifiedThrough: sorted(Object.entries(spend.verifiedThrough)) }),
    lineItems: sorted(spend.byLineItem),
    flights: sorted(
      [...spend.byFlight].map(([id, { micros, impressions }]) => [id, [micros, impressions]] as const),
    ),
  };
}

function toLineItem(item: ServableLineItem, creatives: readonly ServableCreative[]): SnapshotLineItem {
  return {
    id: item.id,
    accountId: item.accountId,
    campaignId: item.campaignId,
    brandId: item.brandId,
    name: item.name,
    type: item.type,
    priority: item.priority,
    cpmMicros: item.cpmMicros,
    priceModel: item.priceModel,
    currency: item.currency,
    status: effectiveStatus(item),
    pacing: item.pacing,
    sharePercent: item.sharePercent,
    flights: byId(
      item.flights.map((flight) => ({
        id: flight.id,
        startAt: flight.startAt.toISOString(),
        endAt: flight.endAt.toISOString(),
        timeZone: flight.timeZone,
        budgetMicros: flight.budgetMicros,
        impressionGoal: flight.impressionGoal,
        dailyBudgetMicros: flight.dailyBudgetMicros,
      })),
    ),
    budgetMicros: campaignShareMicros(item),
    targeting: item.targeting,
    dayparts: [...item.dayparts],
    frequencyCaps: [...item.frequencyCaps],
    separation: item.separation,
    // Absent is anywhere, which lets the engine skip the question.
    ...(item.podPosition === 'any' ? {} : { podPosition: item.podPosition }),
    rotation: item.rotation,
    creatives: assignmentsOf(item, creatives),
  };
}

/**
 * Creatives of a line item, those of other accounts, campaigns and line items never among them. One that is not approved
 * stays listed where it is assigned, so that *why* can name it: its own status keeps it from serving.
 */
function assignmentsOf(
  item: ServableLineItem,
  creatives: readonly ServableCreative[],
): SnapshotLineItem['creatives'] {
  const own = creatives
    .filter(
      (creative) =>
        creative.accountId === item.accountId &&
        creative.campaignId === item.campaignId &&
        (creative.lineItemId === null || creative.lineItemId === item.id),
    )
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  if (item.assignments.length === 0)
    return own
      .filter((creative) => creative.isServable)
      .map(({ id }, index) => ({
        creativeId: id,
        weight: 1,
        sequence: index + 1,
        startAt: null,
        endAt: null,
      }));
  return own.flatMap(({ id }) => {
    const row = item.assignments.find((one) => one.creativeId === id);
    if (row === undefined) return [];
    const { weight, sequence } = row;
    const startAt = row.startAt?.toISOString() ?? null;
    const endAt = row.endAt?.toISOString() ?? null;
    return [{ creativeId: id, weight, sequence, startAt, endAt }];
  });
}

function byId<T extends { id: string }>(rows: T[]): T[] {
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
}
