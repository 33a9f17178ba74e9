import { describe, expect, it } from 'vitest';
import { addressRefusal } from './address-guard.ts';
import { checkTarget, type TargetPolicy } from './target.ts';

const forbidden = [
  ...[
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
  ],
  ...[
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
  ],
  ...[
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:10.1.2.3',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
  ],
  ...[
    'fd12:3456::1',
    'ff02::1',
    'fec0::1',
    '100::1',
    '2001::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '4000::1',
  ],
  ...['fe80::1%eth0', 'not-an-address', ''],
];
const allowed = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:8.8.8.8',
];

describe('addresses that may be connected to', () => {
  it.each(forbidden)('refuses %s with a reason', (address) => {
    expect(addressRefusal(address)).toEqual(expect.any(String));
  });
  it.each(allowed)('allows %s', (address) => {
    expect(addressRefusal(address)).toBeNull();
  });
});

describe('URLs that may be asked', () => {
  const policy = (over: Partial<TargetPolicy> = {}): TargetPolicy => ({
    allowPrivate: [],
    allowHttp: false,
    ports: [443],
    resolve: async (name) =>
      name.endsWith('nip.io') || name.startsWith('localhost') ? ['127.0.0.1'] : ['93.184.216.34'],
    ...over,
  });
  const refusal = (url: string, over?: Partial<TargetPolicy>) =>
    checkTarget(url, policy(over)).then(
      () => 'allowed',
      (error: Error) => error.message,
    );

  it.each([
    ['https://0x7f.1/', /127\.0\.0\.1, a loopback address/],
    ['https://2130706433/', /127\.0\.0\.1/],
    ['https://127.1/', /127\.0\.0\.1/],
    ['https://017700000001/', /127\.0\.0\.1/],
    ['https://①②⑦.0.0.1/', /127\.0\.0\.1/],
    ['https://127.0.0.1.nip.io/', /leads to 127\.0\.0\.1/],
    ['https://localhost./', /leads to 127\.0\.0\.1/],
    ['https://[::7f00:1]/', /outside the public IPv6 range/],
    ['https://[::ffff:169.254.169.254]/', /link local/],
    ['file:///etc/passwd', /file: is not allowed/],
    ['ftp://example.com/', /ftp: is not allowed/],
    ['gopher://example.com/', /gopher: is not allowed/],
    ['http://example.com/', /plain http/],
    ['https://example.com:22/', /port 22/],
    ['https://user:secret@example.com/', /user name or password/],
    ['/relative', /not an absolute URL/],
  ])('refuses %s', async (url, why) => {
    expect(await refusal(url)).toMatch(why);
  });

  it('refuses a name when any one of its addresses is private', async () => {
    const resolve = async () => ['93.184.216.34', '10.0.0.7'];
    expect(await refusal('https://example.com/', { resolve })).toMatch(/10\.0\.0\.7, a private address/);
  });

  it('says that a name without address is unavailable, not refused', async () => {
    const resolve = async () => [];
    await expect(checkTarget('https://example.com/', policy({ resolve }))).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  it('allows a private host only as configured, by host or by host and port', async () => {
    expect(await refusal('http://127.0.0.1:4010/x', { allowPrivate: ['127.0.0.1:4010'] })).toBe('allowed');
    expect(await refusal('http://127.0.0.1:4011/x', { allowPrivate: ['127.0.0.1:4010'] })).toMatch(
      /plain http/,
    );
    expect(await refusal('https://127.0.0.1/x', { allowPrivate: ['127.0.0.1:4010'] })).toMatch(/loopback/);
    expect(await refusal('http://[::1]:9/', { allowPrivate: ['[::1]'] })).toBe('allowed');
  });

  it('does not let a public host redirect to an allowed private one, nor to http', async () => {
    const open = policy({ allowPrivate: ['127.0.0.1:4010'] });
    const from = await checkTarget('https://example.com/', open);
    await expect(checkTarget('http://127.0.0.1:4010/', open, from)).rejects.toMatchObject({
      code: 'address_blocked',
    });
    const downgrade = policy({ allowHttp: true, ports: [443, 80] });
    await expect(checkTarget('http://example.com/', downgrade, from)).rejects.toThrow(/from https: to http:/);
  });
});
