import { describe, expect, it } from 'vitest';
import { ownTag } from './own-tag.ts';

const origin = 'https://ads.example.com';

describe('the address of one of our own tags', () => {
  it.each([
    ['https://ads.example.com/vast?dur=30', 'https://ads.example.com/vast?dur=30'],
    [' /vast/midroll?max=4 ', 'https://ads.example.com/vast/midroll?max=4'],
    ['HTTPS://ADS.EXAMPLE.COM/vast', 'https://ads.example.com/vast'],
  ])('%s is one', (text, address) => {
    expect(ownTag(text, origin)?.href).toBe(address);
  });

  it.each([
    '',
    'dec_123',
    '<VAST version="4.2"/>',
    'https://other.example/vast',
    '//other.example/vast',
    'https://ads.example.com@other.example/vast',
    'http://ads.example.com/vast',
    'https://ads.example.com/api/v1/campaigns',
    'https://ads.example.com/vaster',
    '/vast/../api/v1/campaigns',
    'javascript:alert(1)',
    '/vast with spaces',
    `/vast?${'x'.repeat(4000)}`,
  ])('%s is none', (text) => {
    expect(ownTag(text, origin)).toBeNull();
  });
});
