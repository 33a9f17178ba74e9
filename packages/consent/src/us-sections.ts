import { BitReader, isBase64Url } from './bits.ts';

/**
 * Layouts of the US sections of GPP, from their specifications (Global-Privacy-Platform, Sections/US-National and
 * Sections/US-States). Every field has two bits, lists two bits an entry:
 * `n` a notice that changes nothing here, `s` `h` `t` notice of the opportunity to opt out of sale, sharing, targeted
 * advertising; `S` `H` `T` those opt-outs; `D9.3` nine categories of sensitive data of which the third is precise
 * geolocation (`.0`: none is); `C2` two consents for known children; `P` service provider mode; `m` MSPA mode, 2 being
 * service provider; `x` anything else. A first field of six bits, the version, comes before them.
 */
const LAYOUTS: Readonly<Record<string, string>> = {
  '7.1': 'n s h t x x S H T D12.8 C2 x x x P',
  '7.2': 'n s h t x x S H T D16.8 C3 x x x P',
  '8.1': 's h x S H D9.3 C2 x x x P',
  '9.1': 'n s t S T D8.8 C1 x x P',
  '10.1': 'n s t S T D7.0 C1 x x P',
  '11.1': 'n s t x S T D8.8 C1 x x P',
  '12.1': 'n s t S T D8.8 C3 x x P',
  '13.1': 'n s t S T D8.8 C3 x x x P',
  '14.1': 'n s t S T D8.8 C3 x x x P',
  '15.1': 'n s t S T D11.11 C3 x x x P',
  '16.1': 'n s t S T D8.8 C1 x x x P',
  '17.1': 'n s t S T D9.8 C5 x x x P',
  '18.1': 'n s t x S T D8.8 C1 x x P',
  '19.1': 'n s t S T D8.8 C1 x x x P',
  '20.1': 'n s t S T D8.8 C3 x x x P',
  '21.1': 'n s t S T D10.8 C5 x x x P',
  '22.1': 'n s t S T D8.8 C1 x x x P',
  '23.1': 'n s t S T D8.8 C1 x x x P',
  '24.1': 'x m n s t S T x',
  '25.1': 'x m n s t S T C1 x',
  '26.1': 'x m n s t S T C1 x',
  '27.1': 'x m n s t S T C1 x',
};

/** Sections whose later segment is a GPC subsection. */
const WITH_GPC = new Set([7, 8, 10, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
/** Sections that keep the eight categories of sensitive data, the eighth precise geolocation, in a segment of their own. */
const WITH_SENSITIVE_SEGMENT = new Set([25, 26, 27]);

/** First and last id of the sections read here. */
export const FIRST_US_SECTION = 7;
export const LAST_US_SECTION = 27;

/** What a viewer chose under one US section. */
export interface UsChoices {
  optedOutOfSale: boolean;
  optedOutOfSharing: boolean;
  optedOutOfTargeting: boolean;
  /** A notice of the opportunity to opt out was owed and not given. */
  noticeMissing: boolean;
  /** A known child, and no consent for it. */
  childWithoutConsent: boolean;
  /** Precise geolocation refused, or opted out of. */
  preciseGeoRefused: boolean;
  /** The publisher declares that partners act as its service providers (MSPA): nothing across contexts. */
  serviceProviderMode: boolean;
  globalPrivacyControl: boolean;
}

export type DecodedUsSection =
  | { readonly ok: true; readonly value: Readonly<UsChoices> }
  | { readonly ok: false; readonly problem: 'malformed' | 'unsupported_version' };

interface Step {
  readonly code: string;
  readonly entries: number;
  /** Entry that is precise geolocation, from 1; 0 for none. */
  readonly geo: number;
}

const STEPS = new Map<string, readonly Step[]>(
  Object.entries(LAYOUTS).map(([key, layout]) => [
    key,
    layout.split(' ').map((word) => {
      const [entries, geo] = word.slice(1).split('.');
      return { code: word[0]!, entries: Number(entries || 1), geo: Number(geo ?? 0) };
    }),
  ]),
);

/** Reads the section `id` (7 to 27) of a GPP string. Opt-outs count when they are 1, and when they are 3, which is no value. */
export function decodeUsSection(id: number, text: string): DecodedUsSection {
  const segments = text.split('.', 8);
  if (segments.some((segment) => !isBase64Url(segment, 0, segment.length)))
    return { ok: false, problem: 'malformed' };
  let core = new BitReader(segments[0]!);
  let version = core.take(6);
  if (id >= 24) {
    // Specified with a header segment (section id, version, subsections) and a core that begins with the MSPA version;
    // some writers leave the header out. The two are told apart by the first six bits: a section id there, or no more
    // than a version.
    if (version === id) {
      version = core.take(6);
      segments.shift();
      core = new BitReader(segments[0] ?? '');
      core.skip(6);
    } else version = 1;
  }
  const steps = STEPS.get(`${id}.${version}`);
  if (core.isBroken) return { ok: false, problem: 'malformed' };
  if (!steps) return { ok: false, problem: 'unsupported_version' };
  const choices: UsChoices = {
    optedOutOfSale: false,
    optedOutOfSharing: false,
    optedOutOfTargeting: false,
    noticeMissing: false,
    childWithoutConsent: false,
    preciseGeoRefused: false,
    serviceProviderMode: false,
    globalPrivacyControl: false,
  };
  for (const step of steps)
    for (let entry = 1; entry <= step.entries; entry++) note(choices, step, entry, core.take(2));
  for (const segment of segments.slice(1)) readSegment(id, segment, choices);
  return core.isBroken ? { ok: false, problem: 'malformed' } : { ok: true, value: choices };
}

function note(choices: UsChoices, { code, geo }: Step, entry: number, value: number): void {
  const isOn = value === 1 || value === 3;
  if (code === 'S') choices.optedOutOfSale = isOn;
  else if (code === 'H') choices.optedOutOfSharing = isOn;
  else if (code === 'T') choices.optedOutOfTargeting = isOn;
  else if (code === 'D') choices.preciseGeoRefused ||= entry === geo && isOn;
  else if (code === 'C') choices.childWithoutConsent ||= isOn;
  else if (code === 'P') choices.serviceProviderMode = isOn;
  else if (code === 'm') choices.serviceProviderMode = value >= 2;
  else if (code === 's' || code === 'h' || code === 't') choices.noticeMissing ||= value >= 2;
}

function readSegment(id: number, segment: string, choices: UsChoices): void {
  const reader = new BitReader(segment);
  if (WITH_GPC.has(id)) {
    const isGpc = reader.take(2) === 1;
    if (isGpc && reader.take(1) === 1) choices.globalPrivacyControl = true;
  } else if (WITH_SENSITIVE_SEGMENT.has(id)) {
    reader.skip(14);
    const value = reader.take(2);
    if (value === 1 || value === 3) choices.preciseGeoRefused = true;
  }
}
