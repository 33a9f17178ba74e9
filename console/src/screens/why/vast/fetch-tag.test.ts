import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type fetchTag, tagDecisions } from './fetch-tag.ts';

describe('what a tag decided', () => {
  it('is read from the headers, break by break', () => {
    const headers = new Headers({
      'X-Cuepoint-Decision': 'dec_1, dec_2',
      'X-Cuepoint-Reason': 'ad, no_line_item',
    });
    expect(tagDecisions(headers)).toEqual([
      { decisionId: 'dec_1', reason: null },
      { decisionId: 'dec_2', reason: 'no_line_item' },
    ]);
  });

  it('is nothing where the server told none', () => {
    expect(tagDecisions(new Headers())).toEqual([]);
  });
});

describe('a tag is fetched', () => {
  const tag = new URL('http://ads.example/vast');
  const told = { 'X-Cuepoint-Decision': 'dec_1', 'X-Cuepoint-Reason': 'ad' };
  const json = (status: number, body: object) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  const token = { token: 'd', header: 'X-Cuepoint-Debug', tagUrl: String(tag) };
  const issued = () => json(200, { ...token, expiresAt: new Date(Date.now() + 900_000).toISOString() });
  const refused = {
    status: 403,
    code: 'auth.forbidden',
    title: 'Not allowed',
    detail: 'No right to see delivery.',
  };

  /** What the control plane answers for a token, and the node for a tag with and without one. */
  const world = (answers: { token: () => Response | Promise<Response>; withToken?: number }) =>
    vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) => {
      const url = input instanceof Request ? input.url : String(input);
      if (!url.startsWith(String(tag))) return Promise.resolve(answers.token());
      const isAsked = new Headers(init?.headers).has('X-Cuepoint-Debug');
      const status = isAsked ? (answers.withToken ?? 200) : 200;
      return Promise.resolve(new Response('<VAST/>', { status, headers: isAsked ? told : {} }));
    });
  beforeEach(() => vi.resetModules());
  afterEach(() => vi.unstubAllGlobals());
  const fresh = async (): Promise<typeof fetchTag> => (await import('./fetch-tag.ts')).fetchTag;

  it('with its decision, by one token for several', async () => {
    const ask = vi.fn(issued);
    world({ token: ask });
    const fetchAnew = await fresh();
    for (let time = 0; time < 2; time++) {
      const { answer, decisions, untold } = await fetchAnew(tag);
      expect([answer.status, decisions, untold]).toEqual([
        200,
        [{ decisionId: 'dec_1', reason: null }],
        null,
      ]);
    }
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['nobody may have a token', { token: () => json(403, refused) }, /./],
    [
      'the control plane is away',
      { token: () => Promise.reject(new TypeError('fetch failed')) },
      /did not answer/,
    ],
    ['the tag is another account\u2019s', { token: issued, withToken: 403 }, /another account/],
  ])('as a plain request, and says why, when %s', async (_what, answers, why) => {
    world(answers);
    const { answer, decisions, untold } = await (await fresh())(tag);
    expect([answer.status, await answer.text(), decisions]).toEqual([200, '<VAST/>', []]);
    expect(untold).toMatch(why);
  });
});
