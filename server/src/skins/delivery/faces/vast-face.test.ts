import { lintVast, parseVast } from '@cuepoint/vast';
import { VASTParser } from '@dailymotion/vast-client';
import { DOMParser } from '@xmldom/xmldom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVED_VAST_VERSIONS } from '../../../kernel/delivery-protocol.ts';
import { call } from '../testing/call.ts';
import { AWKWARD_TITLE, faceCreative, unservableCreative } from '../testing/face-samples.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import {
  FACE_BASE,
  FACE_PLACEMENTS,
  type RunningFaces,
  standardFakeEngine,
  startFaces,
} from '../testing/start-faces.ts';

const engine = standardFakeEngine();
let faces: RunningFaces;
beforeAll(async () => {
  faces = await startFaces(engine);
});
afterAll(() => faces.close());

interface ClientAd {
  readonly sequence: string | null;
  readonly id: string | null;
  readonly errorURLTemplates: string[];
  readonly impressionURLTemplates: { url: string }[];
}

async function readByPlayer(xml: string): Promise<ClientAd[]> {
  const dom = new DOMParser().parseFromString(xml, 'text/xml') as unknown as Document;
  return (await new VASTParser().parseVAST(dom, { resolveAll: false })).ads as unknown as ClientAd[];
}

function checked(xml: string) {
  const parsed = parseVast(xml);
  if (!parsed.ok) throw new Error(parsed.message);
  expect(lintVast(xml).filter(({ severity }) => severity === 'block')).toEqual([]);
  return parsed.document;
}

