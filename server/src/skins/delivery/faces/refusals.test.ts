import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, postJson } from '../testing/call.ts';
import { REFUSED_BODIES } from '../testing/refused-bodies.ts';
import { type RunningFaces, standardFakeEngine, startFaces } from '../testing/start-faces.ts';

const engine = standardFakeEngine();
let faces: RunningFaces;
beforeAll(async () => {
  faces = await startFaces(engine);
});
afterAll(() => faces.close());

interface ProblemBody {
  code: string;
  fields: { field: string; accepted: string; value?: unknown; message: string }[];
}

const many = (count: number) => Array.from({ length: count }, (_, n) => `v${n}`).join(',');

describe('a parameter that does not fit is refused by name', () => {
  it.each([
    ['dur', 'abc'],
    ['dur', '0'],
    ['dur', '2'],
    ['dur', '3601'],
    ['mindur', '-6'],
    ['mindur', '61'],
    ['w', '-5'],
    ['h', '1.5'],
    ['v', '9.9'],
    ['vastversions', 'new'],
    ['rid', 'a b'],
    ['rid', 'x'.repeat(129)],
    ['sid', 'ä'],
    ['pod', 'maybe'],
    ['poddur', '0'],
    ['poddur', '1e3'],
    ['maxads', '0'],
    ['maxads', '33'],
    ['exact', '2'],
    ['slots', '30,x'],
    ['slots', '30-15'],
    ['slots', many(33)],
    ['breakmaxduration', 'long', 'pod=1'],
    ['breakmaxads', '0', 'pod=1'],
    ['breakmaxadlength', 'long'],
    ['genre', many(17)],
    ['genre', 'x'.repeat(65)],
    ['rating', '\u0007'],
    ['language', 'x'.repeat(129)],
    ['livestream', 'sometimes'],
    ['seg', 'a b'],
    ['seg', many(65)],
    ['deal', many(33)],
    ['bcat', 'IAB 1'],
    ['bcat', many(101)],
    ['blockedadcategories', '<x>'],
    ['badv', 'nodots'],
    ['badv', many(101)],
    ['mimes', 'mp4'],
    ['mimes', many(17)],
    ['mediamime', 'mp4'],
    ['floor', '2,50'],
    ['floor', '-1.5'],
    ['floor', '1.2345678'],
    ['kv.x', 'x'.repeat(129)],
    ['pageurl', 'not an address'],
    ['transactionid', 'a\nb'],
    ['ifa', 'x'.repeat(129)],
    ['playersize', 'wide'],
    ['latlong', '99,9'],
    ['deviceip', '999.1.1.1'],
    ['gpp', 'a b'],
  ])('%s=%s', async (name, value, more = '') => {
    const answer = await call(faces.port, `/vast?pl=main&${more}&${name}=${encodeURIComponent(value)}`);
    expect([answer.status, answer.json().code]).toEqual([400, 'input.invalid']);
    const [field] = answer.json<ProblemBody>().fields;
    expect(field).toMatchObject({
      field: name,
      accepted: expect.stringMatching(/./),
      message: expect.stringMatching(/./),
    });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it.each([
    ['/vast?pl=main&series=%E0%A4%A', 'series'],
    ['/vast?pl=main&kv.bad%20key=1', 'kv.bad key'],
    [`/vast?pl=main&${Array.from({ length: 70 }, (_, n) => `kv.k${n}=1`).join('&')}`, 'kv.k64'],
    [`/vast?${Array.from({ length: 201 }, (_, n) => `p${n}=1`).join('&')}`, 'query'],
    [`/vast?pl=main&seg=${'s,'.repeat(201)}s`, 'seg'],
    ['/vast?pl=break&poddur=300', 'poddur'],
    ['/vast?pl=break&slots=60,60,60', 'slots'],
  ])('%s names %s', async (path, field) => {
    const answer = await call(faces.port, path);
    expect(answer.json<ProblemBody>()).toMatchObject({ code: 'input.invalid', fields: [{ field }] });
  });

  it.each([
    ['/vast?pl=nobody', 'pl'],
    ['/vast?pub=nobody', 'pub'],
    ['/vast', 'pl'],
    ['/vmap', 'pl'],
    ['/api/v1/pod?pl=nobody', 'pl'],
    ['/api/v1/interstitials?pl=nobody', 'pl'],
  ])('%s names no placement', async (path, field) => {
    const answer = await call(faces.port, path);
    expect([answer.status, answer.json().code]).toEqual([404, 'placement.not_found']);
    expect(answer.json<ProblemBody>().fields[0]?.field).toBe(field);
  });

  it.each<readonly [body: object, field: string]>([
    ...REFUSED_BODIES,
    [{ request_id: 'r', placement: 'main', break: 'long' }, 'break'],
    [{ request_id: 'r', placement: 'main', break: { duration: 'long' } }, 'break.duration'],
    [{ request_id: 'r', placement: 'main', break: { max_ads: 0 } }, 'break.max_ads'],
    [{ request_id: 'r', placement: 'main', break: { slots: [{}] } }, 'break.slots'],
    [{ request_id: 'r', duration: 30, placement: 'main', kv: [] }, 'kv'],
    [{ request_id: 'r', duration: 30, placement: 'main', kv: { a: { b: 1 } } }, 'kv.a'],
    [{ request_id: 'r', duration: 30, placement: 'main', segments: ['a b'] }, 'segments'],
    [{ request_id: 'r', duration: 30, placement: 'main', series: 'half \ud800' }, 'series'],
  ])('ad-request %j names %s', async (body, field) => {
    const answer = await postJson(faces.port, '/api/v1/ad-request', body);
    expect(answer.status).toBe(400);
    expect(answer.json<ProblemBody>()).toMatchObject({ code: 'input.invalid', fields: [{ field }] });
  });
});

describe('what is said reaches the decision', () => {
  it('as facts, limits and blocks', async () => {
    const query = [
      'pl=main&dur=45&mindur=10&rid=req-7&sid=stream-1',
      'genre=Drama,Crime&genre=Thriller&rating=TV-14&language=EN&network=Example%20One&channel=C1',
      'series=The%20Series&livestream=1&app=com.example.other',
      'seg=s1,s2&seg=s3&deal=d1&bcat=IAB7,IAB26&badv=Rival.example&floor=2.5&mimes=video/mp4,video/webm',
      'kv.section=a%2Cb,c&kv.section=d&kv.empty=&cb=[CACHEBUSTING]&unknown=%zz',
    ].join('&');
    expect((await call(faces.port, `/vast?${query}`)).status).toBe(200);
    expect(engine.asked.at(-1)).toMatchObject({
      streamId: 'stream-1',
      request: {
        requestId: 'req-7',
        accountId: 'acc_1',
        placementId: 'plc_1',
        minDurationMs: 10_000,
        maxDurationMs: 45_000,
        pod: null,
        blockedCategories: ['IAB7', 'IAB26'],
        blockedDomains: ['rival.example'],
        floorCpmMicros: 2_500_000,
        mimes: ['video/mp4', 'video/webm'],
        facts: {
          placement: 'plc_1',
          publisher: 'pbl_1',
          position: 'pre',
          genre: ['drama', 'crime', 'thriller'],
          rating: 'tv-14',
          language: 'en',
          network: 'example one',
          channel: 'c1',
          series: 'the series',
          livestream: 'live',
          app: 'com.example.other',
          segment: ['s1', 's2', 's3'],
          deal: ['d1'],
          key_value: ['section=a,b', 'section=c', 'section=d'],
        },
      },
    });
  });

  it('as macros of the standard where no parameter of ours is given', async () => {
    const query = [
      'pl=main&pod=1&breakmaxduration=90&breakmaxads=3&breakminadlength=6&breakmaxadlength=30',
      'mediamime=video/mp4&blockedadcategories=IAB1&appbundle=com.macro.tv&vastversions=2,3,7',
      'ifa=[IFA]&contentid=-1&lmt=-2',
    ].join('&');
    const answer = await call(faces.port, `/vast?${query}`);
    expect(answer.body).toContain('<VAST version="4.0"');
    expect(engine.asked.at(-1)?.request).toMatchObject({
      minDurationMs: 6_000,
      maxDurationMs: 30_000,
      pod: { durationMs: 90_000, maxAds: 3 },
      mimes: ['video/mp4'],
      blockedCategories: ['IAB1'],
      facts: { app: 'com.macro.tv' },
    });
  });
});
