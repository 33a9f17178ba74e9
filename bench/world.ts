import type { TargetingPredicate } from '@cuepoint/decisioning';
import {
  type SnapshotBody,
  type SnapshotLineItem,
  type SnapshotPodRule,
  TRACKING_EVENTS,
} from '../server/src/kernel/delivery-protocol.ts';
import { newDecisionId } from '../server/src/skins/delivery/decision-id.ts';
import {
  SAMPLE_SECRET,
  sampleAssignments,
  sampleCreative,
  sampleFlight,
  sampleLineItem,
  samplePlacement,
  sampleSnapshot,
} from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { type TokenClaims, TokenSigner } from '../server/src/skins/delivery/tokens.ts';
import { writeMmdb } from '../server/src/skins/delivery/viewer/mmdb.fixture.ts';

const COUNTRIES = [
  'US',
  'CA',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'SE',
  'PL',
  'BR',
  'MX',
  'JP',
  'AU',
  'IN',
  'AT',
];
const DEVICES = ['ctv', 'console', 'phone', 'desktop'];
/** As spots are sold: most are of 15 or 30 s. */
const LENGTHS = [6_000, 15_000, 15_000, 20_000, 30_000, 30_000, 45_000, 60_000];
const CREATIVES_OF_A_BRAND = 6;

