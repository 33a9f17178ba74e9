import {
  type CallOptions,
  type ErrorCode,
  type Operation,
  type Problem,
  pipelineErrors,
} from '@cuepoint/contract';
import type { z } from 'zod';
import { AppError, type AppErrorExtra, toProblem } from './app-error.ts';
import type { Clock } from './clock.ts';
import { difference, type FieldChange } from './difference.ts';
import type { EventBus, LiveEvent } from './event-bus.ts';
import type { Ids } from './ids.ts';
import type { AnyBinding, CallContext, ChangeRecord, HandlerContext } from './implement.ts';
import { describeIssues, unstorableTexts } from './input-problems.ts';
import { traced } from './tracing.ts';
import type { Tx, UnitOfWork } from './unit-of-work.ts';

/** Where the layer keeps what it must remember; the accounts module supplies it. */
export interface PipelineStore {
  /** Claims the key inside the transaction; answers the kept result when it was used before. */
  claimIdempotencyKey(
    tx: Tx,
    claim: { accountId: string; operation: string; key: string; inputHash: string; now: Date },
  ): Promise<{ claimed: true } | { claimed: false; inputHash: string; response: unknown | null }>;
  keepIdempotentResponse(
    tx: Tx,
    claim: { accountId: string; operation: string; key: string },
    response: unknown,
  ): Promise<void>;
  writeAudit(tx: Tx, records: AuditEntry[]): Promise<void>;
}

export interface AuditEntry {
  id: string;
  accountId: string;
  at: Date;
  actor: { kind: string; id: string; name: string };
  operation: string;
  entity: { kind: string; id: string };
  change: 'created' | 'updated' | 'deleted' | 'noted';
  fields: FieldChange[];
  reason: string | null;
  requestId: string;
}

export interface PipelineParts {
  unitOfWork: UnitOfWork;
  store: PipelineStore;
  clock: Clock;
  ids: Ids;
  events: EventBus;
  hash: (text: string) => string;
  onFault: (error: unknown, call: CallContext, operation: string) => void;
  onCall?: (measure: { operation: string; skin: string; outcome: string; durationMs: number }) => void;
}

export type SessionChange = Parameters<HandlerContext['session']>[0];

export interface CallResult {
  output: unknown;
  /** The stored answer of an earlier call with the same idempotency key. */
  replayed: boolean;
  dryRun: boolean;
  sessionChange?: SessionChange;
}

/** Thrown inside the transaction to undo it while keeping the answer. */
class RollBack {
  readonly output: unknown;
  constructor(output: unknown) {
    this.output = output;
  }
}

export interface Pipeline {
  /**
   * Runs one operation for one caller: authorise, parse, idempotency, unit of
   * work, handler, parse output, audit, events. Every skin ends here.
   * @throws AppError for every expected refusal; anything else is a fault and was reported.
   */
  call(operationId: string, input: unknown, call: CallContext): Promise<CallResult>;
  /**
   * Whether the caller may call the operation at all, for a skin that has a body to receive first.
   * @throws AppError as `call` would
   */
  admit(operationId: string, call: Pick<CallContext, 'principal' | 'dryRun'>): void;
  problem(error: unknown, requestId: string): Problem;
  operations(): readonly Operation[];
  binding(operationId: string): AnyBinding | undefined;
}

export function createPipeline(bindings: readonly AnyBinding[], parts: PipelineParts): Pipeline {
  const byId = new Map<string, AnyBinding>();
  for (const binding of bindings) {
    if (byId.has(binding.operation.id)) throw new Error(`operation ${binding.operation.id} is bound twice`);
    byId.set(binding.operation.id, binding);
  }

  async function call(operationId: string, rawInput: unknown, context: CallContext): Promise<CallResult> {
    const binding = byId.get(operationId);
    if (!binding) throw new AppError('not_found', `There is no operation ${operationId}.`);
    const started = performance.now();
    let outcome = 'ok';
    try {
      const { skin, traceparent } = context;
      const attributes = { operation: operationId, skin };
      return await traced(operationId, attributes, () => run(binding, rawInput, context, parts), traceparent);
    } catch (error) {
      outcome = AppError.is(error) ? error.code : 'internal';
      if (!AppError.is(error) || error.code === 'internal') parts.onFault(error, context, operationId);
      throw error;
    } finally {
      parts.onCall?.({
        operation: operationId,
        skin: context.skin,
        outcome,
        durationMs: performance.now() - started,
      });
    }
  }

  return {
    call,
    admit(operationId, context) {
      const binding = byId.get(operationId);
      if (binding) authorise(binding.operation as Operation, context);
    },
    problem: toProblem,
    operations: () => [...byId.values()].map((binding) => binding.operation as Operation),
    binding: (id) => byId.get(id),
  };
}