describe('/vast', () => {
  it.each(SERVED_VAST_VERSIONS)('serves one ad in %s that our parser and a player read', async (version) => {
    const { status, headers, body, bytes } = await call(faces.port, `/vast?pl=main&v=${version}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/xml; charset=utf-8',
      'cache-control': 'no-store',
      'content-length': String(bytes.length),
      'access-control-allow-origin': '*',
    });
    const document = checked(body);
    expect(document.version).toBe(version);
    expect(document.ads).toHaveLength(1);
    expect(document.ads[0]).toMatchObject({ id: 'crv_1', adTitle: `${AWKWARD_TITLE} crv_1` });
    expect(document.ads[0]?.sequence).toBeUndefined();
    const [ad] = await readByPlayer(body);
    expect(ad?.impressionURLTemplates[0]?.url).toMatch(new RegExp(`^${FACE_BASE}/t/k1\\.acc_1\\.dec_`));
    expect(ad?.errorURLTemplates[0]).toMatch(/\?code=\[ERRORCODE\]$/);
  });

  it.each(SERVED_VAST_VERSIONS.filter((one) => one !== '2.0'))(
    'serves a break in %s: sequences from 1 without a gap, back-ups without',
    async (version) => {
      const { body } = await call(faces.port, `/vast?pl=break&poddur=70&maxads=3&v=${version}`);
      const { ads } = checked(body);
      expect(ads.map(({ id, sequence }) => [id, sequence])).toEqual([
        ['crv_1', 1],
        ['crv_2', 2],
        ['crv_3', 3],
        ['crv_4', undefined],
        ['crv_5', undefined],
      ]);
      const players = await readByPlayer(body);
      // A player that has a pod lists the pod; what stands by is not played unless an ad fails.
      expect(players.map(({ sequence }) => sequence)).toEqual(['1', '2', '3']);
    },
  );

  it('answers a 2.0 player one ad of a placement with breaks, and refuses it a break', async () => {
    const { body } = await call(faces.port, '/vast?pl=break&v=2.0');
    expect(checked(body).ads).toHaveLength(1);
    const refused = await call(faces.port, '/vast?pl=break&v=2.0&pod=1');
    expect(refused.status).toBe(400);
    expect(refused.json()).toMatchObject({ fields: [{ field: 'v', value: '2.0' }] });
  });

  it.each(SERVED_VAST_VERSIONS)('is valid and empty in %s, with an error address', async (version) => {
    const { body } = await call(faces.port, `/vast?pl=main&dur=5&v=${version}`);
    const document = checked(body);
    expect(document.ads).toEqual([]);
    if (version === '2.0') return;
    const [url] = document.errorUrls ?? [];
    expect(url).toMatch(/^http:\/\/ads\.example\/e\?d=dec_[0-9a-z]+&code=\[ERRORCODE\]$/);
    const before = faces.metrics.emptyErrors;
    const told = await call(faces.port, url!.slice(FACE_BASE.length).replace('[ERRORCODE]', '303'));
    expect([told.status, told.headers['content-type']]).toEqual([200, 'image/gif']);
    expect(faces.metrics.emptyErrors).toBe(before + 1);
  });

  it('fills macros of third parties that it knows, encoded once, and leaves those of the player', async () => {
    const bundle = 'com.example.tv/ä b&c';
    const query = `pl=main&ifa=[IFA]&appbundle=${encodeURIComponent(bundle)}&pageurl=${encodeURIComponent('https://a.example/?q=1&r=%20')}`;
    const { body } = await call(faces.port, `/vast?${query}`);
    const [ad] = checked(body).ads;
    const url = ad!.impressions[1]!.url;
    expect(url).toContain('ifa=[IFA]');
    expect(url).toContain('cb=[CACHEBUSTING]');
    expect(url).toContain('p=[PODSEQUENCE]');
    expect(url).toMatch(/as=dec_[0-9a-z]+&/);
    expect(url).toContain('b=com.example.tv%2F%C3%A4%20b%26c&');
    expect(new URL(url).searchParams.get('b')).toBe(bundle);
    expect(new URL(url).searchParams.get('u')).toBe('https://a.example/?q=1&r=%20');
    const inPod = checked((await call(faces.port, `/vast?${query}&pod=1`)).body);
    expect(inPod.ads[1]!.impressions[1]!.url).toContain('p=2&');
  });

  it('leaves an ad out that cannot be written, keeps the rest, and counts it', async () => {
    const other = await startFaces(
      fakeEngine({
        placements: FACE_PLACEMENTS,
        creatives: [
          faceCreative('crv_a', 30_000),
          unservableCreative('crv_bad', 20_000),
          faceCreative('crv_b', 15_000),
          faceCreative('crv_long', 25_000),
          faceCreative('crv_short', 15_000),
        ],
        choose: ({ pod }) =>
          pod === null
            ? { ads: ['crv_bad'] }
            : { ads: ['crv_a', 'crv_bad', 'crv_b'], backups: ['crv_long', 'crv_short', 'crv_bad'] },
      }),
    );
    try {
      const { ads } = checked((await call(other.port, '/vast?pl=break')).body);
      expect(ads.map(({ id, sequence }) => [id, sequence])).toEqual([
        ['crv_a', 1],
        ['crv_short', 2],
        ['crv_b', 3],
        ['crv_long', undefined],
      ]);
      expect(other.metrics.adsUnservable).toBe(2);
      expect(other.unservable[0]?.message).toContain('crv_bad');
      const single = await call(other.port, '/vast?pl=main');
      expect(checked(single.body).ads).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('reads POST as a form and as JSON, the body before the address', async () => {
    const form = await call(faces.port, '/vast?pl=main&v=3.0', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'pl=break&kv.show=a%2Cb,c&rid=form-1',
    });
    expect(checked(form.body)).toMatchObject({ version: '3.0' });
    expect(engine.asked.at(-1)?.request).toMatchObject({
      requestId: 'form-1',
      placementId: 'plc_2',
      facts: { key_value: ['show=a,b', 'show=c'] },
    });
    const json = await call(faces.port, '/vast?pl=main', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        placement: 'break',
        break: { duration: 45, max_ads: 2, exact: true },
        kv: { show: ['a,b', 'c'] },
        stream_id: 'st-1',
        segments: ['s1', 's2'],
      }),
    });
    expect(checked(json.body).ads.filter(({ sequence }) => sequence !== undefined)).toHaveLength(2);
    expect(engine.asked.at(-1)).toMatchObject({
      streamId: 'st-1',
      request: {
        pod: { durationMs: 45_000, maxAds: 2, isExact: true },
        facts: { key_value: ['show=a,b', 'show=c'], segment: ['s1', 's2'] },
      },
    });
    const empty = await call(faces.port, '/vast?pl=main', { method: 'POST' });
    expect(checked(empty.body).ads).toHaveLength(1);
    const other = await call(faces.port, '/vast', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: 'pl=main',
    });
    expect([other.status, other.json()]).toMatchObject([415, { code: 'media_type.unsupported' }]);
  });

  it('decides nothing for HEAD and for a preflight', async () => {
    const asked = engine.asked.at(-1);
    const head = await call(faces.port, '/vast?pl=main', { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-type']]).toEqual([
      200,
      '',
      'application/xml; charset=utf-8',
    ]);
    expect((await call(faces.port, '/vast?pl=nobody', { method: 'HEAD' })).status).toBe(404);
    const preflight = await call(faces.port, '/vast', {
      method: 'OPTIONS',
      headers: { Origin: 'https://player.example' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('https://player.example');
    expect(preflight.headers['access-control-allow-headers']).toContain('X-Cuepoint-Debug');
    expect(engine.asked.at(-1)).toBe(asked);
    const wrong = await call(faces.port, '/vast', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });
});
