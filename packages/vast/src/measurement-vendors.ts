import type { AdVerification } from './model.ts';
import { hasSlot } from './xml/slots.ts';

/** A measurement vendor whose OMID script can be put into an ad. */
export type MeasurementVendorKey = 'ias' | 'doubleverify' | 'moat';

/** What is known about a vendor, and the defaults used when the caller states nothing else. */
export interface MeasurementVendor {
  readonly key: MeasurementVendorKey;
  readonly name: string;
  /** `Verification@vendor`. Vendors assign it; players match their allow-lists against it. */
  readonly vendor: string;
  /** Default address of the OMID script. Replace it by the one in the vendor's own tag. */
  readonly scriptUrl: string;
  /** Names of the two ids in the vendor's parameter string. */
  readonly clientParameter: string;
  readonly campaignParameter: string;
  /** Last day of service, when the vendor has stopped. */
  readonly endedOn?: string;
}

/**
 * The vendors known by name. Addresses and parameter names are the customary public ones and are defaults
 * only: they belong to no account, and a campaign that is to be measured needs the tag its vendor issued.
 */
export const MEASUREMENT_VENDORS: Readonly<Record<MeasurementVendorKey, MeasurementVendor>> = {
  ias: {
    key: 'ias',
    name: 'Integral Ad Science',
    vendor: 'integralads.com-omid',
    scriptUrl: 'https://pixel.adsafeprotected.com/jload',
    clientParameter: 'anId',
    campaignParameter: 'campId',
  },
  doubleverify: {
    key: 'doubleverify',
    name: 'DoubleVerify',
    vendor: 'doubleverify.com-omid',
    scriptUrl: 'https://cdn.doubleverify.com/dvtp_src.js',
    clientParameter: 'ctx',
    campaignParameter: 'cmp',
  },
  moat: {
    key: 'moat',
    name: 'Oracle Moat',
    vendor: 'moat.com-omid',
    scriptUrl: 'https://z.moatads.com/moatvideo.js',
    clientParameter: 'partnerCode',
    campaignParameter: 'campaign',
    endedOn: '2024-09-30',
  },
};

/** What the caller knows about the measurement of one campaign. */
export interface VerificationParams {
  /** The advertiser's account at the vendor. */
  readonly clientId: string;
  readonly campaignId?: string;
  /** Further name/value pairs of the vendor's parameter string, in order. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The script address from the vendor's tag; https. */
  readonly scriptUrl?: string;
  /** `Verification@vendor` when it is not the default. */
  readonly vendor?: string;
  /** The whole parameter string as the vendor issued it; replaces the one built from the fields above. */
  readonly verificationParameters?: string;
  /** Called with [REASON] when a player cannot run the script. */
  readonly notExecutedUrl?: string;
  /** True when the script also runs in a browser without an OM SDK. */
  readonly browserOptional?: boolean;
}

/** Switches for `verificationFor`. */
export interface VerificationOptions {
  /** Accepts Moat, whose service has ended, for documents that must reproduce an old tag. */
  readonly legacyMoat?: boolean;
}

/** A verification with what should be said about it, or why there is none. */
export type VerificationResult =
  | { readonly ok: true; readonly verification: AdVerification; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly code: 'vendor_retired' | 'vendor_unknown' | 'params_invalid';
      readonly message: string;
    };

/** The warning that goes with every Moat resource. */
export const MOAT_RETIRED = 'Oracle Moat ended on 30 September 2024: its script measures nothing any more';

/** Builds the `Verification` of one vendor (VAST 4.2, sections 3.16 and 3.17). */
export function verificationFor(
  vendor: string,
  params: VerificationParams,
  options: VerificationOptions = {},
): VerificationResult {
  const known = Object.hasOwn(MEASUREMENT_VENDORS, vendor)
    ? MEASUREMENT_VENDORS[vendor as MeasurementVendorKey]
    : undefined;
  if (!known) {
    const message = `vendor "${vendor}" is not one of ${Object.keys(MEASUREMENT_VENDORS).join(', ')}`;
    return { ok: false, code: 'vendor_unknown', message };
  }
  if (known.endedOn !== undefined && !options.legacyMoat) {
    const message = `${MOAT_RETIRED}; use ias or doubleverify, or set legacyMoat to reproduce an old tag`;
    return { ok: false, code: 'vendor_retired', message };
  }
  const scriptUrl = params.scriptUrl ?? known.scriptUrl;
  const problem = problemWith(params, scriptUrl);
  if (problem !== undefined) return { ok: false, code: 'params_invalid', message: problem };
  const verification: AdVerification = {
    vendor: params.vendor ?? known.vendor,
    javaScriptResources: [
      { url: scriptUrl, apiFramework: 'omid', browserOptional: params.browserOptional ?? true },
    ],
    verificationParameters: params.verificationParameters ?? parameterString(known, params),
    ...(params.notExecutedUrl === undefined
      ? {}
      : { trackingEvents: [{ event: 'verificationNotExecuted', url: params.notExecutedUrl }] }),
  };
  return { ok: true, verification, warnings: known.endedOn === undefined ? [] : [MOAT_RETIRED] };
}

function problemWith(params: VerificationParams, scriptUrl: string): string | undefined {
  if (params.clientId.trim() === '') return "clientId is empty; it is the advertiser's account at the vendor";
  if (!/^https:\/\/[^\s/]+/.test(scriptUrl)) return `scriptUrl "${scriptUrl}" is not an https URL`;
  const { notExecutedUrl } = params;
  if (
    notExecutedUrl !== undefined &&
    !/^https?:\/\/[^\s/]+/.test(notExecutedUrl) &&
    !hasSlot(notExecutedUrl)
  ) {
    return `notExecutedUrl "${notExecutedUrl}" is not an http or https URL`;
  }
  return undefined;
}

function parameterString(vendor: MeasurementVendor, params: VerificationParams): string {
  const pairs: [string, string][] = [[vendor.clientParameter, params.clientId]];
  if (params.campaignId !== undefined) pairs.push([vendor.campaignParameter, params.campaignId]);
  pairs.push(...Object.entries(params.parameters ?? {}));
  // A slot, an id filled per request, must stay recognisable and is encoded by whoever fills it.
  return pairs
    .map(([name, value]) => `${name}=${hasSlot(value) ? value : encodeURIComponent(value)}`)
    .join('&');
}
