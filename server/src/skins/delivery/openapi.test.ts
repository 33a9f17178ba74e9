import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryPaths } from '../rest/openapi-delivery.ts';
import { call, postJson } from './testing/call.ts';
import { fakeEngine } from './testing/fake-engine.ts';
import { FACE_CREATIVES, FACE_PLACEMENTS, type RunningFaces, startFaces } from './testing/start-faces.ts';

let faces: RunningFaces;
beforeAll(async () => {
  // With one default placement in the installation nothing has to be named.
  const placements = FACE_PLACEMENTS.filter(({ accountId }) => accountId === 'acc_1');
  faces = await startFaces(fakeEngine({ placements, creatives: FACE_CREATIVES }));
});
afterAll(() => faces.close());

/** A good and a bad value for everything the document says may be sent. */
const QUERY: Record<string, [good: string, bad?: string]> = {
  pl: ['main', 'nobody'],
  pub: ['pub-one', 'nobody'],
  dur: ['30', 'long'],
  mindur: ['6', '-6'],
  pod: ['1', 'maybe'],
  poddur: ['60', '-60'],
  maxads: ['3', 'many'],
  exact: ['0', 'maybe'],
  slots: ['30,15-30,bumper:6', 'long'],
  v: ['4.2', '5'],
  rid: ['req-1', 'a b'],
  sid: ['stream-1', 'a b'],
  w: ['1920', 'wide'],
  h: ['1080', 'high'],
  mimes: ['video/mp4', 'mp4'],
  floor: ['2.5', 'low'],
  bcat: ['IAB7', 'IAB 7'],
  badv: ['brand.example', 'brand'],
  bbrand: ['brd_01k7m3x9', 'fern whistle'],
  bmedia: ['AB'.repeat(32), 'ab'],
  genre: ['drama,crime', 'x'.repeat(65)],
  rating: ['tv-14', 'x'.repeat(129)],
  language: ['en', 'x'.repeat(129)],
  network: ['One', 'x'.repeat(129)],
  channel: ['C1', 'x'.repeat(129)],
  series: ['The Series', 'x'.repeat(129)],
  livestream: ['live', 'sometimes'],
  app: ['com.example.tv', 'x'.repeat(129)],
  seg: ['s1,s2', 'a b'],
  deal: ['d1', 'a b'],
  cb: ['123'],
  breaks: ['pre,mid@50%', 'middle'],
  repeat: ['00:10:00', 'soon'],
  inline: ['0', 'maybe'],
  'kv.section': ['news,sport', 'x'.repeat(129)],
};
const BODY: Record<string, [good: unknown, bad: unknown, field?: string]> = {
  request_id: ['req-1', ''],
  duration: [30, 'long'],
  placement: ['main', 'nobody'],
  publisher: ['pub-one', 'nobody'],
  min_duration: [6, -6],
  vast_version: ['4.2', '5'],
  stream_id: ['stream-1', 7],
  segments: [['s1'], ['a b']],
  deals: [['d1'], ['a b']],
  blocked_categories: [['IAB7'], ['IAB 7']],
  blocked_domains: [['brand.example'], ['brand']],
  blocked_brands: [['brd_01k7m3x9'], ['fern whistle']],
  blocked_media: [['ab'.repeat(32)], ['ab']],
  kv: [{ section: ['news', 'sport'] }, 'news'],
  break: [{ duration: 60, max_ads: 3, exact: false, slots: [30, 'bumper:6'] }, 'long'],
};

interface Refusal {
  fields: { field: string }[];
}

const parametersOf = (path: '/vast' | '/vmap' | '/api/v1/pod' | '/api/v1/interstitials') =>
  deliveryPaths[path].get.parameters.map((one) => {
    const { name } = one as { name: string };
    return name === 'kv' ? 'kv.section' : name;
  });

describe('what the OpenAPI document says of the delivery plane', () => {
  it.each(
    (['/vast', '/vmap', '/api/v1/pod', '/api/v1/interstitials'] as const).flatMap((path) =>
      parametersOf(path).map((name) => [path, name] as const),
    ),
  )('%s reads %s', async (path, name) => {
    const [good, bad] = QUERY[name]!;
    const given = (value: string) =>
      `${path}?${name === 'repeat' ? 'breaks=mid@50%25&' : ''}${name}=${encodeURIComponent(value)}`;
    const answer = await call(faces.port, given(good));
    expect([answer.status, answer.body.slice(0, 200)]).toEqual([200, expect.any(String)]);
    if (bad === undefined) return;
    const refused = await call(faces.port, given(bad));
    expect(Object.keys(deliveryPaths[path].get.responses)).toContain(String(refused.status));
    expect(refused.json<Refusal>().fields[0]?.field).toBe(name);
  });

  const { post } = deliveryPaths['/api/v1/ad-request'];
  const schema = post.requestBody.content['application/json'].schema;
  it.each(Object.keys(schema.properties))('ad-request reads %s', async (name) => {
    const [good, bad] = BODY[name]!;
    const least = { request_id: 'req-1', duration: 30 };
    const answer = await postJson(faces.port, '/api/v1/ad-request', { ...least, [name]: good });
    expect(answer.json()).toMatchObject({ decision_id: expect.any(String) });
    const refused = await postJson(faces.port, '/api/v1/ad-request', { ...least, [name]: bad });
    expect(Object.keys(post.responses)).toContain(String(refused.status));
    expect(refused.json<Refusal>().fields[0]?.field).toBe(name);
  });

  it('ad-request and impression want what is required', async () => {
    for (const path of ['/api/v1/ad-request', '/api/v1/impression'] as const) {
      const { required } = deliveryPaths[path].post.requestBody.content['application/json'].schema;
      const refused = await postJson(faces.port, path, {});
      expect(refused.status).toBe(400);
      expect(refused.json<Refusal>().fields[0]?.field).toBe(required[0]);
    }
  });
});
