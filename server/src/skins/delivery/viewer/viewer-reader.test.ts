import type { IncomingMessage } from 'node:http';
import { DEFAULT_POLICY } from '@cuepoint/consent';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from './address.ts';
import { NOWHERE, type Place } from './geo.ts';
import { IdentityKeys } from './identity.ts';
import { VIEWER_PARAMS, ViewerParams } from './params.ts';
import { GEO_HEADERS, ViewerReader } from './viewer-reader.ts';

const TELEVISION = 'AppleTV11,1/11.1';
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120';
const CONTEXT = { accountId: 'acc_1', policy: DEFAULT_POLICY, nowMs: Date.UTC(2026, 10, 27, 12) };

/** A database in which the second number of an address decides. */
const PLACES = {
  asked: [] as string[],
  lookup(address: Parameters<typeof formatAddress>[0]): Place {
    const text = formatAddress(address);
    this.asked.push(text);
    if (text.startsWith('192.0.'))
      return { country: 'US', region: 'NY', city: 'New York', postal: '10001', dma: '501' };
    if (text.startsWith('198.51.')) return { ...NOWHERE, country: 'DE', city: 'Köln', postal: '50667' };
    return NOWHERE;
  },
};

function from(remoteAddress: string, headers: Record<string, string | string[]> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

const keys = new IdentityKeys('a secret of the operator');
const reader = new ViewerReader(['10.0.0.0/8', '2001:db8::/32'], undefined, {
  geoHeaders: GEO_HEADERS.cloudfront,
  places: PLACES,
  keys,
});
const read = (
  remoteAddress: string,
  query = '',
  headers: Record<string, string | string[]> = {},
  of = reader,
) => of.read(from(remoteAddress, headers), ViewerParams.fromQuery(new URLSearchParams(query)), CONTEXT);

describe('ViewerReader without parameters', () => {
  const plain = new ViewerReader(['10.0.0.0/8', '2001:db8::/32'], 'X-Country');
  const stated = { 'user-agent': BROWSER, 'x-device-user-agent': TELEVISION, 'x-country': 'de' };

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])('believes a named proxy at %s', (address) => {
    expect(plain.read(from(address, stated))).toEqual({ device: 'ctv', country: 'DE' });
  });

  it.each(['11.1.2.3', '::1', '2001:db9::1', 'nonsense'])('believes nobody else: %s', (address) => {
    expect(plain.read(from(address, stated))).toEqual({ device: 'desktop', country: null });
  });

  it('leaves out a country that is none, and believes nobody when no proxy is named', () => {
    expect(plain.read(from('10.0.0.1', { 'x-country': 'Germany' }))).toEqual({
      device: 'unknown',
      country: null,
    });
    expect(new ViewerReader([], 'X-Country').read(from('10.0.0.1', stated))).toEqual({
      device: 'desktop',
      country: null,
    });
    expect(() => new ViewerReader(['10.0.0.0'], undefined)).toThrow();
    expect(() => new ViewerReader([], 'X Country')).toThrow('no name of a header');
  });
});

