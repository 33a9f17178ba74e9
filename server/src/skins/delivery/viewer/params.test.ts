import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIEWER_PARAMS, ViewerParams } from './params.ts';

const query = (text: string) => ViewerParams.fromQuery(new URLSearchParams(text));

describe('ViewerParams', () => {
  it('reads a query and passes over what is not about the viewer', () => {
    const params = query('pl=main&dur=30&ifa=abc&city=K%C3%B6ln&lmt=0&__proto__=x&constructor=y');
    expect(params.get('ifa')).toBe('abc');
    expect(params.get('city')).toBe('Köln');
    expect(params.get('lmt')).toBe('0');
    expect(params.get('gdpr')).toBeUndefined();
    expect(params.ignored).toEqual([]);
  });

  it.each([
    '',
    '-1',
    '-2',
    '[IFA]',
    '[GDPRCONSENT]',
    '$'.concat('{GDPR_CONSENT_755}'),
    '{{ifa}}',
    '{ifa}',
    '%%ADVERTISING_ID%%',
    '__IFA__',
  ])('takes %j for absent', (value) => {
    const params = ViewerParams.fromBody({ ifa: value, gdpr_consent: value, gpp_sid: value });
    expect(params.get('ifa')).toBeUndefined();
    expect(params.get('gdpr_consent')).toBeUndefined();
    expect(params.get('gpp_sid')).toBe(value.startsWith('-') ? value : undefined);
  });

  it('takes the first of two, but no privacy signal that contradicts itself', () => {
    const params = query('ifa=one&ifa=two&gdpr=0&gdpr=1&coppa=1&coppa=1&lmt=[LMT]&lmt=1');
    expect(params.get('ifa')).toBe('one');
    expect(params.get('gdpr')).not.toMatch(/[01]/);
    expect(params.get('coppa')).toBe('1');
    expect(params.get('lmt')).toBe('1');
  });

  it('reads a body: numbers, booleans, lists', () => {
    const params = ViewerParams.fromBody({
      lmt: true,
      coppa: 0,
      gpp_sid: [7, 8],
      gdpr: { toString: 'x' },
      us_privacy: [['1YNN']],
      os: { no: 1 },
      uid: null,
    });
    expect(params.get('lmt')).toBe('1');
    expect(params.get('coppa')).toBe('0');
    expect(params.get('gpp_sid')).toBe('7,8');
    // Given, and not readable: not the same as absent.
    expect(params.get('gdpr')).toBeDefined();
    expect(params.get('us_privacy')).toBeDefined();
    expect(params.get('os')).toBeUndefined();
    expect(params.get('uid')).toBeUndefined();
    expect(params.ignored).toEqual([{ field: 'os', value: 'object', accepted: 'a text or a number' }]);
  });

  it('ignores what is too long, and says so', () => {
    const params = query(`ifa=${'x'.repeat(257)}&uid=${'y'.repeat(256)}&gdpr_consent=${'C'.repeat(9000)}`);
    expect(params.get('ifa')).toBeUndefined();
    expect(params.get('uid')).toHaveLength(256);
    expect(params.get('gdpr_consent')).toHaveLength(9000);
    expect(params.ignored).toEqual([
      { field: 'ifa', value: 'x'.repeat(100), accepted: 'at most 256 characters' },
    ]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...VIEWER_PARAMS, '__proto__'), fc.anything()), (body) => {
        const params = ViewerParams.fromBody(body);
        for (const name of VIEWER_PARAMS) expect(['string', 'undefined']).toContain(typeof params.get(name));
      }),
      { numRuns: 150 },
    );
    fc.assert(
      fc.property(fc.string(), (text) => void query(text)),
      { numRuns: 150 },
    );
  });
});
