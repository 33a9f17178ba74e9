import { describe, expect, it } from 'vitest';
import { MEASUREMENT_VENDORS, MOAT_RETIRED, verificationFor } from './measurement-vendors.ts';
import { slot } from './template.ts';

describe('verificationFor', () => {
  it('builds IAS from its defaults', () => {
    expect(
      verificationFor('ias', {
        clientId: '9 1',
        campaignId: 'c&1',
        parameters: { placementId: 'p' },
        notExecutedUrl: 'https://t.example.com/vne?r=[REASON]',
      }),
    ).toEqual({
      ok: true,
      warnings: [],
      verification: {
        vendor: 'integralads.com-omid',
        javaScriptResources: [
          { url: 'https://pixel.adsafeprotected.com/jload', apiFramework: 'omid', browserOptional: true },
        ],
        verificationParameters: 'anId=9%201&campId=c%261&placementId=p',
        trackingEvents: [{ event: 'verificationNotExecuted', url: 'https://t.example.com/vne?r=[REASON]' }],
      },
    });
  });

  it('takes the tag a vendor issued in place of every default', () => {
    const result = verificationFor('doubleverify', {
      clientId: 'x',
      scriptUrl: 'https://cdn.example.com/dv.js',
      vendor: 'doubleverify.com-ctv',
      verificationParameters: 'ctx=1&anything',
      browserOptional: false,
    });
    expect(result.ok && result.verification).toEqual({
      vendor: 'doubleverify.com-ctv',
      javaScriptResources: [
        { url: 'https://cdn.example.com/dv.js', apiFramework: 'omid', browserOptional: false },
      ],
      verificationParameters: 'ctx=1&anything',
    });
  });

  it('leaves slots in parameters as they are', () => {
    const result = verificationFor('ias', { clientId: 'x', parameters: { impId: slot('id') } });
    expect(result.ok && result.verification.verificationParameters).toBe(`anId=x&impId=${slot('id')}`);
  });

  it('refuses Moat, whose service ended, unless it is asked for as legacy, and then warns', () => {
    expect(verificationFor('moat', { clientId: 'x' })).toMatchObject({ ok: false, code: 'vendor_retired' });
    expect(verificationFor('moat', { clientId: 'x' }, { legacyMoat: true })).toMatchObject({
      ok: true,
      warnings: [MOAT_RETIRED],
      verification: { vendor: 'moat.com-omid' },
    });
    expect(MOAT_RETIRED).toContain('30 September 2024');
    expect(MEASUREMENT_VENDORS.moat.endedOn).toBe('2024-09-30');
  });

  it.each([
    [
      'toString',
      { clientId: 'x' },
      'vendor_unknown',
      'vendor "toString" is not one of ias, doubleverify, moat',
    ],
    ['ias', { clientId: ' ' }, 'params_invalid', 'clientId is empty'],
    [
      'ias',
      { clientId: 'x', scriptUrl: 'http://a.example/x.js' },
      'params_invalid',
      'scriptUrl "http://a.example/x.js" is not an https URL',
    ],
    ['ias', { clientId: 'x', notExecutedUrl: 'nowhere' }, 'params_invalid', 'notExecutedUrl "nowhere"'],
  ])('refuses %s %j', (vendor, params, code, message) => {
    const result = verificationFor(vendor, params);
    expect(result).toMatchObject({ ok: false, code });
    expect(!result.ok && result.message).toContain(message);
  });
});
