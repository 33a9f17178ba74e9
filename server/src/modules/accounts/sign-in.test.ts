import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIdentityRig, type IdentityRig } from './testing/identity-rig.ts';

const right = 'correct horse battery';
let rig: IdentityRig;
beforeAll(async () => {
  rig = await createIdentityRig();
  await rig.member('Ada@first.example', 'planner', right);
  await rig.member('link-only@first.example', 'viewer');
  await rig.member('gone@first.example', 'viewer', right);
  await rig.database.ownerQuery(
    `UPDATE membership SET disabled = true WHERE user_id = (SELECT id FROM app_user WHERE email = 'gone@first.example')`,
  );
});
beforeEach(() => rig.database.ownerQuery('DELETE FROM sign_in_throttle'));
afterAll(() => rig?.database.close());

const tryIn = (email: string, password: string, address?: string) =>
  rig.refusal('accounts.signIn', { email, password }, address ? { address } : {});
const sessionOf = (token: string) => rig.accounts.authenticator.bySession(token);

describe('signing in', () => {
  it('starts a session, whatever the case of the e-mail', async () => {
    const { output, sessionChange } = await rig.call('accounts.signIn', {
      email: 'ada@FIRST.example',
      password: right,
    });
    expect(output).toMatchObject({
      email: 'Ada@first.example',
      via: 'session',
      account: { id: rig.accountIds[0], role: 'planner' },
      sessionExpiresAt: '2026-11-28T09:00:00.000Z',
    });
    expect(JSON.stringify(output)).not.toContain('cps_');
    const { token } = (sessionChange as { start: { token: string } }).start;
    expect(token).toMatch(/^cps_[A-Za-z0-9_-]{43}$/);
    expect(await sessionOf(token)).toMatchObject({
      kind: 'user',
      role: 'planner',
      accountId: rig.accountIds[0],
    });
  });

  it('answers wrong, unknown, without a password and disabled alike, after the same work', async () => {
    const answers = [];
    for (const email of [
      'ada@first.example',
      'nobody@first.example',
      'link-only@first.example',
      'gone@first.example',
    ]) {
      rig.verified = 0;
      const password = email.startsWith('gone') ? right : 'wrong password!';
      answers.push({ ...(await tryIn(email, password)), verified: rig.verified });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual({
      code: 'auth.invalid',
      detail: 'E-mail or password not accepted.',
      verified: 1,
    });
  });

  it('takes no longer for a known e-mail: both count, both compare, both write', async () => {
    const counts: Record<string, number> = {};
    for (const email of ['ada@first.example', 'nobody@first.example']) {
      await tryIn(email, 'wrong password!');
      const { rows } = await rig.database.ownerQuery(
        `SELECT failures FROM sign_in_throttle WHERE key LIKE 'email:%'`,
      );
      counts[email] = rows.length;
      await rig.database.ownerQuery('DELETE FROM sign_in_throttle');
    }
    expect(counts).toEqual({ 'ada@first.example': 1, 'nobody@first.example': 1 });
  });

  it('is slowed down for an e-mail after five failures, right password or not', async () => {
    for (let i = 0; i < 5; i++)
      expect((await tryIn('ada@first.example', `wrong ${i}`)).code).toBe('auth.invalid');
    rig.verified = 0;
    expect(await tryIn('ada@first.example', right)).toMatchObject({
      code: 'rate.limited',
      retryAfterMs: 30_000,
    });
    expect(rig.verified).toBe(0);
    rig.clock.advance(29_000);
    expect(await tryIn('ADA@first.example', right)).toMatchObject({ retryAfterMs: 1_000 });
    rig.clock.advance(1_000);
    expect(await rig.tokenFor('ada@first.example', right)).toMatch(/^cps_/);
    // Success forgets the failures.
    expect((await tryIn('ada@first.example', 'wrong again')).code).toBe('auth.invalid');
  });

  it('does not let a hundred tries at once past the limit', async () => {
    rig.verified = 0;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => tryIn('ada@first.example', `guess ${i}`, `203.0.113.${i}`)),
    );
    expect(rig.verified).toBe(5);
    expect(answers.filter(({ code }) => code === 'rate.limited')).toHaveLength(35);
  });

  it('is slowed down for an address that sprays over many e-mails, and for no other', async () => {
    for (let i = 0; i < 50; i++) await tryIn(`person-${i}@first.example`, 'Summer2026!!', '198.51.100.7');
    expect(await tryIn('another@first.example', 'x', '198.51.100.7')).toMatchObject({ code: 'rate.limited' });
    expect((await tryIn('another@first.example', 'x', '198.51.100.8')).code).toBe('auth.invalid');
    // An own account does not wash the address clean.
    rig.clock.advance(30_000);
    await rig.call(
      'accounts.signIn',
      { email: 'ada@first.example', password: right },
      { address: '198.51.100.7' },
    );
    expect((await tryIn('one-more@first.example', 'x', '198.51.100.7')).code).toBe('auth.invalid');
    expect((await tryIn('two-more@first.example', 'x', '198.51.100.7')).code).toBe('rate.limited');
  });

  it('keeps no password and no e-mail in the throttle', async () => {
    await tryIn('Somebody@first.example', 'their password');
    const { rows } = await rig.database.ownerQuery('SELECT * FROM sign_in_throttle');
    expect(JSON.stringify(rows)).not.toMatch(/somebody|their password/i);
  });
});

