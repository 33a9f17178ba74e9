import { randomBytes } from 'node:crypto';
import {
  defineOperation,
  type ErrorCode,
  type Operation,
  type Permission,
  type Role,
} from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from './app-error.ts';
import { createEventBus, type LiveEvent } from './event-bus.ts';
import { createIds } from './ids.ts';
import type { AnyBinding, CallContext, HandlerContext } from './implement.ts';
import { type AuditEntry, createPipeline, type PipelineParts } from './pipeline.ts';
import { anonymous, type Principal, permissionsOf } from './principal.ts';
import type { Tx } from './unit-of-work.ts';

const change = defineOperation({
  id: 'campaigns.renameThing',
  summary: 'Renames',
  effect: 'update',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({ name: z.string().max(20), detail: z.record(z.string(), z.unknown()).optional() }),
  output: z.object({ name: z.string() }),
  errors: ['campaign.not_found'],
});
const versioned = defineOperation({ ...change, id: 'campaigns.moveThing', versioned: true, dryRun: false });
const look = defineOperation({
  ...change,
  id: 'campaigns.lookAtThing',
  effect: 'read',
  permission: 'campaigns:read',
  dryRun: false,
});

type Handler = (input: { name: string }, context: HandlerContext) => Promise<unknown>;

const rename: Handler = async ({ name }, context) => {
  context.record({ entity: { kind: 'thing', id: 'thg_1' }, before: { name: 'old' }, after: { name } });
  context.emit('thing.changed', { kind: 'thing', id: 'thg_1' });
  return { name };
};

/** Without the types of `implement`: these tests bind handlers that would not compile. */
const bind = (operation: Operation, handle: Handler): AnyBinding => ({ operation, handle });

interface Rig {
  /** What the store and the bus were told, in order; cleared by a rolled back transaction. */
  log: string[];
  audit: AuditEntry[];
  events: LiveEvent[];
  faults: unknown[];
  outcomes: string[];
  /** How often the database refuses before it takes the transaction. */
  conflicts: number;
  call(id: string, input: unknown, over?: Partial<CallContext>): Promise<unknown>;
  problemOf(
    id: string,
    input: unknown,
    over?: Partial<CallContext>,
  ): Promise<ReturnType<ReturnType<typeof createPipeline>['problem']>>;
}

/** The pipeline over a store in memory that forgets what a failed transaction wrote. */
function rig(handler: Handler = rename, more: AnyBinding[] = []): Rig {
  const keys = new Map<string, { inputHash: string; response: unknown }>();
  const faults: unknown[] = [];
  const kept: Rig = { log: [], audit: [], events: [], faults, outcomes: [], conflicts: 0 } as unknown as Rig;
  const bus = createEventBus((error) => faults.push(error));
  bus.subscribe((event) => {
    kept.events.push(event);
    kept.log.push(`event ${event.type}`);
  });
  const clock = { now: () => new Date('2026-11-21T09:00:00Z') };
  let open: { audit: AuditEntry[]; keys: Map<string, { inputHash: string; response: unknown }> };
  const parts: PipelineParts = {
    clock,
    ids: createIds(clock, randomBytes),
    events: bus,
    hash: (text) => text,
    onFault: (error) => faults.push(error),
    onCall: ({ outcome }) => kept.outcomes.push(outcome),
    unitOfWork: {
      async withTransaction(_context, work) {
        for (;;) {
          open = { audit: [], keys: new Map(keys) };
          const value = await work({} as Tx);
          if (kept.conflicts > 0) {
            kept.conflicts -= 1;
            continue;
          }
          kept.log.push('commit');
          kept.audit.push(...open.audit);
          for (const [key, entry] of open.keys) keys.set(key, entry);
          return value;
        }
      },
    },
    store: {
      async claimIdempotencyKey(_tx, { key, inputHash }) {
        const known = open.keys.get(key);
        if (known) return { claimed: false, ...known };
        open.keys.set(key, { inputHash, response: null });
        return { claimed: true };
      },
      async keepIdempotentResponse(_tx, { key }, response) {
        open.keys.get(key)!.response = response;
      },
      async writeAudit(_tx, records) {
        open.audit.push(...records);
      },
    },
  };

  const pipeline = createPipeline(
    [bind(change, handler), bind(versioned, handler), bind(look, handler), ...more],
    parts,
  );
  kept.call = async (id, input, over = {}) =>
    (await pipeline.call(id, input, { ...contextOf('planner'), ...over })).output;
  kept.problemOf = async (id, input, over) => {
    try {
      await kept.call(id, input, over);
    } catch (error) {
      return pipeline.problem(error, 'req_1');
    }
    throw new Error('the call went through');
  };
  return kept;
}

