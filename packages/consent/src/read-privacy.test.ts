import { GppModel } from '@iabgpp/cmpapi';
import { PurposeRestriction, RestrictionType, Segment, SegmentEncoder, TCModel } from '@iabtcf/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_POLICY,
  DROP_REASONS,
  type PrivacyDecision,
  type PrivacyPolicy,
  type PrivacySignals,
  USES,
} from './model.ts';
import { readPrivacy, UNRESTRICTED } from './read-privacy.ts';

const VENDOR = 755;
const WITH_VENDOR: PrivacyPolicy = {
  ...DEFAULT_POLICY,
  tcfVendor: { id: VENDOR, legitimateInterest: [2, 7], flexible: [7] },
};

interface Tc {
  purposes?: number[];
  interests?: number[];
  features?: number[];
  vendors?: number[];
  vendorInterests?: number[];
  restriction?: [purpose: number, type: RestrictionType];
  policy?: number;
}
const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

function tc(given: Tc): string {
  const model = new TCModel();
  model.cmpId = 31;
  model.cmpVersion = 2;
  model.isServiceSpecific = true;
  model.publisherCountryCode = 'FR';
  model.purposeConsents.set(given.purposes ?? []);
  model.purposeLegitimateInterests.set(given.interests ?? []);
  model.specialFeatureOptins.set(given.features ?? []);
  model.vendorConsents.set(given.vendors ?? []);
  model.vendorLegitimateInterests.set(given.vendorInterests ?? []);
  if (given.restriction)
    model.publisherRestrictions.add(VENDOR, new PurposeRestriction(...given.restriction));
  Object.assign(model.publisherRestrictions, { gvl_: { vendorIds: new Set([VENDOR]) } });
  Object.assign(model, { vendorListVersion_: 48, policyVersion_: given.policy ?? 5 });
  return SegmentEncoder.encode(model, Segment.CORE);
}

const read = (signals: Partial<PrivacySignals>, policy: PrivacyPolicy = DEFAULT_POLICY) =>
  readPrivacy({ country: null, ...signals }, policy);
const allowed = ({ uses }: PrivacyDecision) => USES.filter((use) => uses[use]);
const reasons = ({ dropped }: PrivacyDecision) => [
  ...new Set(
    dropped.map(
      ({ why, signal, purpose }) => `${signal} ${why}${purpose === undefined ? '' : ` ${purpose}`}`,
    ),
  ),
];
const SESSION_ONLY = ['session'];

