import { type InlineAd, offsetToMs, slot, type VastDocument } from '@cuepoint/vast';
import { type SnapshotCreative, TRACKING_EVENTS } from '../../../kernel/delivery-protocol.ts';
import type { PlacedAd } from './decide.ts';
import { fillAddress, filledMacrosIn, macrosOfAd } from './server-macros.ts';

/*
 * For answers that are not VAST: who is to be told of what, as lists of addresses. Ours comes first; behind it those
 * that the creative's document brings along for somebody else.
 */

/** Addresses of others in a creative's document, and the verification that it asks for. */
interface Foreign {
  readonly byEvent: ReadonlyMap<string, readonly string[]>;
  readonly progress: readonly { readonly offsetSeconds: number | null; readonly url: string }[];
  readonly clickTracking: readonly string[];
  readonly verifications: readonly { vendor: string | null; url: string; parameters: string | null }[];
  /** Macros in any of these addresses that the node may fill. */
  readonly macros: readonly string[];
}

export interface Beacons {
  /** Every event of TRACKING_EVENTS but the click, always, and what else the creative asks for. */
  readonly tracking: Readonly<Record<string, readonly string[]>>;
  readonly progress: readonly { readonly offsetSeconds: number | null; readonly url: string }[];
  readonly clickThrough: string;
  readonly clickTracking: readonly string[];
  readonly verifications: Foreign['verifications'];
}

/** The events with an address of their own, without the click. */
const OWN_EVENTS = TRACKING_EVENTS.filter((event) => event !== 'click');
const CLICK = TRACKING_EVENTS.indexOf('click');
/** Stands before and after a slot's name: an address that holds one is ours. */
const SLOT_MARK = slot('x')[0]!;
const KNOWN = new WeakMap<SnapshotCreative, Foreign>();

/** `sequence` is its place in a break, from 1; undefined for an ad that stands by. */
export function beaconsOf(placed: PlacedAd, sequence: number | undefined): Beacons {
  const foreign = foreignOf(placed.creative);
  const fill = filler(placed, foreign.macros, sequence);
  const tracking: Record<string, string[]> = {};
  for (const event of OWN_EVENTS)
    tracking[event] = [
      placed.urls[TRACKING_EVENTS.indexOf(event)]!,
      ...(foreign.byEvent.get(event) ?? []).map(fill),
    ];
  for (const [event, urls] of foreign.byEvent) tracking[event] ??= urls.map(fill);
  return {
    tracking,
    progress: foreign.progress.map(({ offsetSeconds, url }) => ({ offsetSeconds, url: fill(url) })),
    clickThrough: placed.urls[CLICK]!,
    clickTracking: foreign.clickTracking.map(fill),
    verifications: foreign.verifications.map((one) => ({ ...one, url: fill(one.url) })),
  };
}

/** Puts values into one address of others; most ask for none. */
function filler(
  { macros, creative, decisionId }: PlacedAd,
  names: readonly string[],
  sequence: number | undefined,
): (url: string) => string {
  if (names.length === 0) return (url) => url;
  const values = macrosOfAd(names, macros, creative, decisionId, sequence);
  return (url) => fillAddress(url, values);
}

function foreignOf(creative: SnapshotCreative): Foreign {
  let found = KNOWN.get(creative);
  if (!found) {
    found = readForeign(creative);
    KNOWN.set(creative, found);
  }
  return found;
}

function readForeign(creative: SnapshotCreative): Foreign {
  const ad = (creative.vast as unknown as VastDocument).ads?.find(
    (one): one is InlineAd => one.kind === 'inline',
  );
  const byEvent = new Map<string, string[]>();
  const isForeign = (url: string) => !url.includes(SLOT_MARK);
  const add = (event: string, url: string) => {
    if (isForeign(url)) byEvent.set(event, [...(byEvent.get(event) ?? []), url]);
  };
  for (const { url } of ad?.impressions ?? []) add('impression', url);
  for (const url of ad?.errorUrls ?? []) add('error', url);
  const linears = (ad?.creatives ?? []).flatMap(({ linear }) => (linear ? [linear] : []));
  const progress: Foreign['progress'][number][] = [];
  for (const { event, url, offset } of linears.flatMap(({ trackingEvents }) => trackingEvents ?? [])) {
    if (event !== 'progress') add(event, url);
    else if (isForeign(url))
      progress.push({
        offsetSeconds: offset === undefined ? null : offsetToMs(offset, creative.durationMs) / 1000,
        url,
      });
  }
  const found = {
    byEvent,
    progress,
    clickTracking: linears
      .flatMap(({ videoClicks }) => videoClicks?.clickTracking ?? [])
      .map(({ url }) => url)
      .filter(isForeign),
    verifications: (ad?.adVerifications ?? []).flatMap(
      ({ vendor, javaScriptResources, verificationParameters }) =>
        (javaScriptResources ?? []).map(({ url }) => ({
          vendor,
          url,
          parameters: verificationParameters ?? null,
        })),
    ),
  };
  const urls = [
    ...[...byEvent.values()].flat(),
    ...[...progress, ...found.verifications].map(({ url }) => url),
    ...found.clickTracking,
  ];
  return { ...found, macros: filledMacrosIn(urls) };
}
