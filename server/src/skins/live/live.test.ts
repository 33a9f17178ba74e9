import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlApp, startControlApp } from '../../testing/control-app.ts';
import { type TenantObjects, tenantObjects } from '../../testing/tenant-objects.ts';

let app: ControlApp;
let objects: TenantObjects;
beforeAll(async () => {
  app = await startControlApp({ keyRoles: ['admin', 'viewer'], liveHeartbeatMs: 100 });
  objects = tenantObjects(app, 0);
});
afterAll(() => app?.close());

interface Stream {
  status: number;
  text(): string;
  ended: Promise<void>;
  close(): void;
}

async function listen(headers: Record<string, string>): Promise<Stream> {
  const abort = new AbortController();
  const answer = await fetch(`${app.origin}/api/v1/live`, { headers, signal: abort.signal });
  let text = '';
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of answer.body!) text += decoder.decode(chunk as Uint8Array);
    } catch {
      // closed by the test
    }
  })();
  return { status: answer.status, text: () => text, ended, close: () => abort.abort() };
}
const key = (tenant: 0 | 1) => ({ Authorization: `Bearer ${app.tenants[tenant].keys.admin}` });

describe('live events', () => {
  it('are for signed-in callers of this site', async () => {
    const nobody = await listen({});
    await nobody.ended;
    expect([nobody.status, JSON.parse(nobody.text()).code]).toEqual([401, 'auth.required']);
    const cookie = await app.signIn('viewer');
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'http://127.0.0.1:1' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const foreign = await listen({ Cookie: cookie, ...(headers as Record<string, string>) });
      await foreign.ended;
      expect([foreign.status, JSON.parse(foreign.text()).code]).toEqual([403, 'auth.origin_refused']);
    }
    const own = await listen({ Cookie: cookie });
    expect(own.status).toBe(200);
    own.close();
  });

  it('tell what changed in the own account alone, and no content', async () => {
    const mine = await listen(key(0));
    const theirs = await listen(key(1));
    const campaign = await objects.campaign();
    await expect.poll(() => mine.text()).toContain(campaign.id);
    expect(mine.text()).toMatch(
      /event: change\ndata: \{"type":"campaign.changed","entity":\{"kind":"campaign","id":"cmp_\w+"\}\}\n\n/,
    );
    expect(mine.text()).not.toContain(campaign.name);
    expect(mine.text()).not.toContain(app.tenants[0].accountId);
    await expect.poll(() => theirs.text()).toContain('still here');
    expect(theirs.text()).not.toContain('event: change');
    mine.close();
    theirs.close();
  });

  it('are not told of what was only tried', async () => {
    const mine = await listen(key(0));
    await app.tenants[0].caller.call(
      'governance.createBrand',
      { code: 'TRY', name: 'Tried', domain: 'tried.example' },
      { dryRun: true },
    );
    await expect.poll(() => mine.text()).toContain('still here');
    expect(mine.text()).not.toContain('event: change');
    mine.close();
  });

  it('end soon after the session does, and nothing is heard in between', async () => {
    const cookie = await app.signIn('planner');
    const stream = await listen({ Cookie: cookie });
    await expect.poll(() => stream.text()).toContain('still here');
    const out = await fetch(`${app.origin}/api/v1/auth/logout`, {
      method: 'POST',
      headers: { Cookie: cookie, Origin: app.origin },
    });
    expect(out.status).toBe(200);
    await stream.ended;
    const length = stream.text().length;
    await objects.campaign();
    expect(stream.text().length).toBe(length);
  });

  it('end when a key is revoked', async () => {
    const { output } = await app.tenants[0].caller.call('accounts.createApiKey', {
      name: 'short',
      role: 'viewer',
    });
    const { secret, apiKey } = output as { secret: string; apiKey: { id: string } };
    const stream = await listen({ Authorization: `Bearer ${secret}` });
    await app.tenants[0].caller.call('accounts.revokeApiKey', { apiKeyId: apiKey.id });
    await stream.ended;
    expect(stream.status).toBe(200);
  });

  it('reported no fault', () => expect(app.faults).toEqual([]));
});
