import { afterEach, describe, expect, it } from 'vitest';
import type { DecisionRecord, LogPage } from '../../../kernel/delivery-protocol.ts';
import type { DeliveryOptions } from '../options.ts';
import { call, until } from '../testing/call.ts';
import { PLANE_KEY, startFakeControl } from '../testing/fake-control.ts';
import { sampleLineItem, sampleSnapshot } from '../testing/sample-snapshot.ts';
import { startNode } from '../testing/start-node.ts';

/** As CloudFront adds them; the city is percent-encoded beyond ASCII. */
const headers = {
  'CloudFront-Viewer-Country': 'CA',
  'CloudFront-Viewer-Country-Region': 'QC',
  'CloudFront-Viewer-City': 'Montr%C3%A9al',
  'CloudFront-Viewer-Postal-Code': 'H2X',
  'CloudFront-Viewer-Metro-Code': '501',
  'X-Forwarded-For': '203.0.113.9',
};
const isIn = (dimension: string, value: string) => ({
  dimension,
  operator: 'any_of' as const,
  values: [value],
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Asks a node of these settings, and answers what it served and what it knew of the place. */
async function asked(over: Partial<DeliveryOptions>) {
  const control = await startFakeControl();
  closers.push(() => control.close());
  const targeting = { all: [isIn('region', 'CA-QC'), isIn('city', 'ca:montréal'), isIn('dma', '501')] };
  control.publish(sampleSnapshot({ lineItems: [sampleLineItem({ id: 'li_1', targeting })] }));
  const node = await startNode({ controlOrigin: control.origin, ...over });
  closers.push(() => node.close());
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  const { body } = await call(node.publicPort, '/vast', { headers });
  let record: DecisionRecord | undefined;
  await until(async () => {
    const page = await call(node.internalPort, '/internal/log?limit=100', {
      headers: { Authorization: `Bearer ${PLANE_KEY}` },
    });
    record = page
      .json<LogPage>()
      .entries.flatMap((entry) => (entry.record.type === 'decision' ? [entry.record] : []))[0];
    return record !== undefined;
  });
  const { country, region, city, postal, dma } = record!.request.facts;
  return { isServed: body.includes('<Ad '), place: { country, region, city, postal, dma } };
}

const nowhere = {
  country: undefined,
  region: undefined,
  city: undefined,
  postal: undefined,
  dma: undefined,
};

describe('the place headers of a content delivery network', () => {
  it('place the viewer when a trusted proxy sends them and the operator chose them', async () => {
    expect(await asked({ geoHeaders: 'cloudfront', trustedProxies: ['127.0.0.1/32'] })).toEqual({
      isServed: true,
      place: { country: 'CA', region: 'CA-QC', city: 'CA:Montréal', postal: 'CA:H2X', dma: '501' },
    });
  });

  it('say nothing when nobody chose them, but for the one header of the country', async () => {
    expect(await asked({ trustedProxies: ['127.0.0.1/32'] })).toEqual({ isServed: false, place: nowhere });
    const one = await asked({
      trustedProxies: ['127.0.0.1/32'],
      countryHeader: 'CloudFront-Viewer-Country',
    });
    expect(one).toEqual({ isServed: false, place: { ...nowhere, country: 'CA' } });
  });

  it('are not believed from anybody else', async () => {
    for (const trustedProxies of [[], ['198.51.100.0/24']])
      expect(await asked({ geoHeaders: 'cloudfront', trustedProxies })).toEqual({
        isServed: false,
        place: nowhere,
      });
  });
});