function principalOf(role: Role, granted?: Permission[]): Principal {
  return {
    kind: 'user',
    id: 'usr_1',
    name: role,
    accountId: 'acc_1',
    role,
    permissions: permissionsOf(role),
    ...(granted ? { granted: new Set(granted) } : {}),
  };
}
function contextOf(role: Role, granted?: Permission[]): CallContext {
  return {
    requestId: 'req_1',
    principal: principalOf(role, granted),
    skin: 'local',
    clientAddress: null,
    userAgent: null,
  };
}

describe('the pipeline', () => {
  it('keeps the change, its audit record and only then tells', async () => {
    const r = rig();
    await r.call(change.id, { name: 'new' });
    expect(r.log).toEqual(['commit', 'event thing.changed']);
    expect(r.audit).toMatchObject([
      {
        operation: change.id,
        accountId: 'acc_1',
        change: 'updated',
        actor: { kind: 'user', id: 'usr_1' },
        fields: [{ field: 'name', before: 'old', after: 'new' }],
        requestId: 'req_1',
      },
    ]);
    expect(r.outcomes).toEqual(['ok']);
  });

  it('leaves nothing twice when the database makes it repeat', async () => {
    const r = rig();
    r.conflicts = 2;
    await r.call(change.id, { name: 'new' }, { idempotencyKey: 'a' });
    expect(r.audit).toHaveLength(1);
    expect(r.events).toHaveLength(1);
  });

  it('tells nothing of a handler that failed', async () => {
    const r = rig(async (input, context) => {
      await rename(input, context);
      return context.fail('campaign.not_found' as never, 'gone');
    });
    const problem = await r.problemOf(change.id, { name: 'new' });
    expect(problem).toMatchObject({ code: 'campaign.not_found', status: 404, detail: 'gone' });
    expect([r.log, r.audit, r.faults]).toEqual([[], [], []]);
  });

  it.each<[string, Handler]>([
    ['an undeclared error', async (_i, context) => context.fail('brand.not_found' as never, 'secret detail')],
    [
      'an answer that breaks the contract',
      async (input, context) => {
        await rename(input, context);
        return { name: 7, secret: 'secret detail' };
      },
    ],
    [
      'a bug',
      async () => {
        throw new TypeError('secret detail', { cause: new Error('password=hunter2') });
      },
    ],
    ['a change that is not recorded', async ({ name }) => ({ name })],
  ])('%s is a fault: reported with its cause, shown as nothing but a request id', async (_name, handler) => {
    const r = rig(handler);
    const problem = await r.problemOf(change.id, { name: 'new' });
    expect(problem).toEqual({
      type: 'https://cuepoint.dev/errors/internal',
      title: 'Something failed on our side',
      status: 500,
      detail: 'The request could not be completed. Nothing was changed.',
      code: 'internal',
      remedy: expect.any(String),
      requestId: 'req_1',
    });
    expect(r.faults).toHaveLength(1);
    expect(r.outcomes).toEqual(['internal']);
    expect([r.log, r.audit]).toEqual([[], []]);
  });

  it('answers only what the contract names', async () => {
    const r = rig(async (input, context) => ({ ...((await rename(input, context)) as object), hash: 'x' }));
    expect(await r.call(change.id, { name: 'new' })).toEqual({ name: 'new' });
  });

  it('shows the code of an error whose cause stays inside', async () => {
    const r = rig(async () => {
      throw new AppError('campaign.not_found', 'gone', { cause: new Error('select * from secrets') });
    });
    const problem = await r.problemOf(change.id, { name: 'new' });
    expect(JSON.stringify(problem)).not.toMatch(/select|stack|cause/);
  });

  it('undoes a dry run and keeps its answer', async () => {
    const r = rig();
    expect(await r.call(change.id, { name: 'new' }, { dryRun: true, idempotencyKey: 'a' })).toEqual({
      name: 'new',
    });
    expect([r.log, r.audit, r.events]).toEqual([[], [], []]);
    // The key was not used up.
    await r.call(change.id, { name: 'other' }, { idempotencyKey: 'a' });
  });

  it('refuses to try what cannot be tried', async () => {
    const problem = await rig().problemOf(versioned.id, { name: 'new' }, { dryRun: true, ifMatch: 1 });
    expect(problem).toMatchObject({ code: 'input.invalid', fields: [{ field: 'dryRun' }] });
  });

  it('reports a follow-up that fails, and lets the request stand', async () => {
    const done: string[] = [];
    const r = rig(async (input, context) => {
      context.afterCommit(() => {
        throw new Error('cache away');
      });
      context.afterCommit(async () => void done.push('second'));
      return rename(input, context);
    });
    expect(await r.call(change.id, { name: 'new' })).toEqual({ name: 'new' });
    expect([r.faults.length, done, r.audit.length]).toEqual([1, ['second'], 1]);
  });

  it('lets a listener that fails harm nobody', async () => {
    const errors: unknown[] = [];
    const bus = createEventBus((error) => errors.push(error));
    const seen: string[] = [];
    bus.subscribe(() => {
      throw new Error('bad listener');
    });
    const stop = bus.subscribe((event) => seen.push(event.type));
    bus.publish({ type: 'a', accountId: 'acc_1', entity: { kind: 'k', id: 'i' } });
    stop();
    bus.publish({ type: 'b', accountId: 'acc_1', entity: { kind: 'k', id: 'i' } });
    expect([seen, errors.length]).toEqual([['a'], 2]);
  });

  it('binds every operation once', () => {
    expect(() => rig(rename, [bind(change, rename)])).toThrow(/bound twice/);
  });
});

