import { DEFAULT_POLICY, type PrivacySignals, readPrivacy, UNRESTRICTED } from '@cuepoint/consent';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { IdentityKeys, type IdentitySignals, identityOf } from './identity.ts';

const keys = new IdentityKeys('a secret of the operator, long enough');
const FULL: IdentitySignals = {
  accountId: 'acc_1',
  ifa: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  suppliedId: 'member-77',
  sessionId: 'stream-1',
  address: parseAddress('192.0.2.1'),
  deviceFamily: 'ctv|Roku OS|Roku',
};
const of = (change: Partial<IdentitySignals>, privacy = UNRESTRICTED, day = 20_000) =>
  identityOf({ ...FULL, ...change }, privacy, keys, day);
const restricted = (signals: Partial<PrivacySignals>) =>
  readPrivacy({ country: 'US', ...signals }, DEFAULT_POLICY);
const same = (a: { hi: number; lo: number }, b: { hi: number; lo: number }) => a.hi === b.hi && a.lo === b.lo;
const absent = (...kinds: string[]) => kinds.map((kind) => ({ kind, why: 'absent' }));

describe('identityOf', () => {
  it('goes down the order, and says what was not there', () => {
    expect(of({})).toMatchObject({ kind: 'ifa', passedOver: [] });
    const noIfa = { ifa: undefined };
    expect(of(noIfa)).toMatchObject({ kind: 'supplied', passedOver: absent('ifa') });
    const noIds = { ...noIfa, suppliedId: undefined };
    expect(of(noIds)).toMatchObject({ kind: 'household', passedOver: absent('ifa', 'supplied') });
    const noAddress = { ...noIds, address: null };
    expect(of(noAddress)).toMatchObject({
      kind: 'session',
      passedOver: absent('ifa', 'supplied', 'household'),
    });
    expect(of({ ...noAddress, sessionId: undefined })).toEqual({
      kind: 'none',
      hi: 0,
      lo: 0,
      passedOver: absent('ifa', 'supplied', 'household', 'session'),
    });
  });

  it.each([
    '00000000-0000-0000-0000-000000000000',
    '0000',
    'null',
    'optout',
    'abc',
    'with space',
    'tab\there',
    'é'.repeat(8),
    'x'.repeat(257),
  ])('takes %j for no id', (id) => {
    expect(of({ ifa: id, suppliedId: id, address: null, sessionId: id })).toMatchObject({
      kind: 'none',
      passedOver: [
        { kind: 'ifa', why: 'unusable' },
        { kind: 'supplied', why: 'unusable' },
        { kind: 'household', why: 'absent' },
        { kind: 'session', why: 'unusable' },
      ],
    });
  });

  it.each([
    [{ lmt: '1' }, 'lmt'],
    [{ coppa: '1' }, 'coppa'],
    [{ gpc: '1' }, 'gpc'],
    [{ usPrivacy: '1YYN' }, 'us_opt_out_sale'],
    [{ gdpr: '1' }, 'tcf_missing'],
    [{ country: 'DE' }, 'gdpr_signal_missing'],
  ])('leaves the session alone for %j', (signals, why) => {
    expect(of({}, restricted(signals))).toMatchObject({
      kind: 'session',
      passedOver: [
        { kind: 'ifa', why },
        { kind: 'supplied', why },
        { kind: 'household', why },
      ],
    });
  });

  it('honours a decision that forbids lasting caps alone', () => {
    const uses = { ...UNRESTRICTED.uses, profile_caps: false };
    const dropped = [
      { what: 'profile_caps', why: 'tcf_purpose', signal: 'gdpr_consent', purpose: 2 },
    ] as const;
    expect(of({}, { ...UNRESTRICTED, uses, dropped })).toMatchObject({
      kind: 'session',
      passedOver: [{ kind: 'ifa', why: 'tcf_purpose' }, { why: 'tcf_purpose' }, { why: 'tcf_purpose' }],
    });
  });

  it('is the same for the same viewer, and another for another one, account, kind or secret', () => {
    expect(same(of({}), of({ ifa: FULL.ifa!.toUpperCase() }))).toBe(true);
    expect(same(of({}), of({}, UNRESTRICTED, 20_001))).toBe(true);
    const others = [
      of({}),
      of({ accountId: 'acc_2' }),
      of({ ifa: '3f2504e0-4f89-41d3-9a0c-0305e82c3302' }),
      of({ ifa: undefined, suppliedId: FULL.ifa }),
      of({ ifa: undefined, suppliedId: FULL.ifa!.toUpperCase() }),
      of({ ifa: undefined, suppliedId: undefined, address: null, sessionId: FULL.ifa }),
      identityOf(FULL, UNRESTRICTED, new IdentityKeys('another secret of an operator'), 20_000),
      identityOf(FULL, UNRESTRICTED, IdentityKeys.random(), 20_000),
    ];
    expect(new Set(others.map(({ hi, lo }) => `${hi} ${lo}`)).size).toBe(others.length);
    for (const { hi, lo } of others) {
      expect(Number.isInteger(hi) && hi >= 0 && hi < 2 ** 32).toBe(true);
      expect(Number.isInteger(lo) && lo >= 0 && lo < 2 ** 32).toBe(true);
    }
  });

  it('knows a household by address or /64 and kind of device, for a day', () => {
    const home = (address: string, day = 20_000, deviceFamily = FULL.deviceFamily) =>
      of(
        { ifa: undefined, suppliedId: undefined, address: parseAddress(address), deviceFamily },
        UNRESTRICTED,
        day,
      );
    expect(home('192.0.2.1').kind).toBe('household');
    expect(same(home('192.0.2.1'), home('::ffff:192.0.2.1'))).toBe(true);
    expect(same(home('192.0.2.1'), home('192.0.2.2'))).toBe(false);
    expect(same(home('2001:db8:1:2::1'), home('2001:db8:1:2:ffff::9'))).toBe(true);
    expect(same(home('2001:db8:1:2::1'), home('2001:db8:1:3::1'))).toBe(false);
    expect(same(home('192.0.2.1'), home('192.0.2.1', 20_000, 'phone|iOS|Apple'))).toBe(false);
    expect(same(home('192.0.2.1'), home('192.0.2.1', 20_001))).toBe(false);
    // Two nodes with one secret agree, also about yesterday.
    const other = new IdentityKeys('a secret of the operator, long enough');
    other.household(19_990);
    other.household(19_991);
    const there = identityOf({ ...FULL, ifa: undefined, suppliedId: undefined }, UNRESTRICTED, other, 20_000);
    expect(same(home('192.0.2.1'), there)).toBe(true);
  });

  it('refuses a short secret', () => {
    expect(() => new IdentityKeys('too short')).toThrow('at least 16');
  });
});
