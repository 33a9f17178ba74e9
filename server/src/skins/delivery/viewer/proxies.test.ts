import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from './address.ts';
import { Proxies } from './proxies.ts';

const proxies = new Proxies(['10.0.0.0/8', '2001:db8::/33', '::ffff:172.16.0.0/108', '198.51.100.7/32']);

function ask(remoteAddress: string | undefined, forwarded?: string | string[]) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const asker = proxies.ask({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
  return { ...asker, address: asker.address && formatAddress(asker.address) };
}
const address = (remoteAddress: string | undefined, forwarded?: string | string[]) =>
  ask(remoteAddress, forwarded).address;

describe('Proxies', () => {
  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['172.31.255.1', true],
    ['172.32.0.1', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['2001:db8:7fff::1', true],
    ['2001:db8:8000::1', false],
    ['11.0.0.1', false],
    ['', false],
    ['nonsense', false],
    [undefined, false],
  ])('knows %s: %s', (remoteAddress, isTrusted) => {
    const request = { socket: { remoteAddress }, headers: {} } as unknown as IncomingMessage;
    expect(proxies.isTrusted(request)).toBe(isTrusted);
    expect(proxies.isTrusted(request)).toBe(isTrusted);
  });

  it('takes the first hop from the right that is no named proxy', () => {
    expect(address('10.0.0.1', '192.0.2.1')).toBe('192.0.2.1');
    expect(address('10.0.0.1', '203.0.113.5, 192.0.2.1, 10.9.9.9')).toBe('192.0.2.1');
    expect(address('10.0.0.1', '192.0.2.1:4711 , [2001:db8::5]:443')).toBe('192.0.2.1');
    expect(address('10.0.0.1', '2001:db9::5')).toBe('2001:db9:0:0:0:0:0:5');
    // A viewer who writes the header himself is the leftmost hop, and not believed.
    expect(address('192.0.2.9', '203.0.113.5')).toBe('192.0.2.9');
  });

  it('knows nobody when a named proxy knows nobody', () => {
    for (const hop of ['unknown', '', '192.0.2.1, unknown', '203.0.113.1,', '_hidden', '999.1.1.1'])
      expect(ask('10.0.0.1', hop)).toMatchObject({ isAskerTrusted: hop === '' });
    expect(address('10.0.0.1', '192.0.2.1, unknown')).toBeNull();
  });

  it('tells an asker that is a named proxy itself', () => {
    expect(ask('10.0.0.1')).toEqual({
      address: '10.0.0.1',
      isPeerTrusted: true,
      isAskerTrusted: true,
      isForwarded: false,
    });
    expect(ask('10.0.0.1', '10.2.2.2, 198.51.100.7')).toEqual({
      address: '10.2.2.2',
      isPeerTrusted: true,
      isAskerTrusted: true,
      isForwarded: true,
    });
    expect(ask('10.0.0.1', '192.0.2.1, 10.2.2.2')).toMatchObject({
      isPeerTrusted: true,
      isAskerTrusted: false,
    });
    expect(ask('192.0.2.1', '10.2.2.2')).toMatchObject({ isPeerTrusted: false, isAskerTrusted: false });
  });

  it('gives up on endless chains without trusting them', () => {
    expect(ask('10.0.0.1', new Array(5000).fill('10.0.0.2').join(','))).toMatchObject({
      isAskerTrusted: false,
    });
    expect(ask('10.0.0.1', `${'x'.repeat(9000)}`)).toMatchObject({ address: null, isAskerTrusted: false });
  });

  it('never throws', () => {
    const unit = fc.constantFrom(...'0123456789abcdef:.,[] ');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit }), fc.array(fc.string())), (header) => {
        ask('10.0.0.1', header);
      }),
    );
  });

  it('refuses what is no range', () => {
    for (const range of ['10.0.0.0', 'nonsense/8', '10.0.0.0/33', '::ffff:10.0.0.0/90'])
      expect(() => new Proxies([range])).toThrow();
  });
});
