import { MAX_POD_SLOTS } from '@cuepoint/decisioning';
import type { SnapshotPlacement, SnapshotPodRule } from '../../../kernel/delivery-protocol.ts';
import { badField } from '../problems.ts';
import { flag, milliseconds, SECONDS_ACCEPTED, seconds, wholeNumber } from './fields.ts';
import type { RequestParams } from './params.ts';

const DEFAULT_BREAK_MS = 120_000;

/** What holds for a break in a placement that has no rules of its own for one. */
const PLAIN_BREAK: Omit<SnapshotPodRule, 'durationMs'> = {
  kind: 'dynamic',
  maxAds: 8,
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: 1,
  firstPermille: 1000,
  lastPermille: 1000,
  categorySeparation: 'pod',
  backups: 2,
};

/**
 * The break a request asks for; null for a single ad.
 *
 * `pod=1` asks for a break and `pod=0` for one ad; without it the placement's own rules decide. `poddur` is the length of
 * the break in seconds, `maxads` the most ads, `exact=1` asks for a break filled to the millisecond or not at all, `slots`
 * lists fixed slots in play order: the longest ad of each in seconds, or shortest-longest, with `bumper:` before it for a
 * bumper. Each of them asks for a break by itself. A request can narrow the rules of a placement and never widen them.
 * `[BREAKMAXDURATION]` and `[BREAKMAXADS]` count when a break is asked for and these are not given.
 */
export function readPod(
  params: RequestParams,
  placement: SnapshotPlacement,
  mayBreak: boolean,
): SnapshotPodRule | null {
  const wanted = flag(params, 'pod');
  const durationMs = seconds(params, 'poddur');
  const maxAds = wholeNumber(params, 'maxads', 1, MAX_POD_SLOTS, 'a whole number of ads');
  const exact = flag(params, 'exact');
  const slots = readSlots(params);
  const isImplied =
    durationMs !== undefined || maxAds !== undefined || slots.length > 0 || exact !== undefined;
  if (!(wanted ?? (isImplied || placement.pod !== null))) return null;
  if (!mayBreak) {
    // A placement with a break still answers an old player, with one ad.
    if (wanted !== true && !isImplied) return null;
    throw badField(
      params.fieldOf('v'),
      params.get('v') ?? undefined,
      '3.0 or later for a break: VAST 2.0 has none',
    );
  }
  const rule = placement.pod;
  const asked = durationMs ?? seconds(params, 'breakmaxduration');
  const mostAds = maxAds ?? wholeNumber(params, 'breakmaxads', 1, 1000, 'a whole number of ads');
  const most = rule?.maxAds ?? (slots.length > 0 ? MAX_POD_SLOTS : PLAIN_BREAK.maxAds);
  const length = slots.reduce((sum, slot) => sum + slot.maxDurationMs, 0);
  if (slots.length > 0)
    return {
      ...(rule ?? PLAIN_BREAK),
      kind: asked === undefined ? 'structured' : 'hybrid',
      durationMs: asked === undefined ? 0 : narrowest(asked, rule?.durationMs, params, 'poddur'),
      maxAds: Math.min(most, mostAds ?? most),
      isExact: exact ?? rule?.isExact ?? false,
      slots: checkedSlots(params, slots, length, rule),
    };
  return {
    ...(rule ?? PLAIN_BREAK),
    durationMs:
      rule?.kind === 'structured' ? rule.durationMs : narrowest(asked, rule?.durationMs, params, 'poddur'),
    maxAds: Math.min(most, mostAds ?? most),
    isExact: exact ?? rule?.isExact ?? false,
  };
}

function narrowest(
  asked: number | undefined,
  rule: number | undefined,
  params: RequestParams,
  name: string,
): number {
  if (asked === undefined) return rule ?? DEFAULT_BREAK_MS;
  if (rule !== undefined && rule > 0 && asked > rule && params.get(name) !== null)
    throw badField(params.fieldOf(name), asked / 1000, `seconds, at most ${rule / 1000} in this placement`);
  return rule !== undefined && rule > 0 ? Math.min(asked, rule) : asked;
}

function checkedSlots(
  params: RequestParams,
  slots: SnapshotPodRule['slots'],
  lengthMs: number,
  rule: SnapshotPodRule | null,
): SnapshotPodRule['slots'] {
  if (rule === null) return slots;
  const ruled = rule.durationMs + rule.slots.reduce((sum, slot) => sum + slot.maxDurationMs, 0);
  if (lengthMs > ruled)
    throw badField(
      params.fieldOf('slots'),
      params.list('slots').join(','),
      `slots of together at most ${ruled / 1000} seconds in this placement`,
    );
  return slots;
}

const SLOT_ACCEPTED = `up to ${MAX_POD_SLOTS} slots, each the longest ad in seconds, such as 30, 15-30 or bumper:6`;

function readSlots(params: RequestParams): SnapshotPodRule['slots'] {
  const items = params.list('slots');
  if (items.length === 0) return [];
  const field = params.fieldOf('slots');
  if (items.length > MAX_POD_SLOTS)
    throw badField(field, undefined, SLOT_ACCEPTED, `${field} has ${items.length} slots`);
  return items.map((item) => {
    const [, bumper, shortest, longest] =
      /^(bumper:)?(?:(\d{1,5}(?:\.\d{1,3})?)-)?(\d{1,5}(?:\.\d{1,3})?)$/.exec(item) ?? [];
    const maxDurationMs = longest === undefined ? undefined : milliseconds(longest);
    const minDurationMs = shortest === undefined ? 0 : milliseconds(shortest);
    if (maxDurationMs === undefined || minDurationMs === undefined || minDurationMs > maxDurationMs)
      throw badField(field, item, `${SLOT_ACCEPTED}; ${SECONDS_ACCEPTED}`);
    return {
      kind: bumper === undefined ? ('any' as const) : ('bumper' as const),
      minDurationMs,
      maxDurationMs,
    };
  });
}
