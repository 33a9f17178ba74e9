import { GppModel } from '@iabgpp/cmpapi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGpp, MAX_GPP_LENGTH, readSectionIds } from './gpp.ts';
import { decodeUsPrivacy } from './us-privacy.ts';
import { decodeUsSection, type UsChoices } from './us-sections.ts';

const NAMES: Readonly<Record<number, string>> = {
  7: 'usnat',
  8: 'usca',
  9: 'usva',
  10: 'usco',
  11: 'usut',
  12: 'usct',
  13: 'usfl',
  14: 'usmt',
  15: 'usor',
  16: 'ustx',
  17: 'usde',
  18: 'usia',
  19: 'usne',
  20: 'usnh',
  21: 'usnj',
  22: 'ustn',
  23: 'usmn',
  24: 'usmd',
  25: 'usin',
  26: 'usky',
  27: 'usri',
};
const SECTIONS = Object.keys(NAMES).map(Number);
/** Entry of the sensitive categories that is precise geolocation, from the sections' specifications; others: the 8th. */
const GEO: Readonly<Record<number, number>> = { 8: 3, 10: 0, 15: 11, 24: 0 };

/** Sets a field if the section has it; a list is filled with `others` but for one entry. */
function set(
  model: GppModel,
  section: string,
  field: string,
  value: number | boolean,
  entry?: number,
): boolean {
  if (!model.hasSection(section)) model.setFieldValue(section, 'SaleOptOut', 0);
  let present: unknown;
  try {
    present = model.getFieldValue(section, field);
  } catch {
    return false;
  }
  if (present === undefined) return false;
  if (!Array.isArray(present)) model.setFieldValue(section, field, value);
  else {
    const list = present.map((_, index) => (index + 1 === entry ? value : 0));
    model.setFieldValue(section, field, list);
  }
  return true;
}

function sectionText(id: number, change: (model: GppModel, section: string) => void): string {
  const model = new GppModel();
  model.setFieldValue(NAMES[id]!, 'SaleOptOut', 0);
  change(model, NAMES[id]!);
  const decoded = decodeGpp(model.encode());
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.sections.get(id)!;
}

const NOTHING: UsChoices = {
  optedOutOfSale: false,
  optedOutOfSharing: false,
  optedOutOfTargeting: false,
  noticeMissing: false,
  childWithoutConsent: false,
  preciseGeoRefused: false,
  serviceProviderMode: false,
  globalPrivacyControl: false,
};

/** Every field that matters, what it is set to, and what it must change. */
const FIELDS: readonly (readonly [string, number | boolean, keyof UsChoices])[] = [
  ['SaleOptOut', 1, 'optedOutOfSale'],
  ['SharingOptOut', 1, 'optedOutOfSharing'],
  ['TargetedAdvertisingOptOut', 1, 'optedOutOfTargeting'],
  ['SaleOptOutNotice', 2, 'noticeMissing'],
  ['SharingOptOutNotice', 2, 'noticeMissing'],
  ['TargetedAdvertisingOptOutNotice', 2, 'noticeMissing'],
  ['KnownChildSensitiveDataConsents', 1, 'childWithoutConsent'],
  ['MspaServiceProviderMode', 1, 'serviceProviderMode'],
  ['MspaMode', 2, 'serviceProviderMode'],
  ['Gpc', true, 'globalPrivacyControl'],
];

describe('decodeUsSection', () => {
  for (const id of SECTIONS) {
    it(`finds every field of section ${id} where the reference library writes it`, () => {
      expect(
        decodeUsSection(
          id,
          sectionText(id, () => {}),
        ),
      ).toEqual({ ok: true, value: NOTHING });
      let found = 0;
      for (const [field, value, choice] of FIELDS) {
        let isThere = false;
        const text = sectionText(id, (model, section) => {
          if (field === 'Gpc') isThere = set(model, section, 'GpcSegmentIncluded', true);
          isThere = set(model, section, field, value, 1) && (field !== 'Gpc' || isThere);
        });
        if (!isThere) continue;
        found++;
        expect(decodeUsSection(id, text)).toEqual({ ok: true, value: { ...NOTHING, [choice]: true } });
      }
      expect(found).toBeGreaterThanOrEqual(5);
      const geo = GEO[id] ?? 8;
      for (let entry = 1; entry <= 16; entry++) {
        const text = sectionText(id, (model, section) =>
          set(model, section, 'SensitiveDataProcessing', 1, entry),
        );
        expect(decodeUsSection(id, text)).toEqual({
          ok: true,
          value: { ...NOTHING, preciseGeoRefused: entry === geo },
        });
      }
      for (const field of ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut']) {
        const text = sectionText(id, (model, section) => set(model, section, field, 2));
        expect(decodeUsSection(id, text)).toEqual({ ok: true, value: NOTHING });
      }
    });
  }

  it('reads the first version of the national section', () => {
    const text = sectionText(7, (model) => {
      model.setFieldValue('usnat', 'Version', 1);
      model.setFieldValue('usnat', 'KnownChildSensitiveDataConsents', [0, 1, 0]);
      model.setFieldValue('usnat', 'MspaServiceProviderMode', 1);
    });
    expect(text.startsWith('B')).toBe(true);
    expect(decodeUsSection(7, text)).toEqual({
      ok: true,
      value: { ...NOTHING, childWithoutConsent: true, serviceProviderMode: true },
    });
  });

  it('reads sections with the header segment that their specification has', () => {
    // Maryland is 24: 011000, version 000001, subsections 000000000001 0 11 (core counts from 0 as 1), padded.
    const withoutHeader = sectionText(24, (model) => set(model, 'usmd', 'TargetedAdvertisingOptOut', 1));
    const decoded = decodeUsSection(24, `YBAAB.${withoutHeader}`);
    expect(decoded).toEqual({ ok: true, value: { ...NOTHING, optedOutOfTargeting: true } });
    expect(decodeUsSection(24, 'YDAAB.BQAA')).toEqual({ ok: false, problem: 'unsupported_version' });
    expect(decodeUsSection(24, 'YBAAB')).toEqual({ ok: false, problem: 'malformed' });
  });

  it.each([
    [7, '', 'malformed'],
    [7, 'CAA', 'malformed'],
    [7, 'CAAAAA*AAABA.QA', 'malformed'],
    [7, 'DAAAAAAAAABA', 'unsupported_version'],
    [8, 'CAAAAABA', 'unsupported_version'],
    [6, '1YNN', 'unsupported_version'],
  ])('refuses section %i %s', (id, text, problem) =>
    expect(decodeUsSection(id, text)).toEqual({ ok: false, problem }),
  );

  it('never throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.string({ maxLength: 60 }), (id, text) => {
        decodeUsSection(id, text);
        decodeUsSection(id, `B${text.replace(/[^\w.-]/g, 'A')}`);
      }),
      { numRuns: 200 },
    );
  });
});