async function run(
  binding: AnyBinding,
  rawInput: unknown,
  context: CallContext,
  parts: PipelineParts,
): Promise<CallResult> {
  const operation = binding.operation as Operation;
  authorise(operation, context);
  const input = parseInput(operation, rawInput);
  const dryRun = context.dryRun === true;
  if (dryRun && operation.effect !== 'read' && !operation.dryRun) {
    throw new AppError('input.invalid', `${operation.id} cannot be tried without effect.`, {
      fields: [
        { field: 'dryRun', message: 'not offered by this operation', value: true, accepted: 'leave it out' },
      ],
    });
  }
  if (operation.versioned && context.ifMatch === undefined) {
    throw new AppError('version.required', `Send the version you saw of the object to ${operation.id}.`);
  }
  const accountId = context.principal.accountId ?? '';
  const fail = failWith(operation);
  const prepared = binding.prepare
    ? await binding.prepare(input, { call: context, accountId, fail })
    : undefined;

  const audit: AuditEntry[] = [];
  const events: LiveEvent[] = [];
  const after: Array<() => void | Promise<void>> = [];
  let sessionChange: SessionChange | undefined;
  let replayed = false;

  const work = async (tx: Tx): Promise<unknown> => {
    // The database may run this again after a serialization failure: start clean.
    for (const list of [audit, events, after]) list.length = 0;
    sessionChange = undefined;
    const now = parts.clock.now();
    const claim =
      context.idempotencyKey !== undefined && accountId !== '' && operation.effect !== 'read' && !dryRun
        ? { accountId, operation: operation.id, key: context.idempotencyKey }
        : null;
    if (claim) {
      const inputHash = parts.hash(JSON.stringify(input, withoutPath));
      const result = await parts.store.claimIdempotencyKey(tx, { ...claim, inputHash, now });
      if (!result.claimed) {
        if (result.inputHash !== inputHash) {
          throw new AppError(
            'idempotency.mismatch',
            `Key "${claim.key}" belongs to a request with other input.`,
          );
        }
        if (result.response === null) {
          throw new AppError(
            'idempotency.answer_withheld',
            `The request with key "${claim.key}" was done; its answer held a secret and is not kept.`,
          );
        }
        replayed = true;
        return result.response;
      }
    }
    const output = await binding.handle(
      input,
      {
        call: context,
        principal: context.principal,
        accountId,
        now,
        tx,
        dryRun,
        fail,
        record: (change: ChangeRecord) =>
          audit.push(auditEntry(change, operation, context, parts, accountId, now)),
        checkVersion: (current: number) => {
          if (context.ifMatch !== undefined && context.ifMatch !== current) {
            throw new AppError(
              'version.conflict',
              `You saw version ${context.ifMatch}; it is now version ${current}.`,
              { details: { seen: context.ifMatch, current } },
            );
          }
        },
        emit: (type: string, entity: LiveEvent['entity']) => events.push({ type, accountId, entity }),
        afterCommit: (action: () => void | Promise<void>) => after.push(action),
        session: (change: SessionChange) => {
          sessionChange = change;
        },
      },
      prepared,
    );
    const answer = parseOutput(operation, output);
    if (operation.effect !== 'read' && !operation.unaudited && audit.length === 0) {
      throw new Error(`${operation.id} changed state and recorded nothing`);
    }
    if (audit.length > 0) await parts.store.writeAudit(tx, audit);
    if (claim) await parts.store.keepIdempotentResponse(tx, claim, binding.sensitive ? null : answer);
    if (dryRun) throw new RollBack(answer);
    return answer;
  };

  let output: unknown;
  try {
    output = await parts.unitOfWork.withTransaction(
      {
        role: binding.role ?? 'app',
        ...(accountId ? { accountId } : {}),
        ...(context.principal.kind === 'user' ? { userId: context.principal.id } : {}),
        ...(binding.timeLimitMs === undefined ? {} : { timeLimitMs: binding.timeLimitMs }),
      },
      work,
    );
  } catch (error) {
    if (!(error instanceof RollBack)) throw error;
    return { output: error.output, replayed: false, dryRun: true };
  }
  if (!replayed) {
    for (const event of events) parts.events.publish(event);
    for (const action of after) {
      // The change is kept already: a failing follow-up is a fault to report, not a failed request.
      try {
        await action();
      } catch (error) {
        parts.onFault(error, context, operation.id);
      }
    }
  }
  return { output, replayed, dryRun: false, ...(sessionChange ? { sessionChange } : {}) };
}

