import type { DebugToken, Explanation } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debugToken } from '../../kernel/debug-token.ts';
import { loadKeyRing } from '../../platform/keys/key-ring.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';

let served: ServedApp;
beforeAll(async () => {
  served = await startServedApp();
}, 60_000);
afterAll(() => served?.close());

const issue = async (tenant: 0 | 1, input: object = {}) =>
  (await served.app.tenants[tenant].caller.call('delivery.createDebugToken', input)).output as DebugToken;
/** The tag the token names, asked at the node, which stands at another port in a test. */
const ask = ({ tagUrl }: DebugToken, headers: Record<string, string> = {}) => {
  const { pathname, search } = new URL(tagUrl);
  return call(served.node.publicPort, pathname + search, { headers });
};

describe('a debug token of the control plane', () => {
  it('makes the node tell decision and reason, which the control plane then explains', async () => {
    const made = await issue(0);
    expect(Date.parse(made.expiresAt) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(Date.parse(made.expiresAt) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    const told = await ask(made, { [made.header]: made.token });
    expect(told.status).toBe(200);
    // Nothing is sold yet: the document is valid and empty, and the header says why.
    expect(told.body).not.toContain('<Ad ');
    expect(told.headers).toMatchObject({
      'x-cuepoint-reason': 'no_line_item',
      'x-cuepoint-decision': expect.stringMatching(/^dec_/),
    });
    const { output } = await served.app.tenants[0].caller.call('delivery.explainDecision', {
      decisionId: told.headers['x-cuepoint-decision'],
    });
    expect((output as Explanation).reason).toBe('no_line_item');
    expect((await ask(made)).headers).not.toHaveProperty('x-cuepoint-reason');
  });

  it('speaks for its own account alone', async () => {
    const [own, other] = [await issue(0), await issue(1)];
    expect(own.tagUrl).not.toBe(other.tagUrl);
    // An account that was made a moment ago comes with the next snapshot.
    await until(async () => (await ask(other, { [other.header]: other.token })).status === 200);
    const refused = await ask(own, { [own.header]: other.token });
    expect([refused.status, refused.json().code]).toEqual([403, 'debug.refused']);
  });

  it('ends when it says', async () => {
    const made = await issue(0, { expiresInMinutes: 1 });
    const [key] = loadKeyRing(served.app.dataDir).tracking;
    const { accountId } = served.app.tenants[0];
    const at = (seconds: number) => debugToken(key!, accountId, Math.floor(Date.now() / 1000) + seconds);
    expect((await ask(made, { [made.header]: at(30) })).status).toBe(200);
    const refused = await ask(made, { [made.header]: at(0) });
    expect([refused.status, refused.json().code]).toEqual([403, 'debug.refused']);
    await expect(issue(0, { expiresInMinutes: 61 })).rejects.toMatchObject({ code: 'input.invalid' });
  });

  it('is on the audit trail without the token', async () => {
    const { token, expiresAt } = await issue(0);
    const { rows } = await served.app.database.ownerQuery(
      "SELECT * FROM audit_record WHERE operation = 'delivery.createDebugToken'",
    );
    expect(rows.some(({ reason }) => String(reason).includes(expiresAt))).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});
