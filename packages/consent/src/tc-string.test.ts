import {
  PurposeRestriction,
  RestrictionType,
  Segment,
  SegmentEncoder,
  TCModel,
  TCString,
} from '@iabtcf/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTcString, MAX_TC_LENGTH } from './tc-string.ts';

/** Character 22 is TcfPolicyVersion; the example of the specification still carries 2 there, and F is 5. */
const withPolicy = (text: string, letter: string) => text.slice(0, 22) + letter + text.slice(23);
// The string of the specification, "TC String Format".
const SPECIFIED = withPolicy(
  'CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA',
  'F',
);

interface Choices {
  purposes: number[];
  interests: number[];
  features: number[];
  vendors: number[];
  vendorInterests: number[];
  restrictions: { purpose: number; vendor: number; type: RestrictionType }[];
}

/** A TC string as the reference library of IAB Europe writes it. */
function encode(choices: Choices): string {
  const model = new TCModel();
  model.cmpId = 31;
  model.cmpVersion = 2;
  model.isServiceSpecific = true;
  model.publisherCountryCode = 'DE';
  model.purposeConsents.set(choices.purposes);
  model.purposeLegitimateInterests.set(choices.interests);
  model.specialFeatureOptins.set(choices.features);
  model.vendorConsents.set(choices.vendors);
  model.vendorLegitimateInterests.set(choices.vendorInterests);
  for (const { purpose, vendor, type } of choices.restrictions)
    model.publisherRestrictions.add(vendor, new PurposeRestriction(purpose, type));
  // The encoder asks a vendor list which ids lie between two restricted ones.
  Object.assign(model.publisherRestrictions, {
    gvl_: { vendorIds: new Set(Array.from({ length: 200 }, (_, index) => index + 1)) },
  });
  (model as unknown as { vendorListVersion_: number }).vendorListVersion_ = 48;
  (model as unknown as { policyVersion_: number }).policyVersion_ = 5;
  return SegmentEncoder.encode(model, Segment.CORE);
}

const ids = (max: number, maxLength: number) =>
  fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength }).map((list) => list.sort((a, b) => a - b));
const choices = fc.record({
  purposes: ids(11, 11),
  interests: fc.subarray([2, 7, 8, 9, 10, 11]),
  features: ids(2, 2),
  vendors: ids(1200, 80),
  vendorInterests: ids(1200, 80),
  restrictions: fc.uniqueArray(
    fc.record({
      purpose: fc.integer({ min: 1, max: 11 }),
      vendor: fc.integer({ min: 1, max: 200 }),
      type: fc.constantFrom(
        RestrictionType.NOT_ALLOWED,
        RestrictionType.REQUIRE_CONSENT,
        RestrictionType.REQUIRE_LI,
      ),
    }),
    { maxLength: 6, selector: ({ purpose, vendor }) => `${purpose}.${vendor}` },
  ),
});
const bits = (list: readonly number[]) => list.reduce((sum, id) => sum | (1 << (id - 1)), 0);
const RESTRICTION = ['not_allowed', 'require_consent', 'require_legitimate_interest'];

describe('decodeTcString', () => {
  it('reads the string of the specification', () => {
    const decoded = decodeTcString(SPECIFIED, 202);
    expect(decoded).toMatchObject({
      ok: true,
      value: { cmpId: 880, policyVersion: 5, purposesConsent: 0, publisherCountry: 'DE' },
    });
  });

  it('reads what the reference library writes', () => {
    fc.assert(
      fc.property(choices, fc.integer({ min: 1, max: 1200 }), (chosen, vendorId) => {
        const decoded = decodeTcString(encode(chosen), vendorId);
        if (!decoded.ok) throw new Error(decoded.problem);
        const { value } = decoded;
        expect(value.cmpId).toBe(31);
        expect(value.policyVersion).toBe(5);
        expect(value.publisherCountry).toBe('DE');
        expect(value.purposesConsent).toBe(bits(chosen.purposes));
        expect(value.purposesLegitimateInterest).toBe(bits(chosen.interests));
        expect(value.specialFeatures).toBe(bits(chosen.features));
        expect(value.vendorConsent).toBe(chosen.vendors.includes(vendorId));
        expect(value.vendorLegitimateInterest).toBe(chosen.vendorInterests.includes(vendorId));
        expect(value.vendorDisclosed).toBeNull();
        expect([...value.restrictions].sort()).toEqual(
          chosen.restrictions
            .filter(({ vendor }) => vendor === vendorId)
            .map(({ purpose, type }) => [purpose, RESTRICTION[type]])
            .sort(),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('finds a vendor that is listed among others, in bit fields and in ranges', () => {
    for (const vendors of [
      [1, 2, 3, 5, 8, 9],
      [7, 900, 901, 902, 903, 904],
    ]) {
      const text = encode({
        purposes: [],
        interests: [],
        features: [],
        vendors,
        vendorInterests: [],
        restrictions: [],
      });
      for (let id = 1; id <= 910; id++)
        expect(decodeTcString(text, id)).toMatchObject({ value: { vendorConsent: vendors.includes(id) } });
    }
  });

  it('reads disclosed vendors', () => {
    const [core, disclosed] = SPECIFIED.split('.');
    const model = TCString.decode(SPECIFIED);
    const listed = [...model.vendorsDisclosed].filter(([, isHeld]) => isHeld).map(([id]) => id);
    expect(listed.length).toBeGreaterThan(0);
    for (let id = 1; id <= 820; id++)
      expect(decodeTcString(SPECIFIED, id)).toMatchObject({
        value: { vendorDisclosed: listed.includes(id) },
      });
    expect(decodeTcString(core!, listed[0]!)).toMatchObject({ value: { vendorDisclosed: null } });
    expect(decodeTcString(`${core}.${disclosed!.slice(0, 4)}`, 1)).toEqual({
      ok: false,
      problem: 'malformed',
    });
  });

  it.each([
    ['', 'malformed'],
    ['.', 'malformed'],
    ['C', 'malformed'],
    ['not a string', 'malformed'],
    [`${SPECIFIED}.`, 'malformed'],
    [SPECIFIED.slice(0, 30), 'malformed'],
    ['BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA', 'unsupported_version'],
    ['C'.repeat(MAX_TC_LENGTH + 1), 'malformed'],
    // Policy version 2, the string of the GPP specification.
    ['CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA', 'outdated_policy'],
  ])('refuses %s', (text, problem) => expect(decodeTcString(text, 1)).toEqual({ ok: false, problem }));

  it('never throws, and works through the longest string in bounded time', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 400 })),
        fc.option(fc.integer({ min: 1, max: 65535 })),
        (text, vendorId) => {
          decodeTcString(text, vendorId);
          decodeTcString(`C${text}`, vendorId);
        },
      ),
      { numRuns: 200 },
    );
    const started = performance.now();
    for (const filler of ['_', 'A', 'B', '8'])
      decodeTcString(SPECIFIED.slice(0, 38) + filler.repeat(MAX_TC_LENGTH - 38), 77);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
