import { type InputOf, MAX_BREAK_SLOTS, type Placement, type updatePlacement } from '@cuepoint/contract';
import { readValues } from '../../delivery-words.ts';
import { amountText, type DraftProblem, draftReader } from '../../draft.ts';

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
  /** Price of a thousand seconds. */
  perSecond: string;
  allowedCategories: string;
  blockedCategories: string;
  blockedDomains: string;
  blockedBrands: string;
  blockedMedia: string;
  separationScope: Placement['separationScope'];
  hosts: string;
  clearance: string;
  mimes: string;
  codecs: string;
  minBitrate: string;
  maxBitrate: string;
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
      perSecond: '0',
      allowedCategories: '',
      blockedCategories: '',
      blockedDomains: '',
      blockedBrands: '',
      blockedMedia: '',
      separationScope: 'pod',
      hosts: '',
      clearance: '',
      mimes: '',
      codecs: '',
      minBitrate: '0',
      maxBitrate: '100000',
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
    floor: amountText(placement.floorCpmMicros, floorCurrency),
    currency: floorCurrency,
    floors: placement.durationFloors.map((floor) => ({
      min: secondsText(floor.minDurationMs),
      max: secondsText(floor.maxDurationMs),
      cpm: amountText(floor.floorCpmMicros, floorCurrency),
    })),
    perSecond: amountText(placement.minCpmPerSecondMicros, floorCurrency),
    allowedCategories: placement.allowedCategories.join(', '),
    blockedCategories: placement.blockedCategories.join(', '),
    blockedDomains: placement.blockedDomains.join(', '),
    blockedBrands: placement.blockedBrands.join(', '),
    blockedMedia: placement.blockedMedia.join(', '),
    separationScope: placement.separationScope,
    hosts: placement.hosts.join(', '),
    clearance: placement.clearance ?? '',
    mimes: placement.mimes.join(', '),
    codecs: placement.codecs.join(', '),
    minBitrate: String(placement.minBitrateKbps),
    maxBitrate: String(placement.maxBitrateKbps),
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

/** What a draft means, and what in it does not fit: each with the field, the value and what would be accepted. */
export function readPlacement(draft: PlacementDraft): { input: PlacementInput; problems: DraftProblem[] } {
  const { problems, refuse, seconds, whole, price, permille } = draftReader();
  if (draft.name.trim() === '') refuse('name', draft.name, '1 to 120 characters');
  if (!/^[A-Z]{3}$/.test(draft.currency)) refuse('currency', draft.currency, 'a currency such as EUR');
  const minDurationMs = seconds('min', draft.min);
  const maxDurationMs = seconds('max', draft.max, 1);
  if (minDurationMs > maxDurationMs) refuse('max', draft.max, `no less than the shortest, ${draft.min}`);
  const minBitrateKbps = whole('minBitrate', draft.minBitrate, 0, 100_000);
  const maxBitrateKbps = whole('maxBitrate', draft.maxBitrate, 1, 100_000);
  if (minBitrateKbps > maxBitrateKbps)
    refuse('maxBitrate', draft.maxBitrate, `no less than the lowest, ${draft.minBitrate}`);
  const mimes = readValues(draft.mimes);
  const badMime = mimes.find((mime) => !/^[a-z]+\/[a-zA-Z0-9.+-]+$/.test(mime));
  if (badMime) refuse('mimes', badMime, 'media types such as video/mp4');
  const codecs = readValues(draft.codecs);
  const badCodec = codecs.find((codec) => !/^[a-z0-9.]{2,20}$/.test(codec));
  if (badCodec) refuse('codecs', badCodec, 'the starts of codecs such as avc1');
  const { pod } = draft;
  const input: PlacementInput = {
    appId: draft.appId === '' ? null : draft.appId,
    name: draft.name.trim(),
    position: draft.position,
    status: draft.status,
    isDefault: draft.isDefault,
    minDurationMs,
    maxDurationMs,
    exactDurationsMs: readValues(draft.exact).map((value) => seconds('exact', value, 1)),
    floorCpmMicros: price('floor', draft.floor),
    floorCurrency: draft.currency,
    durationFloors: draft.floors.map((floor, at) => ({
      minDurationMs: seconds(`floors[${at}]`, floor.min),
      maxDurationMs: seconds(`floors[${at}]`, floor.max, 1),
      floorCpmMicros: price(`floors[${at}]`, floor.cpm),
    })),
    minCpmPerSecondMicros: price('perSecond', draft.perSecond),
    allowedCategories: readValues(draft.allowedCategories),
    blockedCategories: readValues(draft.blockedCategories),
    blockedDomains: readValues(draft.blockedDomains),
    blockedBrands: readValues(draft.blockedBrands),
    blockedMedia: readValues(draft.blockedMedia),
    separationScope: draft.separationScope,
    hosts: readValues(draft.hosts),
    clearance: draft.clearance.trim() === '' ? null : draft.clearance.trim(),
    mimes,
    codecs,
    minBitrateKbps,
    maxBitrateKbps,
    pod: pod && {
      kind: pod.kind,
      durationMs: pod.kind === 'structured' ? 0 : seconds('pod.seconds', pod.seconds, 1),
      maxAds: whole('pod.maxAds', pod.maxAds, 1, MAX_BREAK_SLOTS),
      isExact: pod.isExact,
      slots:
        pod.kind === 'dynamic'
          ? []
          : pod.slots.map((slot, at) => ({
              kind: slot.kind,
              minDurationMs: seconds(`pod.slots[${at}]`, slot.min),
              maxDurationMs: seconds(`pod.slots[${at}]`, slot.max, 1),
            })),
      maxAdsPerAdvertiser: whole('pod.maxAdsPerAdvertiser', pod.maxAdsPerAdvertiser, 1, MAX_BREAK_SLOTS),
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
