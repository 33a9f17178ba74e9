import {
  DEFAULT_POLICY,
  type Dropped,
  type PrivacyDecision,
  type PrivacyPolicy,
  type Use,
} from '@cuepoint/consent';
import type { DecisionRequest } from '../../../kernel/delivery-protocol.ts';
import { type Viewer, ViewerParams } from '../viewer/index.ts';
import type { Facts } from './content-facts.ts';
import type { RequestParams } from './params.ts';

/** Macros of the standard that say what a parameter of the viewer reader says. */
const STAND_INS: Readonly<Record<string, string>> = {
  ifatype: 'ifa_type',
  gdprconsent: 'gdpr_consent',
  gppstring: 'gpp',
  gppsectionid: 'gpp_sid',
  limitadtracking: 'lmt',
  deviceua: 'ua',
  deviceip: 'ip',
  appbundle: 'bundle',
};

/** What a request says about its viewer, in the parameters of the viewer reader or in macros of the standard. */
export function viewerParams(params: RequestParams): ViewerParams {
  return ViewerParams.fromQuery({
    forEach(visit) {
      params.forEach((value, name) => {
        visit(value, name);
        if (Object.hasOwn(STAND_INS, name)) visit(value, STAND_INS[name]!);
        else if (name === 'regulations')
          for (const one of value.toLowerCase().split(',', 16))
            if (one.trim() === 'coppa' || one.trim() === 'gdpr') visit('1', one.trim());
      });
    },
  });
}

/** Accounts are read by the same rules; which vendor of the Global Vendor List one is, is its own. */
export function privacyPolicy(tcfVendorId: number | null): PrivacyPolicy {
  if (tcfVendorId === null) return DEFAULT_POLICY;
  return { ...DEFAULT_POLICY, tcfVendor: { id: tcfVendorId, legitimateInterest: [], flexible: [] } };
}

/** Dimensions that a use stands behind. */
const BEHIND: Partial<Readonly<Record<Use, string>>> = { segments: 'segment', precise_geo: 'postal' };

/** What the decision may know of the viewer, and what privacy kept from it. */
export function viewerQuestion(
  viewer: Viewer,
  content: Facts,
): Pick<DecisionRequest, 'facts' | 'withheld' | 'identity' | 'identityKind' | 'mayLogViewer'> {
  const { device, geo, identity, privacy } = viewer;
  const facts: Facts = { ...content, device: device.type, segment: [...viewer.segments] };
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
    ...(privacy.uses.personal_log ? {} : { mayLogViewer: false }),
  };
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

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}

/** VAST 4.2 section 6.1: known, and not told. */
const WITHHELD = '-2';

/** The macros of a request as third parties may have them: what privacy keeps from us is kept from them. */
export function permittedMacros(
  macros: Readonly<Record<string, string>>,
  { uses }: PrivacyDecision,
): Readonly<Record<string, string>> {
  if (uses.ifa && uses.precise_geo && uses.household) return macros;
  const permitted = { ...macros };
  const keep = (name: string) => {
    if (permitted[name] !== undefined) permitted[name] = WITHHELD;
  };
  if (!uses.ifa) keep('IFA');
  if (!uses.precise_geo) keep('LATLONG');
  if (!uses.household) keep('DEVICEIP');
  return permitted;
}
