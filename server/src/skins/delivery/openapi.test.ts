import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryPaths } from '../rest/openapi-delivery.ts';
import type { RunningDelivery } from './main.ts';
import { call, postJson, until } from './testing/call.ts';
import { type FakeControl, startFakeControl } from './testing/fake-control.ts';
import { sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

let control: FakeControl;
let node: RunningDelivery;
beforeAll(async () => {
  control = await startFakeControl();
  control.publish(sampleSnapshot());
  node = await startNode({ controlOrigin: control.origin });
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
});
afterAll(async () => {
  await node.close();
  await control.close();
});

/** A good and a bad value for everything the document says may be sent. */
const QUERY: Record<string, [good: string, bad?: string]> = {
  pl: ['main', 'nobody'],
  pub: ['pub-one', 'nobody'],
  dur: ['30', 'long'],
  mindur: ['6', '-6'],
  w: ['1920', 'wide'],
  h: ['1080', 'high'],
  v: ['4.2', '5'],
  rid: ['req-1', 'a b'],
  cb: ['123'],
};
const BODY: Record<string, [good: unknown, bad: unknown]> = {
  request_id: ['req-1', ''],
  duration: [30, 'long'],
  placement: ['main', 'nobody'],
  publisher: ['pub-one', 'nobody'],
  min_duration: [6, -6],
  vast_version: ['4.2', '5'],
};

describe('what the OpenAPI document says of the delivery plane', () => {
  const { get } = deliveryPaths['/vast'];
  it.each(get.parameters.map((parameter) => parameter.name))('/vast reads %s', async (name) => {
    const [good, bad] = QUERY[name]!;
    expect((await call(node.publicPort, `/vast?${name}=${good}`)).body).toContain('<Ad ');
    if (bad === undefined) return;
    const refused = await call(node.publicPort, `/vast?${name}=${encodeURIComponent(bad)}`);
    expect(Object.keys(get.responses)).toContain(String(refused.status));
    expect(refused.json<{ fields: { field: string }[] }>().fields[0]?.field).toBe(name);
  });

  const { post } = deliveryPaths['/api/v1/ad-request'];
  const schema = post.requestBody.content['application/json'].schema;
  it.each(Object.keys(schema.properties))('ad-request reads %s', async (name) => {
    const [good, bad] = BODY[name]!;
    const least = { request_id: 'req-1', duration: 30 };
    const answer = await postJson(node.publicPort, '/api/v1/ad-request', { ...least, [name]: good });
    expect(answer.json()).toMatchObject({ creative_id: 'crv_1' });
    const refused = await postJson(node.publicPort, '/api/v1/ad-request', { ...least, [name]: bad });
    expect(Object.keys(post.responses)).toContain(String(refused.status));
    expect(refused.json<{ fields: { field: string }[] }>().fields[0]?.field).toBe(name);
  });

  it('ad-request and impression want what is required', async () => {
    for (const path of ['/api/v1/ad-request', '/api/v1/impression'] as const) {
      const { required } = deliveryPaths[path].post.requestBody.content['application/json'].schema;
      const refused = await postJson(node.publicPort, path, {});
      expect(refused.status).toBe(400);
      expect(refused.json<{ fields: { field: string }[] }>().fields[0]?.field).toBe(required[0]);
    }
  });
});
