/** Kinds of refusal that callers treat differently; `other` is a fault of ours until shown otherwise. */
export type DatabaseErrorKind =
  | 'unique_violation'
  | 'foreign_key_violation'
  | 'check_violation'
  | 'not_null_violation'
  | 'permission_denied'
  | 'serialization_failure'
  | 'timeout'
  | 'unavailable'
  | 'other';

export interface ClassifiedDatabaseError {
  kind: DatabaseErrorKind;
  /** Five-character SQLSTATE (PostgreSQL, appendix A); null when the server never answered. */
  sqlState: string | null;
  constraint: string | null;
  table: string | null;
  column: string | null;
}

/** A transaction ran longer than allowed; it was rolled back. */
export class TransactionTimeoutError extends Error {
  override readonly name = 'TransactionTimeoutError';
  readonly timeLimitMs: number;

  constructor(timeLimitMs: number) {
    super(`the transaction took longer than ${timeLimitMs} ms and was rolled back`);
    this.timeLimitMs = timeLimitMs;
  }
}

/** The database was asked for a second connection from inside a transaction. */
export class NestedTransactionError extends Error {
  override readonly name = 'NestedTransactionError';

  constructor(call: string) {
    super(
      `${call} was called inside a transaction of the same database; pass the open transaction (tx) on instead: ` +
        'with one connection the two would wait for each other',
    );
  }
}

/** A statement failed inside the transaction, the error was swallowed, and the commit became a rollback. */
export class TransactionAbortedError extends Error {
  override readonly name = 'TransactionAbortedError';

  constructor() {
    super('the transaction was rolled back: an earlier statement in it had failed and the error was ignored');
  }
}

/** Every connection is in use, or none could be made in time. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

const kindOfState: Readonly<Record<string, DatabaseErrorKind>> = {
  '23505': 'unique_violation',
  '23P01': 'unique_violation',
  '23503': 'foreign_key_violation',
  '23514': 'check_violation',
  '23502': 'not_null_violation',
  '42501': 'permission_denied',
  '40001': 'serialization_failure',
  '40P01': 'serialization_failure',
  '55P03': 'timeout',
  '57014': 'timeout',
  '25P03': 'timeout',
  '25P04': 'timeout',
};

const unavailableStates = /^(08...|53...|57P0[1-5])$/;
const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
const unavailableMessages =
  /timeout exceeded when trying to connect|connection terminated|not queryable|connection error|the embedded database (is closed|failed|thread|has been busy)/i;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * Says what a thrown value means, looking through wrappers (`cause`), or null when it does not come from the
 * database. Texts of the server stay inside: callers build their own public message.
 */
export function classifyDatabaseError(error: unknown): ClassifiedDatabaseError | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; depth++) {
    const fields = current as Error & {
      code?: unknown;
      constraint?: unknown;
      table?: unknown;
      column?: unknown;
    };
    const result = (kind: DatabaseErrorKind, sqlState: string | null): ClassifiedDatabaseError => ({
      kind,
      sqlState,
      constraint: text(fields.constraint),
      table: text(fields.table),
      column: text(fields.column),
    });
    if (current instanceof TransactionTimeoutError) return result('timeout', null);
    if (current instanceof DatabaseUnavailableError) return result('unavailable', null);
    if (current instanceof TransactionAbortedError) return result('other', '25P02');
    const code = text(fields.code);
    if (code !== null && unavailableCodes.has(code)) return result('unavailable', null);
    if (code !== null && /^[0-9A-Z]{5}$/.test(code)) {
      if (unavailableStates.test(code)) return result('unavailable', code);
      return result(kindOfState[code] ?? 'other', code);
    }
    if (unavailableMessages.test(current.message)) return result('unavailable', null);
    current = current.cause;
  }
  return null;
}
