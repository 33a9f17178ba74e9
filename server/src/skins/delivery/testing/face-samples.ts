import { slot, VAST_MACROS, type VastDocument } from '@cuepoint/vast';
import {
  type SnapshotCreative,
  type SnapshotPlacement,
  type SnapshotPodRule,
  VAST_SLOTS,
} from '../../../kernel/delivery-protocol.ts';

export const FACE_SECRET = Buffer.alloc(32, 9).toString('base64url');

/** A placement that takes anything, in an app of its own. */
export function facePlacement(
  over: Partial<SnapshotPlacement> & { id: string; key: string },
): SnapshotPlacement {
  return {
    accountId: 'acc_1',
    publisherId: 'pbl_1',
    name: over.key,
    hosts: [],
    isDefault: false,
    status: 'active',
    position: 'pre',
    minDurationMs: 5_000,
    maxDurationMs: 60_000,
    exactDurationsMs: [],
    format: 'linear_video',
    pod: null,
    floorCpmMicros: 0,
    floorCurrency: 'USD',
    durationFloors: [],
    minCpmPerSecondMicros: 0,
    allowedCategories: [],
    blockedCategories: [],
    blockedDomains: [],
    mimes: [],
    codecs: [],
    minBitrateKbps: 0,
    maxBitrateKbps: 100_000,
    clearance: null,
    app: {
      id: 'app_1',
      name: 'Example TV',
      bundle: 'com.example.tv',
      domain: null,
      network: 'Example',
      channel: null,
    },
    ...over,
  };
}

export const FACE_POD: SnapshotPodRule = {
  kind: 'dynamic',
  durationMs: 120_000,
  maxAds: 6,
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: 1,
  firstPermille: 1150,
  lastPermille: 1050,
  categorySeparation: 'pod',
  backups: 2,
};

/** Letters of several scripts and what XML and JSON must escape. */
export const AWKWARD_TITLE = 'Größe & <Straße> "日本" \'😀\' ]]>';

/** A tracker that asks for everything the standard has, each as `NAME=[NAME]`. */
export const ASKS_ALL_MACROS = `https://third.example/all?${VAST_MACROS.map(({ name }) => `${name}=[${name}]`).join('&')}`;

/** A creative whose document brings third-party addresses with macros along. */
export function faceCreative(
  id: string,
  durationMs: number,
  over: Partial<SnapshotCreative> = {},
): SnapshotCreative {
  const hash = Buffer.from(id.padEnd(32, '.')).toString('hex').slice(0, 64);
  const document: VastDocument = {
    version: '4.2',
    ads: [
      {
        kind: 'inline',
        id: slot(VAST_SLOTS.adId),
        adType: 'video',
        adSystem: { name: 'Cuepoint', version: '1' },
        adTitle: `${AWKWARD_TITLE} ${id}`,
        adServingId: slot(VAST_SLOTS.adServingId),
        impressions: [
          { id: 'cuepoint', url: slot(VAST_SLOTS.tracking.impression) },
          {
            id: 'third',
            url: `https://third.example/i?ifa=[IFA]&as=[ADSERVINGID]&b=%5BAPPBUNDLE%5D&cb=[CACHEBUSTING]&p=[PODSEQUENCE]&u=[PAGEURL]`,
          },
        ],
        errorUrls: [slot(VAST_SLOTS.tracking.error), 'https://third.example/e?code=[ERRORCODE]'],
        creatives: [
          {
            id,
            universalAdIds: [{ idRegistry: 'ad-id.org', value: 'CNPA0484000H' }],
            linear: {
              durationMs,
              trackingEvents: [
                ...Object.entries(VAST_SLOTS.tracking)
                  .filter(([event]) => event !== 'impression' && event !== 'error')
                  .map(([event, name]) => ({ event, url: slot(name) })),
                { event: 'start', url: 'https://third.example/start?x=1&y=2' },
                { event: 'complete', url: ASKS_ALL_MACROS },
                { event: 'progress', url: 'https://third.example/half', offset: { percent: 50 } },
              ],
              videoClicks: {
                clickThrough: { url: slot(VAST_SLOTS.clickThrough) },
                clickTracking: [{ url: 'https://third.example/click?a=[APPBUNDLE]' }],
              },
              mediaFiles: [
                {
                  url: `https://media.example/${hash}.mp4`,
                  delivery: 'progressive',
                  type: 'video/mp4',
                  width: 1920,
                  height: 1080,
                  bitrateKbps: 8000,
                  codec: 'avc1.640028',
                },
              ],
            },
          },
        ],
      },
    ],
  };
  const media = { hash, mime: 'video/mp4', codec: 'avc1.640028' };
  return {
    id,
    accountId: 'acc_1',
    name: AWKWARD_TITLE,
    status: 'approved',
    durationMs,
    mediaFiles: [
      { ...media, path: `${id}/low.mp4`, width: 640, height: 360, bitrateKbps: 900 },
      { ...media, path: `${id}/high.mp4`, width: 1920, height: 1080, bitrateKbps: 8000 },
    ],
    vast: document as unknown as Record<string, unknown>,
    clickThroughUrl: 'https://brand.example/landing?x=1',
    universalAdId: { idRegistry: 'ad-id.org', idValue: 'CNPA0484000H' },
    adDomain: 'brand.example',
    categories: ['IAB1'],
    fingerprint: hash,
    clearedFor: [],
    hls: { path: `${hash.slice(0, 2)}/${hash}.m3u8`, durationMs },
    ...over,
  };
}

/** Cannot be compiled: its document asks for a slot that nobody fills. */
export function unservableCreative(id: string, durationMs: number): SnapshotCreative {
  const creative = faceCreative(id, durationMs);
  const text = JSON.stringify(creative.vast).replaceAll(
    JSON.stringify(slot(VAST_SLOTS.adServingId)).slice(1, -1),
    JSON.stringify(slot('nobody')).slice(1, -1),
  );
  return { ...creative, vast: JSON.parse(text) as Record<string, unknown> };
}
