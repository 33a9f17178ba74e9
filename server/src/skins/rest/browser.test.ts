import { type Operation, operations } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlApp, startControlApp } from '../../testing/control-app.ts';

let app: ControlApp;
let cookie: string;
beforeAll(async () => {
  app = await startControlApp({ keyRoles: ['admin'] });
  cookie = await app.signIn('admin');
});
afterAll(() => app?.close());

const writing = (operations as readonly Operation[]).filter(({ effect }) => effect !== 'read');
const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${app.origin}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code;
const profile = (headers: Record<string, string>) => ask('GET', '/api/v1/auth/profile', headers);

describe('a change with a cookie', () => {
  const foreign: Array<[string, Record<string, string>]> = [
    ['a foreign Origin', { Origin: 'https://evil.example' }],
    ['another port of this host', { Origin: 'http://127.0.0.1:1' }],
    ['an opaque Origin', { Origin: 'null' }],
    ['a cross-site fetch', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a same-site fetch', { 'Sec-Fetch-Site': 'same-site', 'X-Cuepoint-Client': '1' }],
    ['a foreign Origin that claims to be ours', { Origin: 'https://evil.example', 'X-Cuepoint-Client': '1' }],
    ['nothing that says where it comes from', {}],
  ];

  it.each(
    writing.map((operation) => [`${operation.rest!.method} ${operation.rest!.path}`, operation] as const),
  )('%s is refused from elsewhere, whatever its form', async (_name, operation) => {
    const path = `/api${operation.rest!.path.replace(/:\w+/g, 'cmp_00000000000000000000')}`;
    const before = await app.database.ownerQuery('SELECT count(*)::int AS n FROM audit_record');
    const bodies: Array<[string, string]> = [
      ['application/json', '{}'],
      ['text/plain', '{}'],
      ['application/x-www-form-urlencoded', 'a=1'],
      ['multipart/form-data; boundary=x', '--x--\r\n'],
    ];
    for (const [name, headers] of foreign) {
      for (const [type, body] of operation.rest!.method === 'DELETE' ? [['', ''] as const] : bodies) {
        const sent = { Cookie: cookie, ...headers, ...(type ? { 'Content-Type': type } : {}) };
        const answer = await ask(operation.rest!.method, path, sent, type ? body : undefined);
        // What the server cannot read it refuses before anybody is asked.
        const code = await codeOf(answer);
        if (type === 'application/json' || type === '') expect(code, `${name}`).toBe('auth.origin_refused');
        else expect(['auth.origin_refused', 'input.invalid'], `${name}, ${type}`).toContain(code);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
    }
    const after = await app.database.ownerQuery('SELECT count(*)::int AS n FROM audit_record');
    expect(after.rows).toEqual(before.rows);
    expect((await profile({ Cookie: cookie })).status).toBe(200);
  });

  it.each<[string, () => Record<string, string>]>([
    ['its own Origin', () => ({ Origin: app.origin })],
    ['the public address in front of it', () => ({ Origin: 'http://127.0.0.1:9' })],
    ['a same-origin fetch', () => ({ 'Sec-Fetch-Site': 'same-origin' })],
    ['our own header', () => ({ 'X-Cuepoint-Client': '1' })],
  ])('goes through with %s', async (_name, headers) => {
    const sent = { Cookie: cookie, 'Content-Type': 'application/json', ...headers() };
    const answer = await ask('POST', '/api/v1/auth/sign-in-links', sent, '{}');
    expect(answer.status).toBe(201);
  });

  it('with a key needs no Origin: browsers send none on their own', async () => {
    const answer = await ask(
      'POST',
      '/api/v1/auth/sign-in-links',
      {
        Authorization: `Bearer ${app.tenants[0].keys.admin}`,
        Origin: 'https://tool.example',
        'Content-Type': 'application/json',
      },
      JSON.stringify({ email: app.tenants[0].users.viewer.email }),
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is never made by GET', () => {
    expect(writing.filter(({ rest }) => rest!.method === 'GET')).toEqual([]);
  });
});

describe('the session cookie', () => {
  const login = async (target: ControlApp, headers: Record<string, string> = {}) => {
    const link = await target.tenants[0].caller.call('accounts.createSignInLink', {
      email: target.tenants[0].users.viewer.email,
    });
    const token = (link.output as { url: string }).url.split('#')[1];
    return fetch(`${target.origin}/api/v1/auth/link`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ token }),
    });
  };
  const attributes = (answer: Response) =>
    answer.headers
      .get('set-cookie')!
      .replace(/=cps_[A-Za-z0-9_-]{43}/, '=<token>')
      .replace(/Expires=[^;]+/, 'Expires=<instant>')
      .split('; ')
      .sort();

  it('on plain http', async () => {
    expect(attributes(await login(app))).toEqual([
      'Expires=<instant>',
      'HttpOnly',
      'Path=/',
      'SameSite=Lax',
      'cuepoint=<token>',
    ]);
  });

  it('on https, and its public address is accepted behind a proxy that speaks http to us', async () => {
    const secure = await startControlApp({ publicUrl: 'https://ads.example', keyRoles: [] });
    try {
      const answer = await login(secure, { Origin: 'https://ads.example' });
      expect(attributes(answer)).toEqual([
        'Expires=<instant>',
        'HttpOnly',
        'Path=/',
        'SameSite=Lax',
        'Secure',
        '__Host-cuepoint=<token>',
      ]);
      // A cookie that an attacker of the plain host could have set is not read.
      const value = answer.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!;
      const asked = (name: string) =>
        fetch(`${secure.origin}/api/v1/auth/profile`, { headers: { Cookie: `${name}=${value}` } });
      expect((await asked('cuepoint')).status).toBe(401);
      expect((await asked('__Host-cuepoint')).status).toBe(200);
      const refusedLogin = await login(secure, { Origin: 'https://evil.example' });
      expect(await codeOf(refusedLogin)).toBe('auth.origin_refused');
    } finally {
      await secure.close();
    }
  });

  it('ends with the session: cleared, and refused afterwards', async () => {
    const own = await app.signIn('viewer');
    expect((await profile({ Cookie: own })).status).toBe(200);
    const out = await ask('POST', '/api/v1/auth/logout', { Cookie: own, Origin: app.origin });
    expect(out.headers.get('set-cookie')).toMatch(/^cuepoint=;.*Expires=Thu, 01 Jan 1970/);
    const after = await profile({ Cookie: own });
    expect([after.status, await codeOf(after)]).toEqual([401, 'auth.required']);
  });

  it('is replaced when its bearer signs in again', async () => {
    const old = await app.signIn('viewer');
    const answer = await login(app, { Cookie: old, 'X-Cuepoint-Client': '1' });
    const fresh = answer.headers.get('set-cookie')!.split(';')[0]!;
    expect((await profile({ Cookie: old })).status).toBe(401);
    expect((await profile({ Cookie: fresh })).status).toBe(200);
  });

  it('is not needed by nor mixed with a key: a wrong key is nobody, cookie or not', async () => {
    const answer = await profile({ Cookie: cookie, Authorization: `Bearer cpk_${'A'.repeat(49)}` });
    expect(answer.status).toBe(401);
    expect((await ask('GET', `/api/v1/auth/profile?apiKey=${app.tenants[0].keys.admin}`)).status).toBe(401);
  });
});