/** A number from 0 to `below`, by line item and trait, so that no trait of a line item tells another. */
function trait(n: number, salt: number, below: number): number {
  let mixed = Math.imul(n ^ (salt * 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
}

/**
 * A made-up installation: half of the line items target countries, a third devices, a third are paced evenly, a quarter
 * capped for a line item, campaign, brand or creative, a sixth run by the hours of a week, a fifth have a budget for each
 * day, one in 200 is a sponsorship with a share. A brand has 25 line items or so and six creatives, of which a line item
 * shows three, mostly of two lengths. Budgets never run out, so that every request is a full decision.
 */
export function benchSnapshot(lineItems: number): SnapshotBody {
  const brands = Math.max(40, Math.round(lineItems / 25));
  const creatives = Array.from({ length: brands * CREATIVES_OF_A_BRAND }, (_, n) => {
    const brand = Math.floor(n / CREATIVES_OF_A_BRAND);
    return sampleCreative({
      id: `crv_${n}`,
      durationMs: LENGTHS[trait(n, 1, LENGTHS.length)]!,
      adDomain: `brand${brand}.example`,
      categories: [`IAB${1 + trait(brand, 2, 24)}`],
      fingerprint: `${n}`,
    });
  });
  return sampleSnapshot({
    placements: [
      samplePlacement({ maxDurationMs: 60_000, floorCpmMicros: 1_000_000 }),
      samplePlacement({
        id: 'plc_pod',
        key: 'pod',
        hosts: [],
        isDefault: false,
        pod: { ...BENCH_POD, maxAds: 8, durationMs: 240_000 },
      }),
    ],
    creatives,
    lineItems: Array.from({ length: lineItems }, (_, n) => {
      const brand = trait(n, 3, brands);
      const isSponsorship = trait(n, 21, 200) === 0;
      return sampleLineItem({
        id: `li_${n}`,
        type: isSponsorship ? 'sponsorship' : 'standard',
        sharePercent: isSponsorship ? 1 + trait(n, 22, 20) : null,
        campaignId: `cmp_${brand * 2 + trait(n, 4, 2)}`,
        brandId: `brd_${brand}`,
        priority: 1 + trait(n, 5, 16),
        cpmMicros: 5_000_000 + trait(n, 6, 4000) * 10_000,
        pacing: n % 3 === 0 ? 'even' : 'asap',
        budgetMicros: n % 3 === 0 ? 9_000_000_000_000 : null,
        flights: [
          sampleFlight(`${n}`, {
            startAt: '2024-01-01T00:00:00Z',
            budgetMicros: null,
            dailyBudgetMicros: trait(n, 23, 5) === 0 ? 900_000_000_000 : null,
          }),
        ],
        dayparts: trait(n, 24, 6) === 0 ? EVERY_HOUR : [],
        targeting: { all: predicates(n) },
        frequencyCaps: trait(n, 7, 4) === 0 ? [CAPS[trait(n, 25, CAPS.length)]!] : [],
        separation: {
          scope: trait(n, 29, 4) === 0 ? 'stream' : 'pod',
          labels: trait(n, 8, 9) === 0 ? [`label${trait(n, 9, 5)}`] : [],
        },
        creatives: sampleAssignments(
          ...[0, 1, 2].map(
            (step) =>
              `crv_${brand * CREATIVES_OF_A_BRAND + ((trait(n, 10, CREATIVES_OF_A_BRAND) + step) % CREATIVES_OF_A_BRAND)}`,
          ),
        ),
      });
    }),
  });
}

const CAPS: readonly SnapshotLineItem['frequencyCaps'][number][] = [
  { scope: 'line_item', limit: 3, unit: 'day', count: 1 },
  { scope: 'line_item', limit: 2, unit: 'hour', count: 1 },
  { scope: 'campaign', limit: 9, unit: 'week', count: 1 },
  { scope: 'brand', limit: 20, unit: 'day', count: 7 },
  { scope: 'creative', limit: 1, unit: 'minute', count: 30 },
];

/** Hours as they are sold, together the whole week: whenever the bench runs, all of them are looked at. */
const EVERY_HOUR: SnapshotLineItem['dayparts'] = [
  { days: [1, 2, 3, 4, 5], fromMinute: 0, toMinute: 1080 },
  { days: [1, 2, 3, 4, 5], fromMinute: 1080, toMinute: 1440 },
  { days: [6, 7], fromMinute: 0, toMinute: 1440 },
];

/** Up to six spots in three minutes, as a long mid-roll break is sold. */
export const BENCH_POD: SnapshotPodRule = {
  kind: 'dynamic',
  durationMs: 180_000,
  maxAds: 6,
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: 1,
  firstPermille: 1000,
  lastPermille: 1000,
  categorySeparation: 'pod',
  backups: 0,
};

/** Half target countries, a third devices, a fifth genres, a seventh leave channels out, some ask for segments or key values. */
function predicates(n: number): TargetingPredicate[] {
  const wanted: TargetingPredicate[] = [];
  const add = (dimension: string, values: string[], operator: 'any_of' | 'none_of' = 'any_of') =>
    wanted.push({ dimension, operator, values });
  if (trait(n, 11, 2) === 0) {
    const country = trait(n, 12, COUNTRIES.length);
    add(
      'country',
      [0, 5, 11].map((step) => COUNTRIES[(country + step) % COUNTRIES.length]!),
    );
  }
  if (trait(n, 13, 3) === 0) add('device', [DEVICES[trait(n, 14, DEVICES.length)]!]);
  if (trait(n, 15, 5) === 0) add('genre', ['drama', 'news', 'sports'].slice(trait(n, 16, 2)));
  if (trait(n, 17, 7) === 0) add('channel', [`channel ${trait(n, 18, 12)}`], 'none_of');
  if (trait(n, 26, 9) === 0) add('segment', [`s${trait(n, 27, 40)}`, `s${trait(n, 28, 40)}`]);
  if (trait(n, 19, 11) === 0) {
    const show = trait(n, 20, 30);
    add('key_value', [`show=${show}`, `show=${show + 1}`]);
  }
  return wanted;
}

/** What a television behind the operator's proxy sends; where it stands is in the location database. */
export const PLAYER_HEADERS = {
  'User-Agent':
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) TV Safari/537.36',
  'X-Forwarded-For': '203.0.113.77',
};

/** A location database of some thousand networks, with the player's among them. */
export function benchPlaces(): Buffer {
  const place = (country: string, city: string, postal: string) => ({
    country: { iso_code: country },
    subdivisions: [{ iso_code: 'BE' }],
    city: { names: { en: city } },
    postal: { code: postal },
  });
  return writeMmdb({
    type: 'GeoIP2-City',
    networks: [
      ...Array.from(
        { length: 4000 },
        (_, n) =>
          [
            `${20 + (n >> 8)}.${n & 255}.0.0/16`,
            place(COUNTRIES[n % COUNTRIES.length]!, `Town ${n % 97}`, `${10_000 + n}`),
          ] as const,
      ),
      ['203.0.113.0/24', place('DE', 'Berlin', '10115')],
    ],
  });
}

/** Consent to every purpose, as a consent platform writes it (IAB TCF 2.2). */
const CONSENT = 'CQuf10AQuf10AAfACAENAwFoAP_gAAAAAAYgAAAAAAAA';

/** Paths of ad requests: the lengths and parameters a player varies. */
export function adPaths(): string[] {
  return Array.from(
    { length: 512 },
    (_, n) =>
      `/vast?pl=main&dur=${[15, 30, 60][n % 3]}&w=1920&h=1080&cb=${100_000 + n}&${n % 3 === 0 ? `gdpr=1&gdpr_consent=${CONSENT}` : 'gdpr=0&us_privacy=1YNN'}&ifa=${viewer(n)}&lmt=0&genre=drama&channel=channel%20${n % 15}&kv.show=${n % 30}${n % 8 === 0 ? `&sid=stream-${n}` : ''}${n % 4 === 0 ? `&seg=s${n % 40},s${n % 7}` : ''}`,
  );
}

/** Paths of requests for a break of up to so many spots, half a minute each. */
export function podPaths(most: number): string[] {
  return adPaths().map(
    (path) =>
      `${path.replace('pl=main', 'pl=pod').replace(/dur=\d+/, 'dur=60')}&pod=1&poddur=${most * 30}&maxads=${most}`,
  );
}

/** One of many televisions: more than any cap can wear out. */
function viewer(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

const REPORTED = ['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete'] as const;

/** How many ads play at a time: their events come one ad after the other, and not one ad's all at once. */
const SCREENS = 4000;

/** Paths of genuine pixels: six events of each of `decisions` made-up decisions, signed with the sample key. */
export function pixelPaths(decisions: number, atSeconds: number): string[] {
  const signer = new TokenSigner([{ kid: 'k1', secret: SAMPLE_SECRET, state: 'active' }]);
  const paths: string[] = [];
  for (let first = 0; first < decisions; first += SCREENS) {
    const playing = Array.from({ length: Math.min(SCREENS, decisions - first) }, (_, n) =>
      signer.sign(pixelClaims(first + n, atSeconds)),
    );
    for (const event of REPORTED)
      for (const tokens of playing) paths.push(`/t/${tokens[TRACKING_EVENTS.indexOf(event)]}`);
  }
  return paths;
}

function pixelClaims(n: number, atSeconds: number): TokenClaims {
  const random = Buffer.alloc(10);
  random.writeUInt32LE(n, 0);
  return {
    accountId: 'acc_1',
    decisionId: newDecisionId(atSeconds, random),
    position: 1,
    creativeId: `crv_${n % 200}`,
    lineItemId: `li_${n % 1000}`,
    viewer: {
      country: 'US',
      deviceType: 'ctv',
      identity: [random.readUInt32LE(0), n],
      identityKind: 'ifa',
    },
    expiresSeconds: atSeconds + 14_400,
  };
}
