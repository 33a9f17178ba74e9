import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, postJson } from '../testing/call.ts';
import { type RunningFaces, standardFakeEngine, startFaces } from '../testing/start-faces.ts';

const engine = standardFakeEngine();
let faces: RunningFaces;
beforeAll(async () => {
  faces = await startFaces(engine);
});
afterAll(() => faces.close());

const IFA = '8a5b4f0e-1c2d-4e3f-9a6b-7c8d9e0f1a2b';
const ROKU = { 'User-Agent': 'Roku/DVP-9.10 (519.10E04111A)' };

async function ask(query: string) {
  const answer = await call(faces.port, `/vast?pl=main&country=US&${query}`, { headers: ROKU });
  expect(answer.status).toBe(200);
  const tracker = /https:\/\/third\.example\/i\?[^\]<]*(?:\[[A-Z]+\][^\]<]*)*/.exec(answer.body)?.[0];
  return { ...engine.asked.at(-1)!.request, tracker: tracker?.replaceAll('&amp;', '&') ?? '' };
}

describe('what the decision knows of the viewer', () => {
  it('is device, place, segments and an identity that names nobody', async () => {
    const seen = await ask(`region=CA&city=Los%20Angeles&dma=803&seg=s1,s2&ifa=${IFA}&ifa_type=rida`);
    expect(seen.facts).toMatchObject({
      device: 'ctv',
      country: 'US',
      region: 'US-CA',
      city: 'US:Los Angeles',
      dma: '803',
      segment: ['s1', 's2'],
    });
    expect(seen.withheld).toEqual([]);
    expect(seen.identityKind).toBe('ifa');
    expect(seen.identity).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(seen.facts)).not.toContain(IFA);
    expect(seen.tracker).toContain(`ifa=${IFA}&`);
  });

  it.each([
    ['the parameter', 'lmt=1'],
    ['the macro of the standard', 'limitadtracking=1'],
    ['children, by the macro of the standard', 'regulations=coppa'],
    ['a signal that contradicts itself', 'lmt=0&lmt=1'],
  ])('is less where privacy says so, and so it is for third parties: %s', async (_how, signal) => {
    const seen = await ask(`seg=s1&ifa=${IFA}&deviceip=192.0.2.7&${signal}`);
    expect(seen.facts.segment).toEqual([]);
    expect(seen.withheld).toContainEqual(expect.stringMatching(/^segment:/));
    expect(seen.identityKind).not.toBe('ifa');
    expect(seen.tracker).toContain('ifa=-2&');
  });

  it('reads the signals of a body, lists among them', async () => {
    await postJson(faces.port, '/api/v1/ad-request', {
      request_id: 'r',
      duration: 30,
      placement: 'main',
      country: 'US',
      segments: ['s1', 's2'],
      gpp_sid: [6],
      us_privacy: '1YYN',
    });
    const { request } = engine.asked.at(-1)!;
    expect(request.facts.segment).toEqual([]);
    expect(request.withheld).toContainEqual('segment:us_opt_out_sale');
  });
});
