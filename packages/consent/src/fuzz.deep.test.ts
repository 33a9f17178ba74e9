import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeGpp } from './gpp.ts';
import { DEFAULT_POLICY } from './model.ts';
import { readPrivacy } from './read-privacy.ts';
import { decodeTcString } from './tc-string.ts';
import { decodeUsSection } from './us-sections.ts';

const unit = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~');
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit, maxLength: 2000 }));

it('reads a hundred thousand texts as signals without an error, and keeps the session', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 40 }), fc.option(fc.nat()), (signal, id, vendorId) => {
      decodeTcString(signal, vendorId);
      decodeTcString(`C${signal}`, vendorId);
      decodeGpp(`DB${signal}`);
      decodeUsSection(id, `B${signal}`);
      const decision = readPrivacy(
        { gdprConsent: signal, gpp: `DBABLA~${signal}`, usPrivacy: signal, country: null },
        DEFAULT_POLICY,
      );
      expect(decision.uses.session).toBe(true);
    }),
    { numRuns: 100_000 },
  );
}, 600_000);
