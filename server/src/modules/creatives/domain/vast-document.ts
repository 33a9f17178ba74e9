import type { Vendor } from '@cuepoint/contract';
import {
  type AdVerification,
  MEASUREMENT_VENDORS,
  slot,
  type VastDocument,
  verificationFor,
} from '@cuepoint/vast';
import { TRACKING_EVENTS, VAST_SLOTS } from '../../../kernel/delivery-protocol.ts';
import type { UniversalAdIdValue } from './creative-values.ts';

/** What a document says about a creative, whoever asks for it. */
export interface VastSubject {
  creativeId: string;
  campaignId: string;
  brandId: string;
  name: string;
  advertiser: string;
  categories: readonly string[];
  universalAdId: UniversalAdIdValue;
  durationMs: number;
  vendors: readonly Vendor[];
  media: {
    url: string;
    mime: string;
    width: number;
    height: number;
    bitrateKbps: number;
    codec: string;
  };
}

/** The places that differ from one decision to the next. */
export interface VastAddresses {
  adId: string;
  adServingId: string;
  clickThrough: string;
  tracking: Readonly<Record<keyof typeof VAST_SLOTS.tracking, string>>;
}

export type BuiltVast =
  | { ok: true; document: VastDocument; warnings: string[] }
  | { ok: false; code: 'vendor.retired'; why: string };

const LINEAR_EVENTS = TRACKING_EVENTS.filter(
  (event) => event !== 'impression' && event !== 'error' && event !== 'click',
);
/** Whose list the category codes of a brand are from. */
const CATEGORY_AUTHORITY = 'https://iabtechlab.com';

/** All places left open, to be filled by a delivery node per decision. */
export const slotAddresses: VastAddresses = {
  adId: slot(VAST_SLOTS.adId),
  adServingId: slot(VAST_SLOTS.adServingId),
  clickThrough: slot(VAST_SLOTS.clickThrough),
  tracking: mapTracking((event) => slot(VAST_SLOTS.tracking[event])),
};

/**
 * All places filled so that the document can be read and linted, and nothing can be counted by it: a node refuses
 * tracking addresses that it did not sign.
 */
export function sampleAddresses(creativeId: string, publicUrl: string, landingPage: string): VastAddresses {
  return {
    adId: creativeId,
    adServingId: `sample-${creativeId}`,
    clickThrough: landingPage,
    tracking: mapTracking(
      (event) => `${publicUrl}/t/sample.${event}${event === 'error' ? '?code=[ERRORCODE]' : ''}`,
    ),
  };
}

/**
 * The VAST 4.2 document of a creative: one inline ad, one linear creative, one progressive file, every player event,
 * AdVerifications for the chosen vendors. Older versions are made from it by the serialiser.
 * @param legacyMoat takes the retired vendor, for documents that must reproduce an old tag
 */
export function buildVastDocument(
  subject: VastSubject,
  addresses: VastAddresses,
  { legacyMoat = false }: { legacyMoat?: boolean } = {},
): BuiltVast {
  const verifications: AdVerification[] = [];
  const warnings: string[] = [];
  for (const vendor of new Set(subject.vendors)) {
    const params = { clientId: subject.brandId, campaignId: subject.campaignId };
    const result = verificationFor(vendor, params, { legacyMoat });
    if (result.ok) {
      verifications.push(result.verification);
      warnings.push(...result.warnings);
    } else if (result.code === 'vendor_retired') {
      return { ok: false, code: 'vendor.retired', why: result.message };
    } else throw new Error(`no verification for ${vendor}: ${result.message}`);
  }
  const { media, universalAdId } = subject;
  const registered = universalAdId.idRegistry === 'ad-id.org' ? { adId: universalAdId.idValue } : {};
  const document: VastDocument = {
    version: '4.2',
    ads: [
      {
        kind: 'inline',
        id: addresses.adId,
        adType: 'video',
        adSystem: { name: 'Cuepoint', version: '1' },
        adServingId: addresses.adServingId,
        adTitle: printable(subject.name),
        advertiser: printable(subject.advertiser),
        impressions: [{ id: 'cuepoint', url: addresses.tracking.impression }],
        errorUrls: [addresses.tracking.error],
        categories: subject.categories.map((code) => ({ code, authority: CATEGORY_AUTHORITY })),
        adVerifications: verifications,
        creatives: [
          {
            id: subject.creativeId,
            sequence: 1,
            ...registered,
            universalAdIds: [{ idRegistry: universalAdId.idRegistry, value: universalAdId.idValue }],
            linear: {
              durationMs: subject.durationMs,
              trackingEvents: LINEAR_EVENTS.map((event) => ({ event, url: addresses.tracking[event] })),
              mediaFiles: [
                {
                  id: '1',
                  url: media.url,
                  delivery: 'progressive',
                  type: media.mime,
                  width: media.width,
                  height: media.height,
                  bitrateKbps: media.bitrateKbps,
                  codec: media.codec,
                  scalable: true,
                  maintainAspectRatio: true,
                },
              ],
              videoClicks: { clickThrough: { id: 'cuepoint', url: addresses.clickThrough } },
            },
          },
        ],
      },
    ],
  };
  return { ok: true, document, warnings };
}

/** What to know about the verification of these vendors before relying on it; null without vendors. */
export function verificationNote(vendors: readonly Vendor[]): string | null {
  const names = [...new Set(vendors)].map((vendor) => MEASUREMENT_VENDORS[vendor].name);
  if (names.length === 0) return null;
  return `${names.join(' and ')}: the script addresses are the customary public ones, advertiser and campaign are our ids; a vendor measures once it knows them.`;
}

function mapTracking(url: (event: keyof VastAddresses['tracking']) => string): VastAddresses['tracking'] {
  const events = Object.keys(VAST_SLOTS.tracking) as Array<keyof VastAddresses['tracking']>;
  return Object.fromEntries(events.map((event) => [event, url(event)])) as VastAddresses['tracking'];
}

/** Without the characters that XML cannot hold. */
function printable(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}
