import { createHash, randomBytes } from 'node:crypto';
import type { CallOptions, Role, User } from '@cuepoint/contract';
import { AppError } from '../../../kernel/app-error.ts';
import { createEventBus } from '../../../kernel/event-bus.ts';
import { createIds } from '../../../kernel/ids.ts';
import { type CallResult, createPipeline } from '../../../kernel/pipeline.ts';
import { anonymous, type Principal, permissionsOf } from '../../../kernel/principal.ts';
import type { Database } from '../../../platform/database/index.ts';
import { openEmbeddedTestDatabase } from '../../../testing/database-suite.ts';
import { type TestClock, testClock } from '../../../testing/test-app.ts';
import { type AccountsModule, createAccounts, pipelineStore } from '../index.ts';

interface From {
  as?: Principal;
  address?: string;
}

export interface IdentityRig {
  database: Database;
  clock: TestClock;
  accounts: AccountsModule;
  /** Two accounts. */
  accountIds: [string, string];
  /** How many passwords were compared. */
  verified: number;
  admin(account?: 0 | 1): Principal;
  call(operationId: string, input: unknown, options?: CallOptions & From): Promise<CallResult>;
  /** The public form of a refusal; throws when there was none. */
  refusal(
    operationId: string,
    input: unknown,
    options?: CallOptions & From,
  ): Promise<{ code: string; detail: string; retryAfterMs?: number }>;
  member(email: string, role: Role, password?: string, account?: 0 | 1): Promise<User>;
  /** Signs in and answers the session's token. */
  tokenFor(email: string, password: string): Promise<string>;
  linkFor(email: string): Promise<string>;
}

/** Accounts alone: the real operations over a real database, a clock that stands still, a fast hash that counts. */
export async function createIdentityRig(): Promise<IdentityRig> {
  const database = await openEmbeddedTestDatabase();
  const clock = testClock();
  const ids = createIds(clock, randomBytes);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const accountIds: [string, string] = [ids.next('account'), ids.next('account')];
  for (const id of accountIds)
    await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $2)', [id, `Account ${id}`]);
  const accounts = createAccounts({
    unitOfWork: database,
    clock,
    ids,
    random: randomBytes,
    passwords: {
      hash: async (password) => sha256(password),
      verify: async (stored, password) => {
        rig.verified += 1;
        return stored === sha256(password);
      },
    },
    publicUrl: 'http://127.0.0.1:8787',
  });
  const pipeline = createPipeline(accounts.operations, {
    unitOfWork: database,
    store: pipelineStore,
    clock,
    ids,
    events: createEventBus((error) => {
      throw error;
    }),
    hash: sha256,
    onFault: () => {},
  });
  const rig: IdentityRig = {
    database,
    clock,
    accounts,
    accountIds,
    verified: 0,
    admin: (account = 0) => ({
      kind: 'user',
      id: 'usr_admin000000',
      name: 'admin',
      accountId: accountIds[account],
      role: 'admin',
      permissions: permissionsOf('admin'),
    }),
    call: (operationId, input, { as = anonymous, address = '203.0.113.1', ...options } = {}) =>
      pipeline.call(operationId, input, {
        requestId: ids.request(),
        principal: as,
        skin: 'rest',
        clientAddress: address,
        userAgent: null,
        ...options,
      }),
    async refusal(operationId, input, options) {
      try {
        await rig.call(operationId, input, options);
      } catch (error) {
        if (!AppError.is(error)) throw error;
        const { code, detail, retryAfterMs } = pipeline.problem(error, 'req');
        return { code, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
      }
      throw new Error(`${operationId} went through`);
    },
    async member(email, role, password, account = 0) {
      const input = { email, displayName: email, role, ...(password ? { password } : {}) };
      return (await rig.call('accounts.createUser', input, { as: rig.admin(account) })).output as User;
    },
    async tokenFor(email, password) {
      const { sessionChange } = await rig.call('accounts.signIn', { email, password });
      if (!sessionChange || !('start' in sessionChange)) throw new Error('no session was started');
      return sessionChange.start.token;
    },
    async linkFor(email) {
      const { output } = await rig.call('accounts.createSignInLink', { email }, { as: rig.admin() });
      return (output as { url: string }).url.split('#')[1]!;
    },
  };
  return rig;
}
