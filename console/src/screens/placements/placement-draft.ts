import type { InputOf, Placement, updatePlacement } from '@cuepoint/contract';
import { readValues } from '../../delivery-words.ts';
import { moneyShort, parseMoney } from '../../design/format/money.ts';

type Pod = NonNullable<Placement['pod']>;
export type PlacementInput = Omit<InputOf<typeof updatePlacement>, 'placementId'>;

/** A fixed slot of a break as it is edited; lengths in seconds. */
export interface SlotDraft {
  kind: Pod['slots'][number]['kind'];
  min: string;
  max: string;
}

/** The rules of a break as they are edited. */
export interface PodDraft {
  kind: Pod['kind'];
  seconds: string;
  maxAds: string;
  isExact: boolean;
  slots: SlotDraft[];
  maxAdsPerAdvertiser: string;
  first: string;
  last: string;
  categorySeparation: Pod['categorySeparation'];
  backups: string;
}

/** A floor for some lengths, as it is edited. */
export interface FloorDraft {
  min: string;
  max: string;
  cpm: string;
}

/** A placement as it is edited: texts of fields; lengths in seconds, money in units. */
export interface PlacementDraft {
  publisherId: string;
  appId: string;
  name: string;
  position: Placement['position'];
  status: Placement['status'];
  isDefault: boolean;
  min: string;
  max: string;
  exact: string;
  floor: string;
  currency: string;
  floors: FloorDraft[];
  allowedCategories: string;
  blockedCategories: string;
  blockedDomains: string;
  hosts: string;
  clearance: string;
  pod: PodDraft | null;
}

export const emptyPod: PodDraft = {
  kind: 'dynamic',
  seconds: '120',
  maxAds: '6',
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: '1',
  first: '1',
  last: '1',
  categorySeparation: 'pod',
  backups: '2',
};

const secondsText = (ms: number) => String(ms / 1000);
const plain = (micros: number, currency: string) => moneyShort(micros, currency).replace(/^[^\d]+/, '');

/** A draft of a placement, or of a new one. */
export function placementDraft(placement: Placement | null, publisherId: string): PlacementDraft {
  if (!placement) {
    return {
      publisherId,
      appId: '',
      name: '',
      position: 'mid',
      status: 'active',
      isDefault: false,
      min: '0.001',
      max: '120',
      exact: '',
      floor: '0',
      currency: 'USD',
      floors: [],
      allowedCategories: '',
      blockedCategories: '',
      blockedDomains: '',
      hosts: '',
      clearance: '',
      pod: null,
    };
  }
  const { pod, floorCurrency } = placement;
  return {
    publisherId: placement.publisherId,
    appId: placement.appId ?? '',
    name: placement.name,
    position: placement.position,
    status: placement.status,
    isDefault: placement.isDefault,
    min: secondsText(placement.minDurationMs),
    max: secondsText(placement.maxDurationMs),
    exact: placement.exactDurationsMs.map(secondsText).join(', '),
    floor: plain(placement.floorCpmMicros, floorCurrency),
    currency: floorCurrency,
    floors: placement.durationFloors.map((floor) => ({
      min: secondsText(floor.minDurationMs),
      max: secondsText(floor.maxDurationMs),
      cpm: plain(floor.floorCpmMicros, floorCurrency),
    })),
    allowedCategories: placement.allowedCategories.join(', '),
    blockedCategories: placement.blockedCategories.join(', '),
    blockedDomains: placement.blockedDomains.join(', '),
    hosts: placement.hosts.join(', '),
    clearance: placement.clearance ?? '',
    pod: pod && {
      kind: pod.kind,
      seconds: secondsText(pod.durationMs),
      maxAds: String(pod.maxAds),
      isExact: pod.isExact,
      slots: pod.slots.map((slot) => ({
        kind: slot.kind,
        min: secondsText(slot.minDurationMs),
        max: secondsText(slot.maxDurationMs),
      })),
      maxAdsPerAdvertiser: String(pod.maxAdsPerAdvertiser),
      first: String(pod.firstPermille / 1000),
      last: String(pod.lastPermille / 1000),
      categorySeparation: pod.categorySeparation,
      backups: String(pod.backups),
    },
  };
}

export interface DraftProblem {
  field: string;
  message: string;
}

