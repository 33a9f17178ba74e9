import type { ErrorCode, ErrorsOf, Operation, OutputOf, ParsedInputOf } from '@cuepoint/contract';
import type { AppErrorExtra } from './app-error.ts';
import type { LiveEvent } from './event-bus.ts';
import type { Principal } from './principal.ts';
import type { DatabaseRole, Tx } from './unit-of-work.ts';

/** How the caller reached us; what only a browser has is set by its skin. */
export interface CallContext {
  requestId: string;
  principal: Principal;
  skin: 'rest' | 'cli' | 'mcp' | 'local';
  clientAddress: string | null;
  userAgent: string | null;
  /** Of the caller's trace (W3C Trace Context), when it sent one. */
  traceparent?: string;
  ifMatch?: number;
  idempotencyKey?: string;
  dryRun?: boolean;
}

/** A change of state, as the audit trail keeps it. */
export interface ChangeRecord {
  entity: { kind: string; id: string };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  reason?: string | undefined;
}

/** What an operation may use. `fail` takes only the codes it declared. */
export interface HandlerContext<E extends ErrorCode = ErrorCode> {
  readonly call: CallContext;
  readonly principal: Principal;
  /** The account of the caller; every query of `tx` already sees only its rows. */
  readonly accountId: string;
  readonly now: Date;
  readonly tx: Tx;
  readonly dryRun: boolean;
  fail(code: E, detail: string, extra?: AppErrorExtra): never;
  /** Must be called for every object that changes. */
  record(change: ChangeRecord): void;
  /** Throws `version.conflict` when the caller saw another version than `current`. */
  checkVersion(current: number): void;
  /** Told to screens and caches after commit; never on a dry run. */
  emit(type: string, entity: LiveEvent['entity']): void;
  /** Runs after commit; never on a dry run. For speed only: what must happen is a job sent with `tx`. */
  afterCommit(action: () => void | Promise<void>): void;
  /** Asks the skin to start or end a browser session; other skins ignore it. */
  session(change: { start: { token: string; expiresAt: Date } } | { end: true }): void;
}

/** Before the transaction: slow work that must not hold the database, such as reading a file. */
export interface PrepareContext<E extends ErrorCode = ErrorCode> {
  readonly call: CallContext;
  readonly accountId: string;
  fail(code: E, detail: string, extra?: AppErrorExtra): never;
}

export interface Binding<O extends Operation = Operation, P = unknown> {
  operation: O;
  role?: DatabaseRole | undefined;
  /** The answer holds a secret: it is never stored for replay. */
  sensitive?: boolean | undefined;
  /** Longest time of its transaction, ms, for the few that may take longer than others. */
  timeLimitMs?: number | undefined;
  prepare?: ((input: ParsedInputOf<O>, context: PrepareContext<ErrorsOf<O>>) => Promise<P>) | undefined;
  handle: (
    input: ParsedInputOf<O>,
    context: HandlerContext<ErrorsOf<O>>,
    prepared: P,
  ) => Promise<OutputOf<O>>;
}

/** A binding whose types were checked where it was made, for lists of different ones. */
export interface AnyBinding {
  operation: Operation;
  role?: DatabaseRole | undefined;
  sensitive?: boolean | undefined;
  timeLimitMs?: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: handlers of every input and output in one list; `implement` checked each.
  prepare?: ((input: any, context: any) => Promise<any>) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  handle: (input: any, context: any, prepared: any) => Promise<any>;
}

/** Binds a handler to an operation: undeclared errors and wrong outputs do not compile. */
export function implement<O extends Operation>(
  operation: O,
  handle: Binding<O, void>['handle'],
  options: Pick<Binding<O, void>, 'role' | 'sensitive'> = {},
): Binding<O, void> {
  return { operation, handle, ...options };
}

/** As `implement`, with work that is done before the transaction opens. */
export function implementPrepared<O extends Operation, P>(
  operation: O,
  prepare: NonNullable<Binding<O, P>['prepare']>,
  handle: Binding<O, P>['handle'],
  options: Pick<Binding<O, P>, 'timeLimitMs'> = {},
): Binding<O, P> {
  return { operation, prepare, handle, ...options };
}
