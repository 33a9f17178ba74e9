import type { Ad, InlineCreative, TrackingEvent, VastDocument, WrapperCreative } from '@cuepoint/vast';
import { offsetToMs } from '@cuepoint/vast';

/** One address that a player calls, with the moment it calls it. */
export interface Tracker {
  adIndex: number;
  /** impression, error, start, progress, clickTracking and so on. */
  event: string;
  /** From the start of the ad, ms; null when it depends on the viewer or on a failure. */
  atMs: number | null;
  url: string;
  /** Whose it is: the ad itself, or what belongs to it. */
  owner: 'ad' | 'linear' | 'companion' | 'overlay' | 'icon' | 'verification';
}

const quartiles: Readonly<Record<string, number>> = {
  creativeView: 0,
  loaded: 0,
  start: 0,
  firstQuartile: 0.25,
  midpoint: 0.5,
  thirdQuartile: 0.75,
  complete: 1,
};

/** Every tracker of a document, in the order of the ads and of the moments. */
export function trackersOf(document: VastDocument): Tracker[] {
  return document.ads.flatMap((ad, adIndex) =>
    ofAd(ad, adIndex)
      .map((tracker, at) => ({ tracker, at }))
      .sort(
        (a, b) =>
          (a.tracker.atMs ?? Number.MAX_SAFE_INTEGER) - (b.tracker.atMs ?? Number.MAX_SAFE_INTEGER) ||
          a.at - b.at,
      )
      .map(({ tracker }) => tracker),
  );
}

function ofAd(ad: Ad, adIndex: number): Tracker[] {
  const made = (
    owner: Tracker['owner'],
    event: string,
    atMs: number | null,
    urls: readonly (string | undefined)[],
  ): Tracker[] =>
    urls.filter((url) => url !== undefined).map((url) => ({ adIndex, owner, event, atMs, url }));
  const view = ad.viewableImpression;
  const creatives: readonly (InlineCreative | WrapperCreative)[] = ad.creatives ?? [];
  return [
    ...made(
      'ad',
      'impression',
      0,
      ad.impressions.map((one) => one.url),
    ),
    ...made('ad', 'viewable', null, view?.viewable ?? []),
    ...made('ad', 'notViewable', null, view?.notViewable ?? []),
    ...made('ad', 'viewUndetermined', null, view?.viewUndetermined ?? []),
    ...made('ad', 'error', null, ad.errorUrls ?? []),
    ...(ad.adVerifications ?? []).flatMap((one) =>
      (one.trackingEvents ?? []).flatMap((event) => made('verification', event.event, null, [event.url])),
    ),
    ...creatives.flatMap((creative) => {
      const { linear, nonLinearAds, companionAds } = creative;
      const durationMs = linear && 'durationMs' in linear ? linear.durationMs : null;
      const clicks = linear?.videoClicks;
      return [
        ...(linear?.trackingEvents ?? []).flatMap((event) =>
          made('linear', event.event, momentOf(event, durationMs), [event.url]),
        ),
        ...made('linear', 'clickThrough', null, [clicks?.clickThrough?.url]),
        ...made(
          'linear',
          'clickTracking',
          null,
          (clicks?.clickTracking ?? []).map((one) => one.url),
        ),
        ...made(
          'linear',
          'customClick',
          null,
          (clicks?.customClicks ?? []).map((one) => one.url),
        ),
        ...(linear?.icons ?? []).flatMap((icon) => [
          ...made('icon', 'iconView', null, icon.viewTrackingUrls ?? []),
          ...made(
            'icon',
            'iconClickTracking',
            null,
            (icon.clickTracking ?? []).map((one) => one.url),
          ),
        ]),
        ...(nonLinearAds?.trackingEvents ?? []).flatMap((event) =>
          made('overlay', event.event, null, [event.url]),
        ),
        ...(nonLinearAds?.nonLinears ?? []).flatMap((one) =>
          made(
            'overlay',
            'clickTracking',
            null,
            (one.clickTracking ?? []).map((click) => click.url),
          ),
        ),
        ...(companionAds?.companions ?? []).flatMap((companion) => [
          ...(companion.trackingEvents ?? []).flatMap((event) =>
            made('companion', event.event, null, [event.url]),
          ),
          ...made(
            'companion',
            'clickTracking',
            null,
            (companion.clickTracking ?? []).map((one) => one.url),
          ),
        ]),
      ];
    }),
  ];
}

function momentOf(event: TrackingEvent, durationMs: number | null): number | null {
  if (event.event === 'progress')
    return event.offset ? (offsetToMs(event.offset, durationMs ?? 0) ?? null) : null;
  const share = quartiles[event.event];
  if (share === undefined) return null;
  if (share === 0) return 0;
  return durationMs === null ? null : Math.round(durationMs * share);
}

/** Trackers whose moment has come between two positions of the player; the start itself counts once. */
export function dueTrackers(trackers: readonly Tracker[], fromMs: number, untilMs: number): Tracker[] {
  return trackers.filter(
    ({ atMs, owner }) =>
      atMs !== null && (owner === 'ad' || owner === 'linear') && atMs > fromMs && atMs <= untilMs,
  );
}
