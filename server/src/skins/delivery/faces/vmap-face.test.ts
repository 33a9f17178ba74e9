import { lintVast, lintVmap, parseVmap } from '@cuepoint/vast';
import { VASTParser } from '@dailymotion/vast-client';
import { DOMParser } from '@xmldom/xmldom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { FACE_BASE, type RunningFaces, standardFakeEngine, startFaces } from '../testing/start-faces.ts';

const engine = standardFakeEngine();
let faces: RunningFaces;
beforeAll(async () => {
  faces = await startFaces(engine);
});
afterAll(() => faces.close());

async function vmap(query: string) {
  const answer = await call(faces.port, `/vmap?${query}`);
  expect([answer.status, answer.body.slice(0, 300)]).toEqual([200, expect.any(String)]);
  expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
  const parsed = parseVmap(answer.body);
  if (!parsed.ok) throw new Error(parsed.message);
  expect(lintVmap(answer.body).filter(({ severity }) => severity === 'block')).toEqual([]);
  return { breaks: parsed.document.adBreaks, body: answer.body };
}

/** The VAST documents inside, as a player cuts them out. */
function embedded(body: string): string[] {
  return [...body.matchAll(/<vmap:VASTAdData>(.*?)<\/vmap:VASTAdData>/gs)].map((found) => found[1]!);
}

describe('/vmap', () => {
  it('answers one break for each placement of the app, each decided in its own', async () => {
    const { breaks, body } = await vmap('pl=main');
    expect(breaks.map(({ breakId, timeOffset }) => [breakId, timeOffset])).toEqual([
      ['pre-1', 'start'],
      ['mid-1', { percent: 50 }],
      ['post-1', 'end'],
    ]);
    expect(engine.asked.slice(-3).map(({ request }) => [request.placementId, request.pod !== null])).toEqual([
      ['plc_1', false],
      ['plc_2', true],
      ['plc_3', false],
    ]);
    const documents = embedded(body);
    expect(documents).toHaveLength(3);
    const read = await Promise.all(
      documents.map(async (xml) => {
        expect(lintVast(xml).filter(({ severity }) => severity === 'block')).toEqual([]);
        const dom = new DOMParser().parseFromString(xml, 'text/xml') as unknown as Document;
        return (await new VASTParser().parseVAST(dom, { resolveAll: false })).ads.length;
      }),
    );
    expect(read).toEqual([1, 5, 1]);
  });

  it('answers the breaks it is asked for, with offsets and a repeat', async () => {
    const { breaks } = await vmap('pl=main&breaks=pre,mid@00:10:00,mid@50%25,mid@%232,post&repeat=00:15:00');
    expect(breaks.map(({ timeOffset, repeatAfterMs }) => [timeOffset, repeatAfterMs])).toEqual([
      ['start', undefined],
      [{ ms: 600_000 }, undefined],
      [{ percent: 50 }, undefined],
      [{ position: 2 }, 900_000],
      ['end', undefined],
    ]);
  });

  it('decides every break in a placement that stands alone, and says where it plays', async () => {
    const { breaks } = await vmap('pl=loose&breaks=pre,post');
    expect(breaks).toHaveLength(2);
    expect(
      engine.asked.slice(-2).map(({ request }) => [request.placementId, request.facts.position]),
    ).toEqual([
      ['plc_4', 'pre'],
      ['plc_4', 'post'],
    ]);
    expect((await vmap('pl=loose')).breaks.map(({ breakId }) => breakId)).toEqual(['pre-1']);
  });

  it('names tags instead when asked to, and each of them answers', async () => {
    const asked = engine.asked.at(-1);
    const { breaks } = await vmap(
      `pub=pub-one&inline=0&dur=30&kv.show=a%26b,c&series=${encodeURIComponent('Zoë & Söhne')}&rid=one`,
    );
    expect(engine.asked.at(-1)).toBe(asked);
    const tags = breaks.map(({ adSource }) =>
      adSource?.content?.kind === 'tag' ? adSource.content.uri : '',
    );
    expect(tags.map((tag) => new URL(tag).searchParams.get('pl'))).toEqual(['main', 'break', 'end']);
    for (const tag of tags) {
      expect(tag.startsWith(`${FACE_BASE}/vast?`)).toBe(true);
      const answer = await call(faces.port, tag.slice(FACE_BASE.length));
      expect(answer.body).toContain('<Ad ');
      expect(engine.asked.at(-1)?.request).toMatchObject({
        maxDurationMs: 30_000,
        facts: { series: 'zoë & söhne', key_value: ['show=a&b', 'show=c'] },
      });
    }
  });

  it.each([
    ['breaks=middle', 'breaks'],
    ['breaks=mid', 'breaks'],
    ['breaks=pre@00:00:10', 'breaks'],
    ['breaks=mid@150%25', 'breaks'],
    ['breaks=mid@start', 'breaks'],
    [`breaks=${'pre,'.repeat(21)}pre`, 'breaks'],
    ['breaks=pre&repeat=00:10:00', 'repeat'],
    ['breaks=mid@50%25&repeat=soon', 'repeat'],
    ['breaks=mid@50%25&repeat=00:00:00', 'repeat'],
    ['inline=maybe', 'inline'],
  ])('refuses %s', async (query, field) => {
    const answer = await call(faces.port, `/vmap?pl=main&${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'input.invalid', fields: [{ field }] });
  });
});
