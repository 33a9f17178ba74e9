import { ProblemError } from '@cuepoint/client';
import { exitCodeOf, exitCodes, type Problem } from '@cuepoint/contract';
import { BackupError, type BackupErrorKind, ConfigError, DataDirectoryLockedError } from '@cuepoint/server';
import type { Terminal } from './terminal.ts';

/** Something the user did or has; its message is the whole story. */
export class CommandError extends Error {
  readonly exitCode: number;
  readonly remedy: string | undefined;
  constructor(message: string, exitCode: number = exitCodes.failure, remedy?: string) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}

/** A failure as both kinds of reader get it: problem details, and the exit code of the command. */
export interface Failure {
  exitCode: number;
  problem: Partial<Problem> & Pick<Problem, 'code' | 'detail'>;
}

/** What went wrong, from whatever was thrown. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ProblemError) {
    const { problem } = error;
    return { exitCode: exitCodeOf(problem.status, problem.code), problem };
  }
  const [detail, exitCode, remedy] = describeLocal(error);
  return { exitCode, problem: { code: codeOf(exitCode), detail, ...(remedy ? { remedy } : {}) } };
}

/** Writes a failure for people or, with --json, as problem details, and answers the exit code. */
export function reportFailure(error: unknown, terminal: Terminal): number {
  const { exitCode, problem } = describeFailure(error);
  if (terminal.json) terminal.data(JSON.stringify(problem, null, 2));
  else for (const line of failureLines(problem, terminal)) terminal.failure(line);
  return exitCode;
}

/** The lines of a failure; the first says what, the others where and what to do. */
export function failureLines(problem: Failure['problem'], terminal: Pick<Terminal, 'paint'>): string[] {
  const code = problem.code.startsWith('cli.') ? '' : ` (${problem.code})`;
  // What a detail says of fields, their lines say in full.
  const told = wholeInFields.has(problem.code) && (problem.fields?.length ?? 0) > 0;
  const [first = '', ...more] = (told ? (problem.title ?? problem.detail) : problem.detail).split('\n');
  const lines = [`${terminal.paint('red', 'error')} ${first}${code}`, ...more.map((line) => `      ${line}`)];
  for (const field of problem.fields ?? []) {
    if (!told && saysAll(problem.detail, field)) continue;
    const parts = [
      `${field.field}: ${field.message}`,
      ...(field.value === undefined ? [] : [`found ${JSON.stringify(field.value)}`]),
      ...(field.accepted && !field.message.includes(field.accepted) ? [`accepted: ${field.accepted}`] : []),
    ];
    lines.push(`      ${parts.join('; ')}`);
  }
  if (problem.remedy) lines.push(`      ${problem.remedy}`);
  if (problem.code === 'internal' && problem.requestId) lines.push(`      request id ${problem.requestId}`);
  return lines;
}

const wholeInFields = new Set(['input.invalid', 'brief.invalid']);

function saysAll(detail: string, field: NonNullable<Problem['fields']>[number]): boolean {
  const value = field.value === undefined || detail.includes(JSON.stringify(field.value));
  return (
    detail.includes(field.field) &&
    detail.includes(field.message) &&
    value &&
    (!field.accepted || detail.includes(field.accepted))
  );
}

const backupExitCodes: Readonly<Record<BackupErrorKind, number>> = {
  not_a_backup: exitCodes.blocked,
  not_found: exitCodes.notFound,
  newer: exitCodes.config,
  cut: exitCodes.blocked,
  damaged: exitCodes.blocked,
  passphrase: exitCodes.auth,
  exists: exitCodes.conflict,
  not_empty: exitCodes.conflict,
  in_use: exitCodes.conflict,
  objects: exitCodes.blocked,
  mismatch: exitCodes.blocked,
  source: exitCodes.config,
};

function describeLocal(error: unknown): [string, number, string?] {
  if (error instanceof CommandError)
    return error.remedy ? [error.message, error.exitCode, error.remedy] : [error.message, error.exitCode];
  if (error instanceof ConfigError)
    return [error.message, exitCodes.config, 'See cuepoint config explain for every setting.'];
  if (error instanceof BackupError) return [error.message, backupExitCodes[error.kind], error.remedy];
  if (error instanceof DataDirectoryLockedError)
    return [error.message, exitCodes.conflict, 'Stop that process, or choose another --data-dir.'];
  if (error instanceof TypeError && error.message === 'fetch failed') {
    const cause = error.cause as { code?: string } | undefined;
    return [
      `The server does not answer${cause?.code ? ` (${cause.code})` : ''}.`,
      exitCodes.upstream,
      'Is it running? See cuepoint doctor.',
    ];
  }
  return [error instanceof Error ? error.message : String(error), exitCodes.failure];
}

function codeOf(exitCode: number): string {
  const name = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0] ?? 'failure';
  return `cli.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