describe('decodeGpp', () => {
  it.each([
    ['DBABM~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA', [2]],
    ['DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN', [2, 6]],
    ['DBABjw~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN', [5, 6]],
  ])('reads the example of the specification %s', (text, ids) => {
    const decoded = decodeGpp(text);
    expect(decoded.ok && [...decoded.sections.keys()]).toEqual(ids);
    expect(decoded.ok && [...decoded.sections.values()]).toEqual(text.split('~').slice(1));
  });

  it('splits whatever sections the reference library writes', () => {
    fc.assert(
      fc.property(fc.subarray(SECTIONS, { minLength: 1 }), fc.boolean(), (ids, withUsp) => {
        const model = new GppModel();
        for (const id of ids) model.setFieldValue(NAMES[id]!, 'SaleOptOut', (id % 2) + 1);
        if (withUsp) model.setFieldValue('uspv1', 'OptOutSale', 'Y');
        const decoded = decodeGpp(model.encode());
        if (!decoded.ok) throw new Error(decoded.problem);
        expect([...decoded.sections.keys()]).toEqual(withUsp ? [6, ...ids] : ids);
        for (const id of ids)
          expect(decodeUsSection(id, decoded.sections.get(id)!)).toMatchObject({
            value: { optedOutOfSale: id % 2 === 0 },
          });
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['', 'malformed'],
    ['DBAA', 'ok'],
    ['DBABM', 'malformed'],
    ['DBABM~a~b', 'malformed'],
    ['CBABM~a', 'malformed'],
    ['DCABM~a', 'unsupported_version'],
    ['DB', 'malformed'],
    ['D_______~a', 'unsupported_version'],
    ['DBAB____~a', 'malformed'],
    [`DBABM~${'A'.repeat(MAX_GPP_LENGTH)}`, 'malformed'],
  ])('judges %s', (text, outcome) => {
    const decoded = decodeGpp(text);
    expect(decoded.ok ? 'ok' : decoded.problem).toBe(outcome);
  });

  it('never throws', () => {
    const unit = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~.');
    fc.assert(
      fc.property(fc.string(), fc.string({ unit, maxLength: 200 }), (wild, tame) => {
        decodeGpp(wild);
        decodeGpp(`DB${tame}`);
      }),
      { numRuns: 200 },
    );
  });
});

describe('readSectionIds', () => {
  it.each([
    ['7', [7]],
    ['2,7', [2, 7]],
    ['7,7,8', [7, 8]],
    ['-1', []],
    ['0', null],
    ['7,-1', [7]],
    ['', undefined],
    ['seven', undefined],
    ['7;8', undefined],
    ['7,'.repeat(80), undefined],
  ])('%s', (text, ids) => expect(readSectionIds(text)).toEqual(ids));
});

describe('decodeUsPrivacy', () => {
  it.each([
    ['1YNN', { ok: true, applies: true, noticeGiven: true, optedOutOfSale: false }],
    ['1NYN', { ok: true, applies: true, noticeGiven: false, optedOutOfSale: true }],
    ['1-Y-', { ok: true, applies: true, noticeGiven: null, optedOutOfSale: true }],
    ['1---', { ok: true, applies: false, noticeGiven: null, optedOutOfSale: false }],
    ['1yyn', { ok: true, applies: true, noticeGiven: true, optedOutOfSale: true }],
    ['1Y--', { ok: false }],
    ['1YN', { ok: false }],
    ['2YNN', { ok: false }],
    ['1YNNN', { ok: false }],
    ['', { ok: false }],
    ['1YNN\n', { ok: false }],
  ])('%j', (text, decoded) => expect(decodeUsPrivacy(text)).toEqual(decoded));
});
