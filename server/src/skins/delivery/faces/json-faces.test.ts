import { parseVast } from '@cuepoint/vast';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debugToken } from '../../../kernel/debug-token.ts';
import { TRACKING_EVENTS } from '../../../kernel/delivery-protocol.ts';
import { call, postJson } from '../testing/call.ts';
import { AWKWARD_TITLE, FACE_SECRET, faceCreative } from '../testing/face-samples.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import {
  FACE_CREATIVES,
  FACE_PLACEMENTS,
  type RunningFaces,
  standardFakeEngine,
  startFaces,
} from '../testing/start-faces.ts';

const engine = standardFakeEngine();
let faces: RunningFaces;
let unfilled: RunningFaces;
beforeAll(async () => {
  faces = await startFaces(engine);
  unfilled = await startFaces(
    fakeEngine({
      placements: FACE_PLACEMENTS,
      creatives: [],
      choose: () => ({ ads: [], reason: 'budget' }),
    }),
  );
});
afterAll(async () => {
  await faces.close();
  await unfilled.close();
});

const playlistOf = (id: string) => {
  const path = FACE_CREATIVES.find((one) => one.id === id)!.hls!.path;
  return `http://ads.example/media/hls/${path.slice(3, -'.m3u8'.length)}/main.m3u8`;
};
const OWN_EVENTS = TRACKING_EVENTS.filter((event) => event !== 'click');

interface PodAnswer {
  break_duration: number;
  filled_duration: number;
  reason: string | null;
  ads: {
    position: number;
    offset: number;
    duration: number;
    creative_id: string;
    media: { url: string; mime_type: string; delivery: string; width: number | null }[];
    tracking: Record<string, string[]>;
    progress: { offset: number; url: string }[];
    click_through: string;
    click_tracking: string[];
    universal_ad_id: object;
  }[];
  backups: { position: null; creative_id: string }[];
}

describe('/api/v1/pod', () => {
  it('lists a break with all that a stitcher needs', async () => {
    const answer = await call(faces.port, '/api/v1/pod?pl=break&poddur=65&appbundle=com.tv');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    const body = answer.json<PodAnswer>();
    expect(body).toMatchObject({
      request_id: null,
      placement_id: 'plc_2',
      break_duration: 65,
      filled_duration: 65,
      reason: null,
    });
    expect(body.ads.map(({ position, offset, duration }) => [position, offset, duration])).toEqual([
      [1, 0, 30],
      [2, 30, 15],
      [3, 45, 20],
    ]);
    expect(body.backups.map(({ position, creative_id }) => [position, creative_id])).toEqual([
      [null, 'crv_4'],
      [null, 'crv_5'],
    ]);
    const [first] = body.ads;
    expect(first!.media.map(({ mime_type, delivery, width }) => [mime_type, delivery, width])).toEqual([
      ['video/mp4', 'progressive', 1920],
      ['video/mp4', 'progressive', 640],
      ['application/vnd.apple.mpegurl', 'streaming', null],
    ]);
    expect(Object.keys(first!.tracking).slice(0, OWN_EVENTS.length)).toEqual(OWN_EVENTS);
    for (const event of OWN_EVENTS)
      expect(first!.tracking[event]![0]).toMatch(/^http:\/\/ads\.example\/t\/k1\./);
    expect(first!.tracking.start![1]).toBe('https://third.example/start?x=1&y=2');
    // VAST 4.2 section 6.1: what describes the call is filled by who calls, and that is the stitcher.
    expect(first!.tracking.impression![1]).toContain('b=com.tv&cb=[CACHEBUSTING]');
    expect(first!.progress).toEqual([{ offset: 15, url: 'https://third.example/half' }]);
    expect(first!.click_through).toMatch(/^http:\/\/ads\.example\/c\/k1\./);
    expect(first!.click_tracking).toEqual(['https://third.example/click?a=com.tv']);
    expect(first!.universal_ad_id).toEqual({ id_registry: 'ad-id.org', id_value: 'CNPA0484000H' });
  });

  it('asks for a break where the placement has none, and reads POST', async () => {
    const body = (
      await postJson(faces.port, '/api/v1/pod', { placement: 'main', slots: [30, 'bumper:6'] })
    ).json<PodAnswer>();
    expect(body.break_duration).toBe(36);
    expect(engine.asked.at(-1)?.request.pod).toMatchObject({
      kind: 'structured',
      slots: [
        { kind: 'any', minDurationMs: 0, maxDurationMs: 30_000 },
        { kind: 'bumper', minDurationMs: 0, maxDurationMs: 6_000 },
      ],
    });
  });

  it('is quick to say that there is nothing, and why', async () => {
    const body = (await call(unfilled.port, '/api/v1/pod?pl=break')).json<PodAnswer>();
    expect(body).toMatchObject({ ads: [], backups: [], filled_duration: 0, reason: 'budget' });
  });
});

