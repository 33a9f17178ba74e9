import { type SnapshotBody, TRACKING_EVENTS } from '../server/src/kernel/delivery-protocol.ts';
import { newDecisionId } from '../server/src/skins/delivery/decision-id.ts';
import {
  SAMPLE_SECRET,
  sampleCreative,
  sampleLineItem,
  sampleSnapshot,
} from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { TokenSigner } from '../server/src/skins/delivery/tokens.ts';

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
const LENGTHS = [6_000, 15_000, 20_000, 30_000, 45_000, 60_000];

/**
 * A made-up installation: half of the line items target countries, a third devices, a third are paced evenly, and
 * creatives have six lengths. Budgets never run out, so that every request is a full decision.
 */
export function benchSnapshot(lineItems: number): SnapshotBody {
  const creatives = Array.from({ length: 200 }, (_, n) =>
    sampleCreative({ id: `crv_${n}`, durationMs: LENGTHS[n % LENGTHS.length]! }),
  );
  return sampleSnapshot({
    creatives,
    lineItems: Array.from({ length: lineItems }, (_, n) =>
      sampleLineItem({
        id: `li_${n}`,
        campaignId: `cmp_${n % 100}`,
        brandId: `brd_${n % 40}`,
        priority: 1 + ((n * 7) % 16),
        cpmMicros: (5 + ((n * 13) % 40)) * 1_000_000,
        pacing: n % 3 === 0 ? 'even' : 'asap',
        budgetMicros: n % 3 === 0 ? 9_000_000_000_000 : null,
        flights: [
          {
            id: `flt_${n}`,
            startAt: '2024-01-01T00:00:00Z',
            endAt: '2099-01-01T00:00:00Z',
            budgetMicros: null,
            spentMicros: 0,
          },
        ],
        targeting: [
          ...(n % 2 === 0
            ? [
                {
                  dimension: 'country',
                  operator: 'any_of' as const,
                  values: [0, 5, 11].map((step) => COUNTRIES[(n + step) % COUNTRIES.length]!),
                },
              ]
            : []),
          ...(n % 3 === 1
            ? [{ dimension: 'device', operator: 'any_of' as const, values: [DEVICES[n % DEVICES.length]!] }]
            : []),
        ],
        creatives: [0, 1, 2].map((step) => ({ creativeId: `crv_${(n * 3 + step) % 200}`, weight: 1 })),
      }),
    ),
  });
}

/** What a television behind the operator's proxy sends. */
export const PLAYER_HEADERS = {
  'User-Agent':
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) TV Safari/537.36',
  'X-Country': 'DE',
};

/** Paths of ad requests: the lengths and parameters a player varies. */
export function adPaths(): string[] {
  return Array.from(
    { length: 512 },
    (_, n) =>
      `/vast?pl=main&dur=${[15, 30, 60][n % 3]}&w=1920&h=1080&cb=${100_000 + n}&gdpr=0&us_privacy=1YNN`,
  );
}

const REPORTED = ['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete'] as const;

/** Paths of genuine pixels: six events of each of `decisions` made-up decisions, signed with the sample key. */
export function pixelPaths(decisions: number, atSeconds: number): string[] {
  const signer = new TokenSigner([{ kid: 'k1', secret: SAMPLE_SECRET, state: 'active' }]);
  return Array.from({ length: decisions }, (_, n) => {
    const random = Buffer.alloc(10);
    random.writeUInt32LE(n, 0);
    const tokens = signer.sign({
      accountId: 'acc_1',
      decisionId: newDecisionId(atSeconds, random),
      position: 1,
      creativeId: `crv_${n % 200}`,
      lineItemId: `li_${n % 1000}`,
      expiresSeconds: atSeconds + 14_400,
    });
    return REPORTED.map((event) => `/t/${tokens[TRACKING_EVENTS.indexOf(event)]}`);
  }).flat();
}
