import type { Permission, Problem } from '@cuepoint/contract';
import { operations } from '@cuepoint/contract';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlApp, startControlApp } from '../../testing/control-app.ts';
import { tenantObjects } from '../../testing/tenant-objects.ts';

let app: ControlApp;
let admin: Client;
const open: Client[] = [];
beforeAll(async () => {
  app = await startControlApp({ keyRoles: ['admin', 'agent'] });
  admin = await connect(app.tenants[0].keys.admin);
});
afterAll(async () => {
  await Promise.all(open.map((client) => client.close()));
  await app?.close();
});

async function connect(token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${app.origin}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  open.push(client);
  return client;
}
async function call(client: Client, name: string, input: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: input });
  const value = JSON.parse((result.content as Array<{ text: string }>)[0]!.text) as unknown;
  return result.isError ? { problem: value as Problem } : { output: value };
}
const nameCount = async (): Promise<number> => {
  const { rows } = await app.database.ownerQuery('SELECT count(*)::int AS n FROM campaign');
  return Number(rows[0]!.n);
};
const agentKey = async (scopes: Permission[]) => {
  const made = await app.tenants[0].caller.call('accounts.createApiKey', {
    name: 'agent',
    role: 'agent',
    scopes,
  });
  return (made.output as { secret: string }).secret;
};

describe('MCP', () => {
  it('offers the curated tools, each saying what it does to the world', async () => {
    const { tools } = await admin.listTools();
    const declared = operations.filter((operation) => 'mcp' in operation);
    expect(tools.map(({ name }) => name).sort()).toEqual(declared.map((one) => one.mcp!.tool).sort());
    for (const tool of tools) {
      const operation = declared.find((one) => one.mcp!.tool === tool.name)!;
      expect(tool.annotations).toMatchObject({
        readOnlyHint: operation.effect === 'read',
        destructiveHint: operation.effect === 'delete',
      });
      expect(tool.inputSchema.type).toBe('object');
      if (operation.effect === 'read') expect(tool.inputSchema.properties ?? {}).not.toHaveProperty('dryRun');
    }
  });

  it('is for callers with a key, at one address, by POST', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
    const nobody = await fetch(`${app.origin}/mcp`, { method: 'POST', headers, body });
    expect([nobody.status, ((await nobody.json()) as Problem).code]).toEqual([401, 'auth.required']);
    const cookie = await app.signIn('admin');
    const page = await fetch(`${app.origin}/mcp`, {
      method: 'POST',
      headers: { ...headers, Cookie: cookie, Origin: 'https://evil.example' },
      body,
    });
    expect([page.status, ((await page.json()) as Problem).code]).toEqual([403, 'auth.origin_refused']);
    for (const method of ['GET', 'DELETE']) {
      const answer = await fetch(`${app.origin}/mcp`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('names a refusal with its code and remedy, and an unknown tool as unknown', async () => {
    const missing = await call(admin, 'get_campaign', { campaignId: 'cmp_00000000000000000000' });
    expect(missing.problem).toMatchObject({ code: 'campaign.not_found', remedy: expect.any(String) });
    const bad = await call(admin, 'get_campaign', { campaignId: 7, extra: true });
    expect(bad.problem!.fields!.map(({ field }) => field)).toEqual(['campaignId', 'extra']);
    const unknown = await call(admin, 'drop_database', {});
    expect(unknown.problem).toMatchObject({ code: 'not_found' });
  });

  it('tries when it is asked to try, also in words, and refuses what it does not understand', async () => {
    const objects = tenantObjects(app, 0);
    const input = {
      ...(await objects.axes()),
      label: 'Tried Only',
      budgetMicros: 5e9,
      cpmMicros: 24_000_000,
      startOn: '2027-01-01',
      endOn: '2027-02-01',
    };
    const before = await nameCount();
    for (const dryRun of [true, 'true']) {
      const { output } = await call(admin, 'create_campaign', { ...input, dryRun });
      expect(output).toMatchObject({ label: 'Tried Only' });
    }
    for (const dryRun of ['yes', 1, null, {}]) {
      const { problem } = await call(admin, 'create_campaign', { ...input, dryRun });
      expect(problem, JSON.stringify(dryRun)).toMatchObject({
        code: 'input.invalid',
        fields: [{ field: 'dryRun' }],
      });
    }
    expect(await nameCount()).toBe(before);
    const kept = await call(admin, 'create_campaign', { ...input, dryRun: false, idempotencyKey: 'once' });
    expect(await call(admin, 'create_campaign', { ...input, idempotencyKey: 'once' })).toEqual(kept);
    expect(await nameCount()).toBe(before + 1);
    const { id } = kept.output as { id: string };
    const without = await call(admin, 'set_campaign_status', { campaignId: id, status: 'active' });
    expect(without.problem!.code).toBe('version.required');
    const stale = await call(admin, 'set_campaign_status', { campaignId: id, status: 'active', ifMatch: 9 });
    expect(stale.problem!.code).toBe('version.conflict');
    const moved = await call(admin, 'set_campaign_status', {
      campaignId: id,
      status: 'active',
      ifMatch: '1',
    });
    expect(moved.output).toMatchObject({ status: 'active' });
  });

  it('lets an agent look and try, and act only within the scopes of its key', async () => {
    const campaign = await tenantObjects(app, 1).campaign();
    const { output } = await app.tenants[0].caller.call('campaigns.listCampaigns', {
      limit: 1,
      status: ['active'],
    });
    const { id, version } = (output as { items: Array<{ id: string; version: number }> }).items[0]!;
    const pause = { campaignId: id, status: 'paused', ifMatch: version };
    const plain = await connect(app.tenants[0].keys.agent);
    expect((await call(plain, 'get_campaign', { campaignId: id })).output).toMatchObject({ id });
    expect((await call(plain, 'set_campaign_status', pause)).problem!.code).toBe('confirmation.required');
    expect((await call(plain, 'set_campaign_status', { ...pause, dryRun: true })).output).toMatchObject({
      status: 'paused',
    });
    const trusted = await connect(await agentKey(['campaigns:read', 'campaigns:write']));
    expect((await call(trusted, 'set_campaign_status', pause)).output).toMatchObject({ status: 'paused' });
    // What another account has is not there, for an agent too.
    expect((await call(trusted, 'get_campaign', { campaignId: campaign.id })).problem!.code).toBe(
      'campaign.not_found',
    );
  });

  it('reported no fault', () => expect(app.faults).toEqual([]));
});