describe('device', () => {
  it('is what the request states, over what the agent says', () => {
    const roku = { 'user-agent': 'Roku4640X/DVP-7.70 (297.70E04154A)' };
    expect(read('1.1.1.1', '', roku).device).toEqual({
      type: 'ctv',
      os: 'Roku OS',
      osVersion: '7.70',
      make: 'Roku',
      model: '4640X',
    });
    expect(read('1.1.1.1', 'devicetype=7&make=Sky&model=Q&os=linux&osv=4', roku).device).toEqual({
      type: 'set_top_box',
      os: 'Linux',
      osVersion: '4',
      make: 'Sky',
      model: 'Q',
    });
    // A version and a model go with their system and maker.
    expect(read('1.1.1.1', 'os=tizen&make=Samsung', roku).device).toMatchObject({
      os: 'Tizen',
      osVersion: null,
      make: 'Samsung',
      model: null,
    });
    expect(read('1.1.1.1', 'devicetype=3&bundle=com.example.tv').device.type).toBe('ctv');
    expect(read('1.1.1.1', 'bundle=com.example.tv').appBundle).toBe('com.example.tv');
    expect(
      read('1.1.1.1', 'devicetype=1', { 'user-agent': 'Mozilla/5.0 (iPad; CPU OS 16_0)' }).device.type,
    ).toBe('tablet');
    expect(read('1.1.1.1', 'devicetype=3', { 'user-agent': 'PlayStation 5' }).device.type).toBe('console');
  });

  it('ignores what is no device, and says so', () => {
    const viewer = read('1.1.1.1', 'devicetype=99&make=%00&model=&os=..x&bundle=%3Cscript%3E', {
      'user-agent': TELEVISION,
    });
    expect(viewer.device).toMatchObject({ type: 'ctv', make: 'Apple', os: 'tvOS' });
    expect(viewer.appBundle).toBeNull();
    expect(viewer.explain().ignored.map(({ field }) => field)).toEqual(['devicetype', 'make', 'os']);
  });

  it('reads hints, but not those of a proxy for the agent behind it', () => {
    const hints = { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': '"15.0.0"' };
    expect(read('1.1.1.1', '', { 'user-agent': BROWSER, ...hints }).device.osVersion).toBe('11');
    expect(read('1.1.1.1', '', { 'user-agent': BROWSER }).device.osVersion).toBe('10');
    const behind = { 'user-agent': 'x', 'x-device-user-agent': BROWSER, ...hints };
    expect(read('10.1.1.1', '', behind).device.osVersion).toBe('10');
  });

  it('takes the parameter ua from a trusted asker alone', () => {
    const query = `ua=${encodeURIComponent(TELEVISION)}`;
    expect(read('10.1.1.1', query, { 'user-agent': BROWSER }).device.type).toBe('ctv');
    expect(read('1.1.1.1', query, { 'user-agent': BROWSER }).device.type).toBe('desktop');
    expect(read('10.1.1.1', query, { 'user-agent': BROWSER, 'x-forwarded-for': '1.1.1.1' }).device.type).toBe(
      'desktop',
    );
  });
});

describe('geo', () => {
  const cdn = {
    'cloudfront-viewer-country': 'FR',
    'cloudfront-viewer-country-region': 'IDF',
    'cloudfront-viewer-city': 'Saint-Denis%20(B%C3%A9)',
    'cloudfront-viewer-postal-code': '93200',
    'x-forwarded-for': '203.0.113.9',
  };
  const consent = 'gdpr=0';

  it('comes from parameters, then a named proxy, then the database', () => {
    expect(read('10.1.1.1', consent, cdn).geo).toEqual({
      country: 'FR',
      region: 'IDF',
      city: 'Saint-Denis (Bé)',
      postal: '93200',
      dma: null,
    });
    expect(read('10.1.1.1', `${consent}&country=es&region=ES-CT&city=Girona`, cdn).geo).toEqual({
      country: 'ES',
      region: 'CT',
      city: 'Girona',
      postal: null,
      dma: null,
    });
    expect(read('192.0.2.1').geo).toEqual({
      country: 'US',
      region: 'NY',
      city: 'New York',
      postal: '10001',
      dma: '501',
    });
    // Headers of a stranger are not looked at.
    expect(read('192.0.2.1', '', cdn).geo.country).toBe('US');
    // A finer source adds to a coarser one in the same country, and never to another place.
    expect(read('192.0.2.1', 'country=US').geo.city).toBe('New York');
    expect(read('192.0.2.1', 'country=US&region=CA').geo).toEqual({
      ...NOWHERE,
      country: 'US',
      region: 'CA',
    });
    expect(read('192.0.2.1', 'country=CA').geo).toEqual({ ...NOWHERE, country: 'CA' });
    expect(read('8.8.8.8').geo).toEqual(NOWHERE);
  });

  it('follows the address that named proxies vouch for', () => {
    expect(read('10.1.1.1', '', { 'x-forwarded-for': '192.0.2.7, 10.2.2.2' }).geo.country).toBe('US');
    expect(read('203.0.113.1', '', { 'x-forwarded-for': '192.0.2.7' }).geo.country).toBeNull();
    expect(read('10.1.1.1', 'ip=192.0.2.7').geo.country).toBe('US');
    expect(read('10.1.1.1', '', { 'x-device-ip': '192.0.2.7' }).geo.country).toBe('US');
    // A viewer behind a content delivery network cannot state another address.
    const behind = { 'x-forwarded-for': '198.51.100.9', 'x-device-ip': '192.0.2.7' };
    expect(read('10.1.1.1', 'ip=192.0.2.7', behind).geo.country).toBe('DE');
    expect(read('203.0.113.1', 'ip=192.0.2.7').geo.country).toBeNull();
    const wrong = read('10.1.1.1', 'ip=nonsense');
    expect(wrong.ipFamily).toBeNull();
    expect(wrong.explain().ignored).toEqual([
      { field: 'ip', value: 'nonsense', accepted: 'an IPv4 or IPv6 address' },
    ]);
  });

  it('takes no named proxy for a viewer', () => {
    for (const headers of [{}, { 'x-forwarded-for': '10.3.3.3' }]) {
      const viewer = read('10.1.1.1', '', headers as Record<string, string>);
      expect(viewer.ipFamily).toBeNull();
      expect(viewer.identity.kind).toBe('none');
    }
    expect(read('10.1.1.1', '', { 'x-forwarded-for': '192.0.2.7' }).identity.kind).toBe('household');
    expect(read('10.1.1.1', 'ip=192.0.2.7').identity.kind).toBe('household');
  });

  it('does not take the place of an ad server for that of its viewer', () => {
    const stitched = { ...cdn, 'x-forwarded-for': '10.3.3.3', 'x-device-ip': '192.0.2.7' };
    expect(read('10.1.1.1', consent, stitched).geo.country).toBe('US');
    const direct = { 'cloudfront-viewer-country': 'FR', 'x-device-ip': '192.0.2.7' };
    expect(read('10.1.1.1', consent, direct).country).toBe('FR');
  });

  it('asks the database only when it has to', () => {
    PLACES.asked = [];
    const viewer = read('192.0.2.1', 'country=US&gdpr=0&lmt=0&ifa=AAAA-BBBB');
    expect(viewer.country).toBe('US');
    expect(viewer.privacy.gdprApplies).toBe(false);
    expect(viewer.identity.kind).toBe('ifa');
    expect(viewer.device.type).toBe('unknown');
    expect(PLACES.asked).toEqual([]);
    expect(viewer.geo.dma).toBe('501');
    expect(PLACES.asked).toEqual(['192.0.2.1']);
  });

  it('ignores places that are none', () => {
    const viewer = read('8.8.8.8', 'country=USA&region=toolong&city=%3Cb%3E&postal=%25&dma=12');
    expect(viewer.geo).toEqual(NOWHERE);
    expect(viewer.explain().ignored.map(({ field }) => field)).toEqual([
      'country',
      'region',
      'city',
      'postal',
      'dma',
    ]);
    for (const code of ['XX', 'T1', 'ZZ', 'A1', '12', 'eu'])
      expect(read('8.8.8.8', `country=${code}`).geo.country).toBeNull();
  });
});

describe('privacy', () => {
  const IFA = 'ifa=3f2504e0-4f89-41d3-9a0c-0305e82c3301&seg=sport,f25-34&sid=stream-1';

  it('lets a viewer be known where nothing forbids it', () => {
    const viewer = read('192.0.2.1', IFA);
    expect(viewer.identity.kind).toBe('ifa');
    expect(viewer.segments).toEqual(['sport', 'f25-34']);
    expect(viewer.geo.postal).toBe('10001');
    expect(viewer.ipFamily).toBe(4);
  });

  it.each([
    ['lmt=1', {}, 'lmt'],
    ['coppa=1', {}, 'coppa'],
    ['us_privacy=1YYN', {}, 'us_opt_out_sale'],
    ['', { 'sec-gpc': '1' }, 'gpc'],
    ['gpc=1', { 'sec-gpc': '0' }, 'gpc'],
    ['gdpr=1', {}, 'tcf_missing'],
    ['gdpr_consent=rubbish', {}, 'tcf_malformed'],
    ['us_privacy=undefined', {}, 'us_malformed'],
    ['gdpr=0&gdpr=1', {}, 'tcf_missing'],
  ])('%s %j leaves session and city alone', (query, headers, why) => {
    for (let round = 0; round < 2; round++) {
      const viewer = read('192.0.2.1', `${IFA}&${query}`, headers as Record<string, string>);
      expect(viewer.identity.kind).toBe('session');
      expect(viewer.segments).toEqual([]);
      expect(viewer.geo).toMatchObject({ city: 'New York', postal: null });
      expect(viewer.explain().dropped.some((dropped) => dropped.why === why)).toBe(true);
      // What was dropped is not found in the explanation by another way.
      expect(JSON.stringify(viewer.explain())).not.toMatch(/3f2504e0|192\.0\.2|f25-34|10001|stream-1/);
    }
  });

  it('hands on an advertising id only where it may', () => {
    const id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    expect(read('192.0.2.1', `${IFA}&ifa_type=RIDA`).advertisingId).toEqual({ id, type: 'rida' });
    expect(read('192.0.2.1', `${IFA}&ifa_type=<x>`).advertisingId).toEqual({ id, type: null });
    for (const query of [
      'ifa_type=rida',
      `${IFA}&lmt=1`,
      `${IFA}&gdpr=1`,
      'ifa=00000000-0000-0000-0000-000000000000',
    ])
      expect(read('192.0.2.1', query).advertisingId).toBeNull();
  });

  it('presumes nothing about an American and refusal of a European', () => {
    expect(read('192.0.2.1', IFA).privacy.dropped).toEqual([]);
    const european = read('198.51.100.1', IFA);
    expect(european.identity).toMatchObject({
      kind: 'session',
      passedOver: [{ why: 'gdpr_signal_missing' }, {}, {}],
    });
    expect(european.geo).toMatchObject({ country: 'DE', postal: null });
    expect(read('198.51.100.1', `${IFA}&gdpr=0`).identity.kind).toBe('ifa');
  });

  it('keeps policies and signals apart in its cache', () => {
    const open = { ...DEFAULT_POLICY, whenGdprSignalMissing: 'allow' } as const;
    const of = (policy: typeof DEFAULT_POLICY, gdpr?: string) =>
      reader.privacy({ country: 'DE', ...(gdpr === undefined ? {} : { gdpr }) }, policy).uses.ifa;
    for (let round = 0; round < 3; round++) {
      expect(of(DEFAULT_POLICY)).toBe(false);
      expect(of(open)).toBe(true);
      expect(of(DEFAULT_POLICY, '0')).toBe(true);
      expect(of(DEFAULT_POLICY, '0\n0')).toBe(false);
      expect(of(DEFAULT_POLICY, '')).toBe(false);
    }
  });

  it('takes segments that are names, each once', () => {
    const viewer = read('192.0.2.1', `seg=${encodeURIComponent('a, b,a,<x>,')}`);
    expect(viewer.segments).toEqual(['a', 'b']);
    expect(viewer.explain().ignored).toHaveLength(2);
    expect(
      read('192.0.2.1', `seg=${new Array(120).fill(0).map((_, index) => `${index}`)}`).segments,
    ).toHaveLength(64);
  });
});

describe('a request that says nothing', () => {
  it('has a household at most', () => {
    const viewer = reader.read(from('192.0.2.1'), new ViewerParams(), CONTEXT);
    expect(viewer.identity.kind).toBe('household');
    expect(viewer.segments).toEqual([]);
    expect(viewer.device.type).toBe('unknown');
    expect(reader.read(from(''), new ViewerParams(), CONTEXT).identity).toMatchObject({
      kind: 'none',
      hi: 0,
      lo: 0,
    });
  });
});

describe('hostile requests', () => {
  const names = [
    ...[
      'user-agent',
      'x-device-user-agent',
      'x-device-ip',
      'x-forwarded-for',
      'sec-gpc',
      'sec-ch-ua-platform',
    ],
    ...[
      'sec-ch-ua-model',
      'cloudfront-viewer-country',
      'cloudfront-viewer-city',
      'cloudfront-viewer-metro-code',
    ],
  ];
  const wild = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ maxLength: 12 }).map((text) => text.repeat(700)),
    fc.constantFrom('192.0.2.1', '1', '-1', 'DE', '%E0%A4%A', '[IFA]', '\u0000', '\ud800', '__proto__'),
  );

  it('always gives a whole viewer, and the same one twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('10.1.1.1', '192.0.2.1', '2001:db8::1', '', 'x'),
        fc.dictionary(fc.constantFrom(...names), fc.oneof(wild, fc.array(wild, { maxLength: 3 }))),
        fc.dictionary(fc.constantFrom(...VIEWER_PARAMS), wild),
        (address, headers, body) => {
          const once = (of: ViewerReader) =>
            of.read(from(address, headers), ViewerParams.fromBody(body), CONTEXT).explain();
          const explained = once(reader);
          expect(once(reader)).toEqual(explained);
          const fresh = new ViewerReader(['10.0.0.0/8', '2001:db8::/32'], undefined, {
            geoHeaders: GEO_HEADERS.cloudfront,
            places: PLACES,
            keys,
          });
          expect(once(fresh)).toEqual(explained);
          expect(explained.uses.session).toBe(true);
          for (const part of Object.values(explained.geo))
            if (part !== null) expect(part.length).toBeLessThan(101);
          for (const { value } of explained.ignored) expect(value.length).toBeLessThanOrEqual(100);
          expect(explained.ignored.length).toBeLessThan(100);
        },
      ),
      { numRuns: 200 },
    );
  });
});