describe('idempotency', () => {
  it('answers again what it answered first, and does nothing', async () => {
    let runs = 0;
    const r = rig(async (input, context) => {
      runs += 1;
      return rename(input, context);
    });
    const first = await r.call(change.id, { name: 'new' }, { idempotencyKey: 'a' });
    expect(await r.call(change.id, { name: 'new' }, { idempotencyKey: 'a' })).toEqual(first);
    expect([runs, r.audit.length, r.events.length]).toEqual([1, 1, 1]);
  });

  it('refuses the key for other input', async () => {
    const r = rig();
    await r.call(change.id, { name: 'new' }, { idempotencyKey: 'a' });
    const problem = await r.problemOf(change.id, { name: 'other' }, { idempotencyKey: 'a' });
    expect(problem).toMatchObject({ code: 'idempotency.mismatch', status: 422 });
  });

  it('gives the key back when the request failed', async () => {
    let fails = true;
    const r = rig(async (input, context) => {
      if (fails) return context.fail('campaign.not_found' as never, 'not yet');
      return rename(input, context);
    });
    await r.problemOf(change.id, { name: 'new' }, { idempotencyKey: 'a' });
    fails = false;
    expect(await r.call(change.id, { name: 'new' }, { idempotencyKey: 'a' })).toEqual({ name: 'new' });
  });

  it('keeps no answer that holds a secret', async () => {
    const secret = defineOperation({ ...change, id: 'campaigns.makeSecret' });
    const r = rig(rename, [{ ...bind(secret, rename), sensitive: true }]);
    await r.call(secret.id, { name: 'hunter2' }, { idempotencyKey: 'a' });
    const problem = await r.problemOf(secret.id, { name: 'hunter2' }, { idempotencyKey: 'a' });
    expect(problem).toMatchObject({ code: 'idempotency.answer_withheld', status: 409 });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});

describe('who may', () => {
  const codeFor = async (over: Partial<CallContext>, id: string = change.id) => {
    const r = rig();
    try {
      await r.call(id, { name: 'new' }, over);
      return 'done';
    } catch (error) {
      return (error as AppError).code;
    }
  };

  it('needs a caller, then the permission', async () => {
    expect(await codeFor({ principal: anonymous })).toBe('auth.required');
    expect(await codeFor({ principal: principalOf('viewer') })).toBe('auth.forbidden');
    expect(await codeFor({ principal: principalOf('planner') })).toBe('done');
  });

  it('an agent looks and tries, and acts only where a person named the permission', async () => {
    const agent = (granted?: Permission[]) => ({ principal: principalOf('agent', granted) });
    expect(await codeFor(agent(), look.id)).toBe('done');
    expect(await codeFor(agent())).toBe('confirmation.required');
    expect(await codeFor(agent([]))).toBe('confirmation.required');
    expect(await codeFor(agent(['creatives:write']))).toBe('confirmation.required');
    expect(await codeFor({ ...agent(), dryRun: true })).toBe('done');
    expect(await codeFor(agent(['campaigns:write']))).toBe('done');
  });

  it('is asked before the input is looked at, and before slow work', async () => {
    let prepared = 0;
    const slow = defineOperation({ ...change, id: 'campaigns.slowThing' });
    const prepare = async () => {
      prepared += 1;
    };
    const binding = { ...bind(slow, rename), prepare };
    const r = rig(rename, [binding]);
    const problem = await r.problemOf(slow.id, { wrong: true }, { principal: anonymous });
    expect([problem.code, prepared]).toEqual(['auth.required', 0]);
  });
});

describe('input', () => {
  const fieldsOf = async (input: unknown) => (await rig().problemOf(change.id, input)).fields;

  it('is refused field by field, with value and what is accepted', async () => {
    expect(await fieldsOf({ name: 'a'.repeat(100), extra: 1 })).toEqual([
      {
        field: 'name',
        message: expect.any(String),
        value: `${'a'.repeat(79)}…`,
        accepted: 'at most 20 characters',
      },
      { field: 'extra', message: 'unknown field', accepted: expect.any(String) },
    ]);
    expect(await fieldsOf({})).toMatchObject([{ field: 'name', message: 'missing' }]);
    for (const odd of [null, 7, 'text', []])
      expect((await rig().problemOf(change.id, odd)).code).toBe('input.invalid');
  });

  it('must be text that can be stored', async () => {
    expect(await fieldsOf({ name: 'a\0b' })).toMatchObject([{ field: 'name' }]);
    expect(await fieldsOf({ name: 'half \ud83d' })).toMatchObject([{ field: 'name' }]);
    expect(await fieldsOf({ name: 'a', detail: { list: ['ok', { deep: '\0' }] } })).toMatchObject([
      { field: 'detail.list.1.deep' },
    ]);
    expect(await rig().call(change.id, { name: 'whole 😀' })).toEqual({ name: 'whole 😀' });
  });

  it('is not nested without end', async () => {
    let deep: Record<string, unknown> = {};
    for (let i = 0; i < 5_000; i++) deep = { deep };
    expect(await fieldsOf({ name: 'a', detail: deep })).toMatchObject([
      { field: 'detail', message: 'nested too deeply' },
    ]);
  });

  it('with names of the language itself is data or refused, never code', async () => {
    const evil = JSON.parse('{"name":"a","__proto__":{"dryRun":true},"constructor":1}') as object;
    expect(await fieldsOf(evil)).toMatchObject([{ message: 'unknown field' }, { message: 'unknown field' }]);
    expect(({} as Record<string, unknown>).dryRun).toBeUndefined();
  });
});

describe('versions', () => {
  const checked: Handler = async (input, context) => {
    context.checkVersion(3);
    return rename(input, context);
  };
  it('must be said, and fit', async () => {
    const code = async (over: Partial<CallContext>): Promise<ErrorCode | 'done'> => {
      try {
        await rig(checked).call(versioned.id, { name: 'n' }, over);
        return 'done';
      } catch (error) {
        return (error as AppError).code;
      }
    };
    expect(await code({})).toBe('version.required');
    expect(await code({ ifMatch: 2 })).toBe('version.conflict');
    expect(await code({ ifMatch: 3 })).toBe('done');
  });
});
