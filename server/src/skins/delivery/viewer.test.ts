import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ViewerReader } from './viewer.ts';

const TELEVISION = 'AppleTV11,1/11.1';
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120';

function from(remoteAddress: string, headers: Record<string, string>): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe('ViewerReader', () => {
  const reader = new ViewerReader(['10.0.0.0/8', '2001:db8::/32'], 'X-Country');
  const stated = { 'user-agent': BROWSER, 'x-device-user-agent': TELEVISION, 'x-country': 'de' };

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])('believes a named proxy at %s', (address) => {
    expect(reader.read(from(address, stated))).toEqual({ device: 'ctv', country: 'DE' });
  });

  it.each(['11.1.2.3', '::1', '2001:db9::1', 'nonsense'])('believes nobody else: %s', (address) => {
    expect(reader.read(from(address, stated))).toEqual({ device: 'desktop', country: null });
  });

  it('leaves out a country that is none, and believes nobody when no proxy is named', () => {
    expect(reader.read(from('10.0.0.1', { 'x-country': 'Germany' }))).toEqual({
      device: 'unknown',
      country: null,
    });
    expect(new ViewerReader([], 'X-Country').read(from('10.0.0.1', stated))).toEqual({
      device: 'desktop',
      country: null,
    });
    expect(() => new ViewerReader(['10.0.0.0'], undefined)).toThrow();
  });
});