interface AssetList {
  ASSETS: {
    URI: string;
    DURATION: number;
    'X-AD-CREATIVE-SIGNALING': {
      version: number;
      type: string;
      payload: {
        type: string;
        start: number;
        duration: number;
        clickThrough: string;
        identifiers: { scheme: string; value: string }[];
        tracking: { type: string; urls: string[]; offset?: number }[];
      }[];
    };
  }[];
  'X-AD-CREATIVE-SIGNALING'?: { version: number; type: string; payload: object[] };
  'X-CUEPOINT': { decision_id: string; reason: string | null; left_out: object[] };
}

describe('/api/v1/interstitials', () => {
  it('lists packaged ads with their beacons, and says which it left out', async () => {
    const body = (
      await call(faces.port, '/api/v1/interstitials?pl=break&_HLS_primary_id=5F0E-11')
    ).json<AssetList>();
    expect(engine.asked.at(-1)?.streamId).toBe('5F0E-11');
    expect(body.ASSETS.map(({ URI, DURATION }) => [URI, DURATION])).toEqual([
      [playlistOf('crv_1'), 30],
      [playlistOf('crv_2'), 15],
      [playlistOf('crv_3'), 20],
      [playlistOf('crv_4'), 6],
    ]);
    expect(body['X-CUEPOINT']).toMatchObject({
      reason: null,
      left_out: [{ creative_id: 'crv_5', reason: 'not_packaged' }],
    });
    expect(body['X-AD-CREATIVE-SIGNALING']).toEqual({
      version: 2,
      type: 'pod',
      payload: [{ start: 0, duration: 71, tracking: [] }],
    });
    const signals = body.ASSETS.map((asset) => asset['X-AD-CREATIVE-SIGNALING']);
    expect(signals.map(({ version, type, payload }) => [version, type, payload.length])).toEqual(
      signals.map(() => [2, 'slot', 1]),
    );
    expect(signals.map(({ payload }) => payload[0]!.start)).toEqual([0, 30, 45, 65]);
    const { tracking, clickThrough, type } = signals[1]!.payload[0]!;
    expect(type).toBe('linear');
    expect(clickThrough).toMatch(/^http:\/\/ads\.example\/c\//);
    expect(tracking.map((one) => one.type)).toEqual([...OWN_EVENTS, 'clickTracking', 'progress']);
    expect(tracking.find((one) => one.type === 'impression')?.urls[1]).toContain('p=2&');
    expect(tracking.at(-1)).toEqual({ type: 'progress', offset: 7.5, urls: ['https://third.example/half'] });
    expect(tracking.every(({ urls }) => urls.every((url) => URL.canParse(url)))).toBe(true);
  });

  it('puts a packaged back-up in the place of one that is not', async () => {
    const other = await startFaces(
      fakeEngine({
        placements: FACE_PLACEMENTS,
        creatives: [faceCreative('crv_plain', 20_000, { hls: undefined }), faceCreative('crv_spare', 15_000)],
        choose: () => ({ ads: ['crv_plain'], backups: ['crv_spare'] }),
      }),
    );
    try {
      const body = (await call(other.port, '/api/v1/interstitials?pl=break')).json<AssetList>();
      expect(body.ASSETS.map(({ DURATION }) => DURATION)).toEqual([15]);
      expect(body['X-CUEPOINT'].left_out).toEqual([{ creative_id: 'crv_plain', reason: 'not_packaged' }]);
    } finally {
      await other.close();
    }
  });

  it('is an empty list without ads, which players skip', async () => {
    const body = (await call(unfilled.port, '/api/v1/interstitials?pl=break')).json<AssetList>();
    expect(body).toEqual({
      ASSETS: [],
      'X-CUEPOINT': {
        decision_id: expect.stringMatching(/^dec_/),
        request_id: null,
        reason: 'budget',
        left_out: [],
      },
    });
  });
});

describe('/api/v1/ad-request', () => {
  it('answers one ad with its fields at the top', async () => {
    const body = (
      await postJson(faces.port, '/api/v1/ad-request', { request_id: 'r-1', duration: 30, placement: 'main' })
    ).json<Record<string, unknown> & { tracking: object; vast: string }>();
    expect(body).toMatchObject({
      request_id: 'r-1',
      decision_id: expect.stringMatching(/^dec_/),
      campaign_id: 'cmp_1',
      line_item_id: 'li_crv_1',
      creative_id: 'crv_1',
      placement_id: 'plc_1',
      video_url: expect.stringMatching(/^http:\/\/ads\.example\/media\/[0-9a-f]{64}\.mp4$/),
      mime_type: 'video/mp4',
      width: 1920,
      height: 1080,
      duration: 30,
    });
    expect(Object.keys(body.tracking)).toEqual([...TRACKING_EVENTS]);
    expect(body.vast).toContain(`<AdTitle>`);
    const parsed = parseVast(body.vast);
    expect(parsed.ok && parsed.document.ads[0]).toMatchObject({ adTitle: `${AWKWARD_TITLE} crv_1` });
  });

  it('answers a break as ads, with the document of all', async () => {
    const body = (
      await postJson(faces.port, '/api/v1/ad-request', {
        request_id: 'r-2',
        placement: 'main',
        break: { duration: 50 },
      })
    ).json<{ ads: { position: number; creative_id: string }[]; vast: string; filled_duration: number }>();
    expect(body.ads.map(({ position, creative_id }) => [position, creative_id])).toEqual([
      [1, 'crv_1'],
      [2, 'crv_2'],
    ]);
    expect(body.filled_duration).toBe(45);
    const parsed = parseVast(body.vast);
    expect(parsed.ok && parsed.document.ads.filter(({ sequence }) => sequence).length).toBe(2);
  });

  it('answers no ad without an error', async () => {
    const body = { request_id: 'r', duration: 30, placement: 'main' };
    expect((await postJson(unfilled.port, '/api/v1/ad-request', body)).json()).toEqual({
      request_id: 'r',
      decision_id: expect.stringMatching(/^dec_/),
      ad: null,
      reason: 'budget',
    });
  });
});

describe('X-Cuepoint-Debug', () => {
  const key = { kid: 'k1', secret: FACE_SECRET, state: 'active' } as const;
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;

  it('tells reasons to a caller that is signed in, and to nobody else', async () => {
    const token = debugToken(key, 'acc_1', inAnHour);
    const told = await call(unfilled.port, '/vast?pl=main', { headers: { 'X-Cuepoint-Debug': token } });
    expect(told.headers).toMatchObject({
      'x-cuepoint-reason': 'budget',
      'x-cuepoint-decision': expect.stringMatching(/^dec_/),
      'access-control-expose-headers': 'X-Cuepoint-Decision, X-Cuepoint-Reason',
    });
    const many = await call(unfilled.port, '/vmap?pl=main', { headers: { 'X-Cuepoint-Debug': token } });
    expect(many.headers['x-cuepoint-reason']).toBe('budget, budget, budget');
    const plain = await call(unfilled.port, '/vast?pl=main');
    expect(plain.headers).not.toHaveProperty('x-cuepoint-reason');
    expect(plain.headers).not.toHaveProperty('x-cuepoint-decision');
    const filled = await call(faces.port, '/api/v1/pod?pl=break', { headers: { 'X-Cuepoint-Debug': token } });
    expect(filled.headers['x-cuepoint-reason']).toBe('ad');
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['a changed account', debugToken(key, 'acc_2', inAnHour).replace('acc_2', 'acc_1')],
    ['another account', debugToken(key, 'acc_2', inAnHour)],
    ['an expired one', debugToken(key, 'acc_1', 1000)],
    ['an unknown key', debugToken({ ...key, kid: 'k9' }, 'acc_1', inAnHour)],
    [
      'another secret',
      debugToken({ ...key, secret: Buffer.alloc(32, 1).toString('base64url') }, 'acc_1', inAnHour),
    ],
  ])('refuses %s', async (_what, token) => {
    const answer = await call(faces.port, '/vast?pl=main', { headers: { 'X-Cuepoint-Debug': token } });
    expect([answer.status, answer.json().code]).toEqual([403, 'debug.refused']);
  });
});
