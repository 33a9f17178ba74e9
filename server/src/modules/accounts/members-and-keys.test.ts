import type { ApiKey, User } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argon2Passwords } from './adapters/argon2.ts';
import { isApiKeyShaped } from './domain/secrets.ts';
import { createIdentityRig, type IdentityRig } from './testing/identity-rig.ts';

let rig: IdentityRig;
beforeAll(async () => {
  rig = await createIdentityRig();
});
afterAll(() => rig?.database.close());

const asAdmin = async <T>(operation: string, input: unknown, options = {}): Promise<T> =>
  (await rig.call(operation, input, { as: rig.admin(), ...options })).output as T;
const refused = (operation: string, input: unknown, options = {}) =>
  rig.refusal(operation, input, { as: rig.admin(), ...options });

/** Every value of every table, as a thief of a backup would read it. */
async function dump(): Promise<string> {
  const { rows } = await rig.database.ownerQuery(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`,
  );
  const parts: string[] = [];
  for (const { name } of rows as Array<{ name: string }>) {
    const table = await rig.database.ownerQuery(`SELECT t::text AS row FROM "${name}" t`);
    parts.push(...table.rows.map((row) => String(row.row)));
  }
  return parts.join('\n');
}

describe('members', () => {
  it('keep one admin: neither disabled nor of another role', async () => {
    const only = await rig.member('admin@first.example', 'admin');
    for (const input of [{ role: 'planner' }, { disabled: true }]) {
      const answer = await refused('accounts.updateUser', { userId: only.id, ...input }, { ifMatch: 1 });
      expect(answer.code).toBe('user.last_admin');
    }
    const second = await rig.member('second@first.example', 'admin');
    await asAdmin('accounts.updateUser', { userId: second.id, disabled: true }, { ifMatch: 1 });
    // A disabled admin is none.
    expect(
      (await refused('accounts.updateUser', { userId: only.id, role: 'viewer' }, { ifMatch: 1 })).code,
    ).toBe('user.last_admin');
    await asAdmin('accounts.updateUser', { userId: second.id, disabled: false }, { ifMatch: 2 });
    const moved = await asAdmin<User>(
      'accounts.updateUser',
      { userId: only.id, role: 'viewer' },
      { ifMatch: 1 },
    );
    expect(moved).toMatchObject({ role: 'viewer', version: 2 });
  });

  it('are added once, and unknown ones not found', async () => {
    await rig.member('twice@first.example', 'viewer');
    const again = { email: 'TWICE@first.example', displayName: 'x', role: 'viewer' };
    expect((await refused('accounts.createUser', again)).code).toBe('user.exists');
    const userId = 'usr_00000000000000000000';
    expect((await refused('accounts.updateUser', { userId, role: 'viewer' }, { ifMatch: 1 })).code).toBe(
      'user.not_found',
    );
  });

  it('of the other account are neither listed nor changed', async () => {
    const theirs = await rig.member('theirs@second.example', 'viewer', undefined, 1);
    const { items } = await asAdmin<{ items: User[] }>('accounts.listUsers', {});
    expect(items.map(({ id }) => id)).not.toContain(theirs.id);
    const answer = await refused('accounts.updateUser', { userId: theirs.id, role: 'admin' }, { ifMatch: 1 });
    expect(answer.code).toBe('user.not_found');
  });

  it('are listed page by page, each once', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await rig.member(`page-${name}@first.example`, 'viewer');
    const seen: string[] = [];
    let cursor: string | null | undefined;
    let total = 0;
    do {
      const page = await asAdmin<{ items: User[]; nextCursor: string | null; total: number }>(
        'accounts.listUsers',
        { limit: 2, ...(cursor ? { cursor } : {}) },
      );
      seen.push(...page.items.map(({ email }) => email));
      cursor = page.nextCursor;
      total = page.total;
    } while (cursor);
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
  });

  it('see their profile, and their rights in it', async () => {
    await rig.member('me@first.example', 'reviewer', 'a long password');
    const token = await rig.tokenFor('me@first.example', 'a long password');
    const as = await rig.accounts.authenticator.bySession(token);
    const { output } = await rig.call('accounts.getProfile', {}, { as });
    expect(output).toMatchObject({
      email: 'me@first.example',
      via: 'session',
      account: { role: 'reviewer' },
    });
    expect((output as { permissions: string[] }).permissions).toContain('creatives:review');
    expect((await rig.refusal('accounts.getProfile', {})).code).toBe('auth.required');
  });
});

describe('API keys', () => {
  const make = (input: object = {}) =>
    asAdmin<{ apiKey: ApiKey; secret: string }>('accounts.createApiKey', {
      name: 'k',
      role: 'planner',
      ...input,
    });
  const holder = (secret: string) => rig.accounts.authenticator.byApiKey(secret);

  it('are shown once and stored as a hash: no secret in any table', async () => {
    const { secret, apiKey } = await make();
    expect(secret).toMatch(/^cpk_/);
    expect(JSON.stringify(apiKey)).not.toContain(secret.slice(13));
    await holder(secret);
    const everything = await dump();
    expect(everything).toContain(apiKey.id);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(secret.slice(13));
  });

  it('hold no more than their role and scopes', async () => {
    const plain = await holder((await make()).secret);
    expect(plain).toMatchObject({ kind: 'api_key', role: 'planner', accountId: rig.accountIds[0] });
    expect(plain.permissions.has('campaigns:write')).toBe(true);
    const narrow = await holder((await make({ scopes: ['campaigns:read', 'account:administer'] })).secret);
    // A scope does not widen the role.
    expect([...narrow.permissions]).toEqual(['campaigns:read']);
    const answer = await rig.refusal('accounts.listUsers', {}, { as: narrow });
    expect(answer.code).toBe('auth.forbidden');
  });

  it('end with their time', async () => {
    const { secret, apiKey } = await make({ expiresInDays: 1 });
    expect(apiKey.expiresAt).toBe(new Date(rig.clock.now().getTime() + 86_400_000).toISOString());
    rig.clock.advance(86_400_000 - 1);
    expect((await holder(secret)).kind).toBe('api_key');
    rig.clock.advance(1);
    expect((await holder(secret)).kind).toBe('anonymous');
  });

  it('end when revoked, at once, and stay revoked since then', async () => {
    const { secret, apiKey } = await make();
    const revoked = await asAdmin<ApiKey>('accounts.revokeApiKey', { apiKeyId: apiKey.id });
    expect((await holder(secret)).kind).toBe('anonymous');
    rig.clock.advance(1_000);
    const again = await asAdmin<ApiKey>('accounts.revokeApiKey', { apiKeyId: apiKey.id });
    expect(again.revokedAt).toBe(revoked.revokedAt);
    expect((await refused('accounts.revokeApiKey', { apiKeyId: 'key_00000000000000000000' })).code).toBe(
      'api_key.not_found',
    );
  });

  it('of the other account can neither be seen nor revoked', async () => {
    const { apiKey, secret } = await make();
    const asOther = { as: rig.admin(1) };
    expect((await rig.refusal('accounts.revokeApiKey', { apiKeyId: apiKey.id }, asOther)).code).toBe(
      'api_key.not_found',
    );
    expect((await holder(secret)).kind).toBe('api_key');
  });

  it('with a typo are told without a look-up', async () => {
    const { secret } = await make();
    const last = secret.at(-1) === '0' ? '1' : '0';
    for (const typo of [secret.slice(0, -1) + last, secret.slice(1), secret.toUpperCase(), `${secret} `]) {
      expect(isApiKeyShaped(typo), typo).toBe(false);
      expect((await holder(typo)).kind).toBe('anonymous');
    }
    expect(isApiKeyShaped(secret)).toBe(true);
  });
});

describe('idempotency keys', () => {
  it('stand for a day', async () => {
    const input = { email: 'day@first.example', displayName: 'x', role: 'viewer' };
    await asAdmin('accounts.createUser', input, { idempotencyKey: 'one-day' });
    rig.clock.advance(24 * 3_600_000 - 1);
    await asAdmin('accounts.createUser', input, { idempotencyKey: 'one-day' });
    rig.clock.advance(1);
    const late = await refused('accounts.createUser', input, { idempotencyKey: 'one-day' });
    expect(late.code).toBe('user.exists');
  });
});

describe('lists', () => {
  it('refuse a cursor of another list', async () => {
    const { nextCursor } = await asAdmin<{ nextCursor: string }>('accounts.listUsers', { limit: 1 });
    for (const list of ['accounts.listApiKeys', 'accounts.listAudit'])
      expect((await refused(list, { cursor: nextCursor })).code).toBe('input.invalid');
  });

  it('show the audit trail newest first, page by page', async () => {
    const first = await asAdmin<{ items: Array<{ id: string; at: string }>; nextCursor: string }>(
      'accounts.listAudit',
      { limit: 3 },
    );
    const second = await asAdmin<typeof first>('accounts.listAudit', { limit: 3, cursor: first.nextCursor });
    const at = [...first.items, ...second.items].map((item) => item.at);
    expect(at).toEqual([...at].sort().reverse());
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(6);
  });
});

describe('the real password hash', () => {
  it('is argon2id with its cost in it, salted, and tells right from wrong', async () => {
    const [one, two] = [
      await argon2Passwords.hash('a long password'),
      await argon2Passwords.hash('a long password'),
    ];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await argon2Passwords.verify(one, 'a long password')).toBe(true);
    expect(await argon2Passwords.verify(one, 'a long passwore')).toBe(false);
  });
});
