import { DEFAULT_POLICY, type Dropped, type PrivacyPolicy, type Use } from '@cuepoint/consent';
import type { DecisionRequest } from '../../../kernel/delivery-protocol.ts';
import { type Viewer, ViewerParams, viewerParamIndex } from '../viewer/index.ts';
import type { Facts } from './content-facts.ts';
import { PARAM_NAMES, type RequestParams } from './params.ts';

/** Macros of the standard that say what a parameter of the viewer reader says. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['ifatype', 'ifa_type'],
  ['gdprconsent', 'gdpr_consent'],
  ['gppstring', 'gpp'],
  ['gppsectionid', 'gpp_sid'],
  ['limitadtracking', 'lmt'],
  ['deviceua', 'ua'],
  ['deviceip', 'ip'],
  ['appbundle', 'bundle'],
]);

/** By number of a parameter, which parameters of the viewer it is; most are none. */
const MEANT: readonly (readonly number[])[] = PARAM_NAMES.map((name) =>
  [name, STAND_INS.get(name)].flatMap((one) => viewerParamIndex(one ?? '') ?? []),
);
const REGULATIONS = PARAM_NAMES.indexOf('regulations');

/** What a request says about its viewer, in the parameters of the viewer reader or in macros of the standard. */
export function viewerParams(params: RequestParams): ViewerParams {
  const viewer = new ViewerParams();
  const { given } = params;
  for (let at = 0; at < given.length; at++) {
    const number = given[at]!;
    const meant = MEANT[number]!;
    for (let one = 0; one < meant.length; one++) viewer.takeAt(meant[one]!, params.looseText(number));
    if (number === REGULATIONS) takeRegulations(viewer, params.looseText(number));
  }
  for (const [name, value] of params.again) {
    for (const index of MEANT[PARAM_NAMES.indexOf(name)] ?? []) viewer.takeAt(index, value);
    if (name === 'regulations') takeRegulations(viewer, value);
  }
  return viewer;
}

function takeRegulations(viewer: ViewerParams, value: string): void {
  for (const one of value.toLowerCase().split(',', 16))
    if (one.trim() === 'coppa' || one.trim() === 'gdpr') viewer.take(one.trim(), '1');
}

/** Accounts are read by the same rules; which vendor of the Global Vendor List one is, is its own. */
export function privacyPolicy(tcfVendorId: number | null): PrivacyPolicy {
  if (tcfVendorId === null) return DEFAULT_POLICY;
  return { ...DEFAULT_POLICY, tcfVendor: { id: tcfVendorId, legitimateInterest: [], flexible: [] } };
}

/** Dimensions that a use stands behind. */
const BEHIND: Partial<Readonly<Record<Use, string>>> = { segments: 'segment', precise_geo: 'postal' };

/** What the decision may know of the viewer, added to the facts of the content, and what privacy kept from it. */
export function viewerQuestion(
  viewer: Viewer,
  facts: Facts,
): Pick<DecisionRequest, 'facts' | 'withheld' | 'identity' | 'identityKind'> & {
  mayLog: boolean;
  session: string | null;
} {
  const { device, geo, identity, privacy } = viewer;
  facts.device = device.type;
  facts.segment = viewer.segments as string[];
  if (device.os !== null) facts.os = device.os;
  if (device.make !== null) facts.make = device.make;
  if (geo.country !== null) {
    facts.country = geo.country;
    if (geo.region !== null) facts.region = `${geo.country}-${geo.region}`;
    if (geo.city !== null) facts.city = `${geo.country}:${geo.city}`;
    if (geo.postal !== null) facts.postal = `${geo.country}:${geo.postal}`;
  }
  if (geo.dma !== null) facts.dma = geo.dma;
  return {
    facts,
    withheld: privacy.dropped.length === 0 ? [] : withheldOf(privacy.dropped),
    identity: identity.kind === 'none' ? null : hex(identity.hi) + hex(identity.lo),
    identityKind: identity.kind,
    mayLog: privacy.uses.personal_log,
    session: privacy.uses.personal_log ? sessionText(viewer) : null,
  };
}

function sessionText({ session }: Viewer): string | null {
  return session === null ? null : hex(session.hi) + hex(session.lo);
}

function withheldOf(dropped: readonly Dropped[]): string[] {
  const reasons = new Map<string, string>();
  for (const { what, why } of dropped) {
    // What no dimension stands for is named as it is, for explain.
    const name = BEHIND[what] ?? what;
    if (!reasons.has(name)) reasons.set(name, `${name}:${why}`);
  }
  return [...reasons.values()];
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(half: number): string {
  return HEX[half >>> 24]! + HEX[(half >>> 16) & 255]! + HEX[(half >>> 8) & 255]! + HEX[half & 255]!;
}
