import { createHash, randomBytes } from 'node:crypto';
import type { CallOptions, Permission, Role } from '@cuepoint/contract';
import { createAccounts, pipelineStore } from '#modules/accounts';
import type { Clock } from '../kernel/clock.ts';
import { createEventBus, type LiveEvent } from '../kernel/event-bus.ts';
import { createIds, type Ids } from '../kernel/ids.ts';
import type { AnyBinding } from '../kernel/implement.ts';
import { createPipeline, type Pipeline } from '../kernel/pipeline.ts';
import { type Principal, permissionsOf } from '../kernel/principal.ts';
import type { Database } from '../platform/database/index.ts';

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  set(instant: string): void;
  advance(ms: number): void;
}

export function testClock(start = '2026-11-21T09:00:00.000Z'): TestClock {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    set: (instant) => {
      now = new Date(instant).getTime();
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

export interface TestParts {
  database: Database;
  clock: TestClock;
  ids: Ids;
}

export interface TestApp extends TestParts {
  pipeline: Pipeline;
  /** Two tenants, so that every test can look for leaks. */
  accounts: [string, string];
  events: LiveEvent[];
  faults: unknown[];
  principal(role: Role, account?: 0 | 1): Principal;
  /** Calls an operation as a role of the first account and answers its output. */
  call(
    operationId: string,
    input: unknown,
    options?: CallOptions & { role?: Role; account?: 0 | 1 },
  ): Promise<unknown>;
}

/**
 * The real pipeline over a given database, with the bindings under test.
 * @param bindings made from the parts, so that modules get the same clock and ids
 */
export async function createTestApp(
  database: Database,
  bindings: (parts: TestParts) => AnyBinding[] | Promise<AnyBinding[]>,
): Promise<TestApp> {
  const clock = testClock();
  const ids = createIds(clock, randomBytes);
  const parts: TestParts = { database, clock, ids };
  const faults: unknown[] = [];
  const seen: LiveEvent[] = [];
  const events = createEventBus((error) => faults.push(error));
  events.subscribe((event) => seen.push(event));
  const accountsPorts = {
    unitOfWork: database,
    clock,
    ids,
    random: randomBytes,
    // Fast and only for tests; the real hash has a test of its own.
    passwords: {
      hash: async (password: string) => createHash('sha256').update(password).digest('hex'),
      verify: async (stored: string, password: string) =>
        stored === createHash('sha256').update(password).digest('hex'),
    },
    publicUrl: 'http://127.0.0.1:8787',
  };
  const module = createAccounts(accountsPorts);
  const accounts: string[] = [];
  for (const name of ['First account', 'Second account']) {
    const id = ids.next('account');
    await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $2)', [id, name]);
    accounts.push(id);
  }
  const pipeline = createPipeline([...module.operations, ...(await bindings(parts))], {
    unitOfWork: database,
    store: pipelineStore,
    clock,
    ids,
    events,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    onFault: (error) => faults.push(error),
  });
  const principal = (role: Role, account: 0 | 1 = 0): Principal => ({
    kind: 'user',
    id: `usr_${role}00000000`,
    name: role,
    accountId: accounts[account]!,
    role,
    permissions: permissionsOf(role),
    granted: new Set<Permission>(),
  });
  return {
    ...parts,
    pipeline,
    accounts: [accounts[0]!, accounts[1]!],
    events: seen,
    faults,
    principal,
    async call(operationId, input, { role = 'admin', account = 0, ...options } = {}) {
      const result = await pipeline.call(operationId, input, {
        requestId: ids.request(),
        principal: principal(role, account),
        skin: 'local',
        clientAddress: '127.0.0.1',
        userAgent: null,
        ...options,
      });
      return result.output;
    },
  };
}
