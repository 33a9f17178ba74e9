import type { DebugToken, Explanation } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { call } from '../../skins/delivery/testing/call.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';

const VENDOR = 755;

/** TC strings with every purpose and precise places allowed: one for the vendors 12 and 744, one for 12 and 755. */
const WITHOUT_VENDOR = 'CQuf10AQuf10AAfACAENAwFoAP_gAAAAAAqIF0QAgAGALoAAAAAA';
const WITH_VENDOR = 'CQuf10AQuf10AAfACAENAwFoAP_gAAAAAAqIF5wAgAGALzAAAAAA';

/** What a node knows of a viewer with an id and a segment, by the record of its decision. */
async function asked(served: ServedApp, consent: string): Promise<Explanation['request']> {
  const { caller } = served.app.tenants[0];
  const { token, header, tagUrl } = (await caller.call('delivery.createDebugToken', {})).output as DebugToken;
  const url = new URL(tagUrl);
  const viewer = { ifa: '3f2504e0-4f89-11d3-9a0c-0305e82c3301', ifa_type: 'rida', seg: 'seg_1' };
  for (const [name, value] of Object.entries({ ...viewer, gdpr: '1', gdpr_consent: consent }))
    url.searchParams.set(name, value);
  const answer = await call(served.node.publicPort, url.pathname + url.search, {
    headers: { [header]: token },
  });
  const decisionId = answer.headers['x-cuepoint-decision'];
  const { output } = await caller.call('delivery.explainDecision', { decisionId });
  return (output as Explanation).request;
}

describe('the publisher as a vendor of TCF', () => {
  let named: ServedApp;
  let unnamed: ServedApp;
  beforeAll(async () => {
    named = await startServedApp({}, { tcfVendorId: VENDOR });
    unnamed = await startServedApp();
  }, 120_000);
  afterAll(async () => {
    await named?.close();
    await unnamed?.close();
  });

  it('is not served ids and segments by a string that does not name it', async () => {
    const request = await asked(named, WITHOUT_VENDOR);
    expect(request.identityKind).not.toBe('ifa');
    expect(request.facts).not.toHaveProperty('segment');
    expect(request.withheld).toContain('segment:tcf_vendor');
  });

  it('is served them by one that does', async () => {
    const request = await asked(named, WITH_VENDOR);
    expect(request).toMatchObject({ identityKind: 'ifa', facts: { segment: ['seg_1'] }, withheld: [] });
  });

  it('is asked for by nobody who named none', async () => {
    const request = await asked(unnamed, WITHOUT_VENDOR);
    expect(request).toMatchObject({ identityKind: 'ifa', facts: { segment: ['seg_1'] } });
  });
});

describe('CUEPOINT_TCF_VENDOR_ID', () => {
  const load = (value: string) => loadConfig({ env: { CUEPOINT_TCF_VENDOR_ID: value }, workingDir: '/' });

  it('is a number of the list', () => {
    expect(load('755').config.tcfVendorId).toBe(755);
    expect(load('65535').config.tcfVendorId).toBe(65_535);
    expect(loadConfig({ env: {}, workingDir: '/' }).config.tcfVendorId).toBeUndefined();
  });

  it.each(['0', '65536', '7.5', 'us'])('is not %s', (value) => {
    expect(() => load(value)).toThrow(/CUEPOINT_TCF_VENDOR_ID|tcfVendorId/);
  });
});
