import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventRecord, INVALID_TRAFFIC, TRACKING_EVENTS } from '../../kernel/delivery-protocol.ts';
import { eventText } from './event-record.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const who = fc.oneof(
  fc.constant({ identity: null, identityKind: 'none' as const }),
  fc.record({
    identity: fc.stringMatching(/^[0-9a-f]{16}$/),
    identityKind: fc.constantFrom('ifa' as const, 'household' as const),
  }),
);
const parts = fc.record({
  type: fc.constant('event' as const),
  event: fc.constantFrom(...TRACKING_EVENTS),
  at: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((one) => one.toISOString()),
  decisionId: id,
  position: fc.integer({ min: 1, max: 40 }),
  accountId: id,
  campaignId: orNull(id),
  lineItemId: id,
  flightId: orNull(id),
  creativeId: id,
  placementId: orNull(id),
  spendMicros: fc.nat(),
  currency: orNull(fc.stringMatching(/^[A-Z]{3}$/)),
  source: fc.constantFrom('pixel' as const, 'api' as const, 'click' as const),
  duplicate: fc.boolean(),
  late: fc.boolean(),
  unbilled: orNull(
    fc.constantFrom('budget_exhausted' as const, 'line_item_unknown' as const, 'invalid_traffic' as const),
  ),
  errorCode: orNull(fc.integer({ min: 100, max: 999 })),
  invalid: orNull(fc.constantFrom(...INVALID_TRAFFIC)),
  country: fc.oneof(fc.constant(''), fc.stringMatching(/^[A-Z]{2}$/)),
  deviceType: fc.constantFrom('', 'ctv', 'set_top_box'),
});
const record: fc.Arbitrary<EventRecord> = fc.tuple(parts, who).map(([one, who]) => ({ ...one, ...who }));

it('is the record that a reader of the log finds, whatever it holds', () => {
  fc.assert(
    fc.property(record, (one) => {
      const text = eventText(one);
      expect(text).toMatch(/^[\x20-\x7e]+$/);
      expect(EventRecord.parse(JSON.parse(text))).toEqual(one);
    }),
  );
});