describe('a session', () => {
  it('ends by signing out, by time, by signing in again, by disabling and by another role', async () => {
    const ada = (await rig.call('accounts.listUsers', {}, { as: rig.admin() })).output as {
      items: Array<{ id: string; email: string; version: number }>;
    };
    const { id } = ada.items.find(({ email }) => email === 'Ada@first.example')!;
    const alive = async (token: string) => (await sessionOf(token)).kind === 'user';

    const first = await rig.tokenFor('ada@first.example', right);
    expect(await alive(first)).toBe(true);
    await rig.call('accounts.signOut', {}, { as: await sessionOf(first) });
    expect(await alive(first)).toBe(false);

    const second = await rig.tokenFor('ada@first.example', right);
    await rig.call(
      'accounts.signIn',
      { email: 'ada@first.example', password: right },
      { as: await sessionOf(second) },
    );
    expect(await alive(second)).toBe(false);

    const third = await rig.tokenFor('ada@first.example', right);
    const change = async (input: object) => {
      const { items } = (await rig.call('accounts.listUsers', {}, { as: rig.admin() })).output as typeof ada;
      const ifMatch = items.find((user) => user.id === id)!.version;
      await rig.call('accounts.updateUser', { userId: id, ...input }, { as: rig.admin(), ifMatch });
    };
    await change({ role: 'viewer' });
    expect(await alive(third)).toBe(false);

    const fourth = await rig.tokenFor('ada@first.example', right);
    await change({ disabled: true });
    expect(await alive(fourth)).toBe(false);
    await change({ disabled: false, role: 'planner' });
    expect(await alive(fourth)).toBe(false);

    const fifth = await rig.tokenFor('ada@first.example', right);
    rig.clock.advance(7 * 86_400_000 - 1);
    expect(await alive(fifth)).toBe(true);
    rig.clock.advance(1);
    expect(await alive(fifth)).toBe(false);
  });

  it('is known by nothing but its token', async () => {
    const token = await rig.tokenFor('ada@first.example', right);
    const { rows } = await rig.database.ownerQuery('SELECT * FROM session');
    expect(JSON.stringify(rows)).not.toContain(token);
    for (const wrong of ['', token.slice(0, -1), `${token}x`, String(rows.at(-1)!.token_hash)])
      expect((await sessionOf(wrong)).kind).toBe('anonymous');
  });
});

describe('a sign-in link', () => {
  const follow = (token: string) => rig.refusal('accounts.signInWithLink', { token });

  it('works once', async () => {
    const token = await rig.linkFor('ada@first.example');
    const { output } = await rig.call('accounts.signInWithLink', { token });
    expect(output).toMatchObject({ email: 'Ada@first.example' });
    expect((await follow(token)).code).toBe('auth.link_expired');
  });

  it('works once even when followed twice at once', async () => {
    const token = await rig.linkFor('ada@first.example');
    const both = await Promise.allSettled([
      rig.call('accounts.signInWithLink', { token }),
      rig.call('accounts.signInWithLink', { token }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('works for fifteen minutes, and for nobody who was disabled', async () => {
    const late = await rig.linkFor('ada@first.example');
    rig.clock.advance(15 * 60_000);
    expect((await follow(late)).code).toBe('auth.link_expired');
    const token = await rig.linkFor('link-only@first.example');
    await rig.database.ownerQuery(
      `UPDATE membership SET disabled = true WHERE user_id = (SELECT id FROM app_user WHERE email LIKE 'link-only%')`,
    );
    expect((await follow(token)).code).toBe('auth.link_expired');
    expect(
      (
        await rig.refusal(
          'accounts.createSignInLink',
          { email: 'link-only@first.example' },
          { as: rig.admin() },
        )
      ).code,
    ).toBe('user.not_found');
  });

  it('is never the same, unguessable, and stored as a hash; an unknown one says the same', async () => {
    const token = await rig.linkFor('ada@first.example');
    expect(token).not.toBe(await rig.linkFor('ada@first.example'));
    const { rows } = await rig.database.ownerQuery('SELECT * FROM sign_in_link');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await follow(`cpl_${'A'.repeat(43)}`)).toEqual(await follow(`cpl_${'B'.repeat(43)}`));
  });

  it('of another account cannot be made', async () => {
    const answer = await rig.refusal(
      'accounts.createSignInLink',
      { email: 'ada@first.example' },
      { as: rig.admin(1) },
    );
    expect(answer.code).toBe('user.not_found');
  });
});