describe('every answer', () => {
  it.each([
    '/api/v1/auth/profile',
    '/api/openapi.json',
    '/docs',
    '/livez',
    '/readyz',
    '/nowhere',
    '/api/v1/nowhere',
  ])('%s carries the headers that keep a browser safe', async (path) => {
    const answer = await ask('GET', path, { Cookie: cookie });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-request-id': expect.stringMatching(/^req_/),
    });
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    if (path.startsWith('/api/')) expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await answer.text();
  });

  it('is problem details when it refuses, with Retry-After when it asks to wait', async () => {
    const wrong = JSON.stringify({ email: 'spray@first.example', password: 'wrong' });
    const headers = { 'Content-Type': 'application/json' };
    let answer = await ask('POST', '/api/v1/auth/login', headers, wrong);
    for (let i = 0; i < 5; i++) answer = await ask('POST', '/api/v1/auth/login', headers, wrong);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(29);
    expect(await answer.json()).toMatchObject({ code: 'rate.limited', instance: '/api/v1/auth/login' });
  });

  it.each<[string, string, Record<string, string>, string | undefined, number, string]>([
    ['broken JSON', 'POST', { 'Content-Type': 'application/json' }, '{"a":', 400, 'input.invalid'],
    ['a list', 'POST', { 'Content-Type': 'application/json' }, '[]', 400, 'input.invalid'],
    ['no JSON', 'POST', { 'Content-Type': 'text/xml' }, '<a/>', 400, 'input.invalid'],
    [
      'too much',
      'POST',
      { 'Content-Type': 'application/json' },
      `{"a":"${'x'.repeat(2_200_000)}"}`,
      413,
      'media.too_large',
    ],
    [
      'a poisoned prototype',
      'POST',
      { 'Content-Type': 'application/json' },
      '{"__proto__":{"role":"admin"}}',
      400,
      'input.invalid',
    ],
    [
      'a version that is none',
      'POST',
      { 'Content-Type': 'application/json', 'If-Match': 'abc' },
      '{}',
      400,
      'input.invalid',
    ],
    [
      'a dry run that is none',
      'POST',
      { 'Content-Type': 'application/json', 'Dry-Run': 'maybe' },
      '{}',
      400,
      'input.invalid',
    ],
    [
      'an idempotency key with spaces',
      'POST',
      { 'Content-Type': 'application/json', 'Idempotency-Key': 'a b' },
      '{}',
      400,
      'input.invalid',
    ],
  ])('to %s is specific and no fault', async (_name, method, headers, body, status, code) => {
    const sent = { ...headers, Authorization: `Bearer ${app.tenants[0].keys.admin}` };
    const answer = await ask(method, '/api/v1/brands', sent, body);
    const problem = (await answer.json()) as { code: string; status: number };
    expect([answer.status, problem.code, problem.status]).toEqual([status, code, status]);
    expect(JSON.stringify(problem)).not.toMatch(/node_modules|at \w+ \(/);
  });

  it('to a cursor or a search that nobody made is a refusal, not a fault', async () => {
    const headers = { Authorization: `Bearer ${app.tenants[0].keys.admin}` };
    const cursor = Buffer.from('["not a date","cmp_1"]').toString('base64url');
    const lists = (operations as readonly Operation[]).filter(
      ({ input, rest }) => 'cursor' in input.shape && !rest!.path.includes(':'),
    );
    expect(lists.length).toBeGreaterThanOrEqual(8);
    for (const { rest } of lists) {
      const answer = await ask('GET', `/api${rest!.path}?cursor=${cursor}`, headers);
      expect([200, 400], rest!.path).toContain(answer.status);
      const broken = await ask('GET', `/api${rest!.path}?cursor=%00%ff`, headers);
      expect([broken.status, await codeOf(broken)], rest!.path).toEqual([400, 'input.invalid']);
    }
    const search = await ask('GET', '/api/v1/campaigns?search=%00', headers);
    expect([search.status, await codeOf(search)]).toEqual([400, 'input.invalid']);
    const sorted = await ask('GET', `/api/v1/campaigns?sort=budgetMicros&cursor=${cursor}`, headers);
    expect(sorted.status).toBe(400);
    expect(app.faults).toEqual([]);
  });
});