/** What a draft means, and what in it does not fit: each with the field, the value and what would be accepted. */
export function readPlacement(draft: PlacementDraft): { input: PlacementInput; problems: DraftProblem[] } {
  const problems: DraftProblem[] = [];
  const refuse = (field: string, value: string, accepted: string) =>
    problems.push({ field, message: `“${value}” is not accepted; give ${accepted}` });
  const ms = (field: string, value: string, least = 0): number => {
    const found = readSeconds(value);
    if (found === null || found < least || found > 3_600_000) {
      refuse(field, value, `${least > 0 ? 'more than 0' : '0'} to 3600 seconds, at most 3 decimals`);
      return least;
    }
    return found;
  };
  const whole = (field: string, value: string, least: number, most: number): number => {
    const found = /^\d{1,6}$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (!(found >= least && found <= most)) {
      refuse(field, value, `a whole number from ${least} to ${most}`);
      return least;
    }
    return found;
  };
  const money = (field: string, value: string): number => {
    const micros = value.trim() === '' ? 0 : parseMoney(value);
    if (micros === null || micros > 10_000_000_000) {
      refuse(field, value, 'an amount from 0 to 10,000');
      return 0;
    }
    return micros;
  };
  const permille = (field: string, value: string): number => {
    const found = /^\d{1,2}(?:\.\d{1,3})?$/.test(value.trim())
      ? Math.round(Number(value) * 1000)
      : Number.NaN;
    if (!(found >= 100 && found <= 10_000)) {
      refuse(field, value, '0.1 to 10, such as 1.15 for 15 % more');
      return 1000;
    }
    return found;
  };
  if (draft.name.trim() === '') refuse('name', draft.name, '1 to 120 characters');
  if (!/^[A-Z]{3}$/.test(draft.currency)) refuse('currency', draft.currency, 'a currency such as EUR');
  const minDurationMs = ms('min', draft.min);
  const maxDurationMs = ms('max', draft.max, 1);
  if (minDurationMs > maxDurationMs) refuse('max', draft.max, `no less than the shortest, ${draft.min}`);
  const { pod } = draft;
  const input: PlacementInput = {
    appId: draft.appId === '' ? null : draft.appId,
    name: draft.name.trim(),
    position: draft.position,
    status: draft.status,
    isDefault: draft.isDefault,
    minDurationMs,
    maxDurationMs,
    exactDurationsMs: readValues(draft.exact).map((value) => ms('exact', value, 1)),
    floorCpmMicros: money('floor', draft.floor),
    floorCurrency: draft.currency,
    durationFloors: draft.floors.map((floor, at) => ({
      minDurationMs: ms(`floors[${at}]`, floor.min),
      maxDurationMs: ms(`floors[${at}]`, floor.max, 1),
      floorCpmMicros: money(`floors[${at}]`, floor.cpm),
    })),
    allowedCategories: readValues(draft.allowedCategories),
    blockedCategories: readValues(draft.blockedCategories),
    blockedDomains: readValues(draft.blockedDomains),
    hosts: readValues(draft.hosts),
    clearance: draft.clearance.trim() === '' ? null : draft.clearance.trim(),
    pod: pod && {
      kind: pod.kind,
      durationMs: pod.kind === 'structured' ? 0 : ms('pod.seconds', pod.seconds, 1),
      maxAds: whole('pod.maxAds', pod.maxAds, 1, 32),
      isExact: pod.isExact,
      slots:
        pod.kind === 'dynamic'
          ? []
          : pod.slots.map((slot, at) => ({
              kind: slot.kind,
              minDurationMs: ms(`pod.slots[${at}]`, slot.min),
              maxDurationMs: ms(`pod.slots[${at}]`, slot.max, 1),
            })),
      maxAdsPerAdvertiser: whole('pod.maxAdsPerAdvertiser', pod.maxAdsPerAdvertiser, 1, 32),
      firstPermille: permille('pod.first', pod.first),
      lastPermille: permille('pod.last', pod.last),
      categorySeparation: pod.categorySeparation,
      backups: whole('pod.backups', pod.backups, 0, 8),
    },
  };
  if (pod && pod.kind !== 'dynamic' && pod.slots.length === 0)
    problems.push({ field: 'pod.slots', message: 'A structured or hybrid break needs a slot; add one' });
  return { input, problems };
}

/** Milliseconds of seconds as a person types them; null when they are none or finer than a millisecond. */
function readSeconds(text: string): number | null {
  return /^\d{1,4}(?:\.\d{1,3})?$/.test(text.trim()) ? Math.round(Number(text) * 1000) : null;
}