/** Where an upload was written says nothing about what was uploaded: a repeat is written elsewhere. */
function withoutPath(_key: string, value: unknown): unknown {
  const isUpload = typeof value === 'object' && value !== null && 'fileName' in value && 'path' in value;
  return isUpload ? { ...value, path: undefined } : value;
}

function authorise(operation: Operation, context: Pick<CallContext, 'principal' | 'dryRun'>): void {
  const { principal } = context;
  if (operation.permission === 'public') return;
  if (principal.kind === 'anonymous' || principal.accountId === null) {
    throw new AppError('auth.required', `${operation.id} needs a signed-in caller.`);
  }
  if (operation.permission === 'member') return;
  if (!principal.permissions.has(operation.permission)) {
    throw new AppError(
      'auth.forbidden',
      `${operation.id} needs the permission ${operation.permission}; the role ${principal.role ?? 'none'} does not have it here.`,
    );
  }
  // An agent proposes; it acts only where a person named the permission in its key.
  const granted = principal.granted?.has(operation.permission) === true;
  if (principal.role === 'agent' && operation.effect !== 'read' && context.dryRun !== true && !granted) {
    throw new AppError(
      'confirmation.required',
      `${operation.id} changes state; the scopes of this agent's key do not name ${operation.permission}.`,
    );
  }
}

function parseInput(operation: Operation, raw: unknown): Record<string, unknown> {
  const result = operation.input.safeParse(raw ?? {});
  const fields = result.success
    ? unstorableTexts(result.data)
    : describeIssues(result.error as z.ZodError, raw);
  if (result.success && fields.length === 0) return result.data as Record<string, unknown>;
  throw new AppError('input.invalid', fields.map((f) => `${f.field}: ${f.message}`).join('; '), { fields });
}

function parseOutput(operation: Operation, output: unknown): unknown {
  const result = operation.output.safeParse(output);
  if (result.success) return result.data;
  throw new Error(`${operation.id} answered what its contract does not allow: ${result.error.message}`);
}

function failWith(operation: Operation) {
  const allowed = new Set<string>([...operation.errors, ...pipelineErrors]);
  return (code: ErrorCode, detail: string, extra?: AppErrorExtra): never => {
    if (!allowed.has(code)) throw new Error(`${operation.id} raised ${code} without declaring it: ${detail}`);
    throw new AppError(code, detail, extra);
  };
}

function auditEntry(
  change: ChangeRecord,
  operation: Operation,
  context: CallContext,
  parts: PipelineParts,
  accountId: string,
  now: Date,
): AuditEntry {
  const fields = difference(change.before, change.after);
  return {
    id: parts.ids.next('audit'),
    accountId,
    at: now,
    actor: { kind: context.principal.kind, id: context.principal.id, name: context.principal.name },
    operation: operation.id,
    entity: change.entity,
    change:
      change.before === null
        ? change.after === null
          ? 'noted'
          : 'created'
        : change.after === null
          ? 'deleted'
          : 'updated',
    fields,
    reason: change.reason ?? null,
    requestId: context.requestId,
  };
}

/** The HTTP-free part of what a caller may say, as every skin hands it on. */
export function callOptions(
  options: CallOptions,
): Pick<CallContext, 'ifMatch' | 'idempotencyKey' | 'dryRun'> {
  return {
    ...(options.ifMatch === undefined ? {} : { ifMatch: options.ifMatch }),
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
    ...(options.dryRun === undefined ? {} : { dryRun: options.dryRun }),
  };
}
