/** What an ad server may want to use of a viewer. */
export const USES = [
  /** The advertising id of the device. */
  'ifa',
  /** A key for the household, from address and kind of device. */
  'household',
  /** An id that the publisher supplied. */
  'supplied_id',
  /** The id of this viewing session: it names a stream and ends with it. */
  'session',
  /** Audience segments and declared demographics. */
  'segments',
  /** A place finer than a city: the postal code. */
  'precise_geo',
  /** Frequency caps that outlive the session. */
  'profile_caps',
  /** Fields of the log that are about a person: hashed identity, segments, precise place. */
  'personal_log',
] as const;
export type Use = (typeof USES)[number];

/** Why something was dropped. Stable: explanations and reports are kept. */
export const DROP_REASONS = [
  'coppa',
  'lmt',
  'gpc',
  'us_opt_out_sale',
  'us_opt_out_sharing',
  'us_opt_out_targeting',
  'us_notice_missing',
  'us_service_provider',
  'us_known_child',
  'us_precise_geo',
  'us_malformed',
  'us_section_missing',
  'gpp_malformed',
  'gpp_section_unsupported',
  'gdpr_signal_missing',
  'tcf_missing',
  'tcf_malformed',
  'tcf_outdated',
  'tcf_vendor',
  'tcf_vendor_not_disclosed',
  'tcf_purpose',
  'tcf_special_feature',
  'tcf_publisher_restriction',
  'signal_malformed',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** One use that one signal forbids. */
export interface Dropped {
  readonly what: Use;
  readonly why: DropReason;
  /** The signal that said so, e.g. `gdpr_consent`, `us_privacy`, `gpp:7`, `coppa`, `sec-gpc`, `country`. */
  readonly signal: string;
  /** Purpose or special feature of TCF that is not granted; absent for other reasons. */
  readonly purpose?: number;
}

/** A signal that could not be read and was therefore taken as a refusal. */
export interface UnreadableSignal {
  readonly signal: string;
  readonly problem:
    | 'malformed'
    | 'unsupported_version'
    | 'outdated_policy'
    | 'unsupported_section'
    | 'missing';
}

/** Signals as they came, unread; undefined when absent. Any text is allowed. */
export interface PrivacySignals {
  /** 1: GDPR applies; 0: it does not. */
  readonly gdpr?: string | undefined;
  /** TC string of TCF v2.x. */
  readonly gdprConsent?: string | undefined;
  readonly usPrivacy?: string | undefined;
  readonly gpp?: string | undefined;
  /** Ids of the GPP sections in force, comma separated. */
  readonly gppSid?: string | undefined;
  /** 1: the audience is children under 13. */
  readonly coppa?: string | undefined;
  /** 1: the viewer limited ad tracking. */
  readonly lmt?: string | undefined;
  /** Global Privacy Control: the header `Sec-GPC`, or the parameter `gpc`. Only 1 means something. */
  readonly gpc?: string | undefined;
  /** Country of the viewer, ISO 3166-1 alpha-2 in upper case; null when unknown. */
  readonly country: string | null;
}

/** How an account wants signals to be read. Data: it may come from settings. */
export interface PrivacyPolicy {
  /** Our id in the Global Vendor List, with what we registered there; null when we process for the publisher alone. */
  readonly tcfVendor: {
    readonly id: number;
    /** Purposes whose registered basis is legitimate interest; only 2 and 7 to 11 can be. */
    readonly legitimateInterest: readonly number[];
    /** Purposes registered as flexible: a publisher may change their basis. */
    readonly flexible: readonly number[];
  } | null;
  /** Where GDPR is taken to apply when a request does not say. */
  readonly gdprCountries: ReadonlySet<string>;
  /** What a request without GDPR signals from there is worth; `restrict` is as if consent was refused. */
  readonly whenGdprSignalMissing: 'restrict' | 'allow';
  /** The same for a viewer whose country is not known. */
  readonly whenCountryUnknown: 'restrict' | 'allow';
  /** Whether a US notice that was owed and not given counts as an opt-out. */
  readonly whenUsNoticeMissing: 'restrict' | 'allow';
}

/** What may be used, and what not and why. Frozen, and shared between requests with the same signals. */
export interface PrivacyDecision {
  readonly uses: Readonly<Record<Use, boolean>>;
  readonly dropped: readonly Dropped[];
  readonly unreadable: readonly UnreadableSignal[];
  /** True when TCF was asked: GDPR applies by what the request says or by its country. */
  readonly gdprApplies: boolean;
}

/**
 * European Economic Area and United Kingdom, with those parts of member states that have a code of their own and in
 * which Union law applies (TFEU article 355).
 */
export const GDPR_COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB ' +
    'AX GF GP MF MQ RE YT'
  ).split(' '),
);

export const DEFAULT_POLICY: PrivacyPolicy = Object.freeze({
  tcfVendor: null,
  gdprCountries: GDPR_COUNTRIES,
  whenGdprSignalMissing: 'restrict',
  whenCountryUnknown: 'allow',
  whenUsNoticeMissing: 'restrict',
});