describe('readPrivacy', () => {
  it('allows everything when nothing is said outside Europe', () => {
    for (const country of [null, 'US', 'JP']) expect(read({ country })).toEqual(UNRESTRICTED);
    expect(allowed(UNRESTRICTED)).toEqual([...USES]);
    expect(read({ coppa: '0', lmt: '0', gpc: '0', gdpr: '0', usPrivacy: '1YNN', country: 'DE' })).toEqual(
      UNRESTRICTED,
    );
  });

  it.each([
    [{ coppa: '1' }, 'coppa coppa'],
    [{ coppa: 'true' }, 'coppa coppa'],
    [{ lmt: '1' }, 'lmt lmt'],
    [{ gpc: '1' }, 'sec-gpc gpc'],
    [{ usPrivacy: '1YYN' }, 'us_privacy us_opt_out_sale'],
    [{ usPrivacy: '1NNN' }, 'us_privacy us_notice_missing'],
    [{ country: 'FR' }, 'country gdpr_signal_missing'],
    [{ country: 'GB' }, 'country gdpr_signal_missing'],
    [{ gdpr: '1' }, 'gdpr_consent tcf_missing'],
    [{ gdpr: '1', gdprConsent: tc({ policy: 2, purposes: ALL }) }, 'gdpr_consent tcf_outdated'],
    [{ gppSid: '2' }, 'gpp:2 tcf_missing'],
    [{ gppSid: '7' }, 'gpp:7 us_section_missing'],
    [{ gpp: 'DBAA', gppSid: '8' }, 'gpp:8 us_section_missing'],
    [{ gpp: 'DBAA', gppSid: '5' }, 'gpp:5 gpp_section_unsupported'],
    [{ gpp: 'DBAA', gppSid: '200' }, 'gpp:200 gpp_section_unsupported'],
  ] as const)('leaves the session alone for %j', (signals, reason) => {
    const decision = read(signals);
    expect(allowed(decision)).toEqual(SESSION_ONLY);
    expect(reasons(decision)).toEqual([reason]);
  });

  it.each([
    [{ coppa: 'yes' }, 'coppa'],
    [{ lmt: '2' }, 'lmt'],
    [{ usPrivacy: 'garbage' }, 'us_privacy'],
    [{ usPrivacy: '1Y--' }, 'us_privacy'],
    [{ gdpr: '1', gdprConsent: '%%%' }, 'gdpr_consent'],
    [{ gdprConsent: 'BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA' }, 'gdpr_consent'],
    [{ gdpr: 'maybe' }, 'gdpr'],
    [{ gpp: 'nonsense' }, 'gpp'],
    [{ gpp: 'DBAA', gppSid: 'seven' }, 'gpp_sid'],
    [{ gpp: 'DBABL~zz' }, 'gpp:7'],
  ] as const)('takes what cannot be read for a refusal, and says so: %j', (signals, signal) => {
    const decision = read(signals);
    expect(allowed(decision)).toEqual(SESSION_ONLY);
    expect(decision.unreadable.map((one) => one.signal)).toEqual([signal]);
  });

  it('presumes by policy alone', () => {
    const open = { ...DEFAULT_POLICY, whenGdprSignalMissing: 'allow', whenUsNoticeMissing: 'allow' } as const;
    expect(read({ country: 'FR', usPrivacy: '1NNN' }, open)).toEqual(UNRESTRICTED);
    const closed = { ...DEFAULT_POLICY, whenCountryUnknown: 'restrict' } as const;
    expect(allowed(read({ country: null }, closed))).toEqual(SESSION_ONLY);
    expect(allowed(read({ country: 'US' }, closed))).toEqual([...USES]);
    const swiss = { ...DEFAULT_POLICY, gdprCountries: new Set(['CH']) };
    expect(allowed(read({ country: 'CH' }, swiss))).toEqual(SESSION_ONLY);
    expect(allowed(read({ country: 'FR' }, swiss))).toEqual([...USES]);
  });

  describe('TCF', () => {
    it.each([
      [ALL, [1], [...USES]],
      [ALL, [], USES.filter((use) => use !== 'precise_geo')],
      [[1, 2], [], ['ifa', 'household', 'supplied_id', 'session', 'profile_caps']],
      [[2], [1], ['session', 'precise_geo']],
      [[1, 3, 4], [], ['session', 'segments']],
      [[1, 3], [], SESSION_ONLY],
      [[1, 4], [], SESSION_ONLY],
      [[7], [], ['session', 'personal_log']],
      [[], [1], SESSION_ONLY],
    ])('purposes %j and features %j allow %j', (purposes, features, uses) => {
      for (const signals of [{ gdpr: '1' }, { country: 'DE' }, {}])
        expect(allowed(read({ ...signals, gdprConsent: tc({ purposes, features }) }))).toEqual(uses);
    });

    it('names each purpose that is missing', () => {
      expect(reasons(read({ gdpr: '1', gdprConsent: tc({ purposes: [1, 3] }) }))).toEqual([
        'gdpr_consent tcf_purpose 2',
        'gdpr_consent tcf_purpose 4',
        'gdpr_consent tcf_purpose 7',
        'gdpr_consent tcf_special_feature 1',
      ]);
    });

    it('asks the vendor by the basis it registered', () => {
      const full = {
        purposes: ALL,
        interests: [2, 7],
        features: [1],
        vendors: [VENDOR],
        vendorInterests: [VENDOR],
      };
      const uses = (change: Tc) => allowed(read({ gdprConsent: tc({ ...full, ...change }) }, WITH_VENDOR));
      const without = (...gone: string[]) => USES.filter((use) => !gone.includes(use));
      expect(uses({})).toEqual([...USES]);
      // 1, 3 and 4 by consent, 2 and 7 by interest.
      expect(uses({ vendors: [] })).toEqual(['session', 'precise_geo', 'personal_log']);
      expect(uses({ vendorInterests: [] })).toEqual(['session', 'segments']);
      expect(uses({ interests: [2] })).toEqual(without('personal_log'));
      expect(uses({ purposes: [1, 3, 4] })).toEqual([...USES]);
      // Restrictions: 7 is flexible, 2 is not.
      expect(uses({ restriction: [7, RestrictionType.NOT_ALLOWED] })).toEqual(without('personal_log'));
      expect(uses({ restriction: [7, RestrictionType.REQUIRE_CONSENT] })).toEqual([...USES]);
      expect(uses({ restriction: [7, RestrictionType.REQUIRE_CONSENT], purposes: [1, 3, 4] })).toEqual(
        without('personal_log'),
      );
      expect(uses({ restriction: [2, RestrictionType.REQUIRE_CONSENT] })).toEqual([
        'session',
        'segments',
        'personal_log',
      ]);
      expect(uses({ restriction: [4, RestrictionType.REQUIRE_LI] })).toEqual(without('segments'));
      expect(uses({ restriction: [2, RestrictionType.REQUIRE_LI] })).toEqual([...USES]);
    });

    it('drops a vendor that was not disclosed', () => {
      // Segment type 1, MaxVendorId 10, bit field, none set.
      const core = tc({ purposes: ALL, interests: [2, 7], vendors: [VENDOR], vendorInterests: [VENDOR] });
      const decision = read({ gdprConsent: `${core}.IAFAAAAA` }, WITH_VENDOR);
      expect(reasons(decision)).toEqual(['gdpr_consent tcf_vendor_not_disclosed']);
      expect(allowed(read({ gdprConsent: `${core}.IAFAAAAA` }))).not.toEqual(SESSION_ONLY);
    });

    it('is not asked when the publisher says that GDPR does not apply', () => {
      const decision = read({ gdpr: '0', gdprConsent: tc({}), country: 'DE' });
      expect(decision).toEqual(UNRESTRICTED);
    });
  });

  describe('GPP', () => {
    const model = new GppModel();
    model.setFieldValue('usnat', 'SaleOptOut', 2);
    model.setFieldValue('usca', 'SharingOptOut', 1);
    model.setFieldValue('usva', 'SensitiveDataProcessing', [0, 0, 0, 0, 0, 0, 0, 1]);
    model.setFieldValue('uspv1', 'OptOutSale', 'Y');
    const gpp = model.encode();

    it('reads the sections in force, and all of them when none is named', () => {
      expect(reasons(read({ gpp, gppSid: '7' }))).toEqual([]);
      expect(reasons(read({ gpp, gppSid: '8' }))).toEqual(['gpp:8 us_opt_out_sharing']);
      expect(reasons(read({ gpp, gppSid: '6' }))).toEqual(['gpp:6 us_opt_out_sale']);
      expect(read({ gpp, gppSid: '9' }).dropped).toEqual([
        { what: 'precise_geo', why: 'us_precise_geo', signal: 'gpp:9' },
      ]);
      for (const gppSid of [undefined, '0'])
        expect(reasons(read({ gpp, gppSid }))).toEqual([
          'gpp:6 us_opt_out_sale',
          'gpp:8 us_opt_out_sharing',
          'gpp:9 us_precise_geo',
        ]);
      expect(reasons(read({ gpp, gppSid: '-1' }))).toEqual([]);
    });

    it('carries TCF, which then answers for a European country', () => {
      const consent = tc({ purposes: ALL, features: [1] });
      for (const gppSid of [undefined, '2']) {
        const decision = read({ gpp: `DBABM~${consent}`, gppSid, country: 'DE' });
        expect(allowed(decision)).toEqual([...USES]);
        expect(decision.gdprApplies).toBe(true);
        expect(read({ gpp: `DBABM~${consent}`, gppSid, gdpr: '0' }).gdprApplies).toBe(true);
      }
      // Two TC strings that disagree: both must allow.
      expect(
        allowed(read({ gpp: `DBABM~${consent}`, gppSid: '2', gdprConsent: tc({ purposes: [7] }) })),
      ).toEqual(['session', 'personal_log']);
      // American sections say nothing about a European viewer.
      expect(reasons(read({ gpp, gppSid: '7', country: 'DE' }))).toEqual(['country gdpr_signal_missing']);
    });

    it('passes over sections of other countries unless they are in force', () => {
      const canada = 'DBABD~BPXuQIAPXuQIAAfKABENB';
      expect(read({ gpp: canada })).toEqual(UNRESTRICTED);
      expect(reasons(read({ gpp: canada, gppSid: '5' }))).toEqual(['gpp:5 gpp_section_unsupported']);
    });
  });

  const wild = fc.option(
    fc.oneof(
      fc.string(),
      fc.constantFrom('0', '1', '1YNN', '1YYY', '7', '2,7', '-1', 'DBABM~C', tc({ purposes: ALL })),
    ),
    { nil: undefined },
  );
  const anySignals = fc.record({
    gdpr: wild,
    gdprConsent: wild,
    usPrivacy: wild,
    gpp: wild,
    gppSid: wild,
    coppa: wild,
    lmt: wild,
    gpc: wild,
    country: fc.constantFrom(null, 'US', 'DE'),
  });

  it('decides on anything: declared reasons only, and each use that is gone has one', () => {
    fc.assert(
      fc.property(anySignals, fc.constantFrom(DEFAULT_POLICY, WITH_VENDOR), (signals, policy) => {
        const decision = readPrivacy(signals, policy);
        expect(decision.uses.session).toBe(true);
        const gone = new Set(decision.dropped.map(({ what }) => what));
        expect(allowed(decision)).toEqual(USES.filter((use) => !gone.has(use)));
        expect(decision.dropped.filter(({ why }) => !DROP_REASONS.includes(why))).toEqual([]);
        // `gdpr` says only whether TCF applies: unreadable, it does, and the TC string decides.
        for (const { signal } of decision.unreadable.filter((one) => one.signal !== 'gdpr'))
          expect(decision.dropped.some((one) => one.signal === signal)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('only ever loses by a further restriction', () => {
    fc.assert(
      fc.property(anySignals, fc.constantFrom('coppa', 'lmt', 'gpc'), (signals, flag) => {
        const stricter = readPrivacy({ ...signals, [flag]: '1' }, DEFAULT_POLICY);
        expect(allowed(stricter)).toEqual(SESSION_ONLY);
      }),
    );
  });
});
