import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { MediaError } from './errors.ts';

/** Input of every ffmpeg run: no terminal, and no protocol that could reach the network. */
export const SAFE_INPUT = ['-protocol_whitelist', 'file,pipe'] as const;

export interface RunOptions {
  /** Killed after this many milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Called with every piece of stdout instead of collecting it. May throw to stop the run. */
  onStdout?: ((chunk: Buffer) => void) | undefined;
  /** Most bytes of stdout that are collected; more is an error. */
  maxStdoutBytes?: number;
  /** Most bytes of stderr that are kept (the newest). */
  maxStderrBytes?: number;
  /** What the run is about, for messages. */
  subject?: string;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

const MIB = 1024 * 1024;

/** The newest `limit` bytes of a text stream. */
class Tail {
  private text = '';
  private readonly limit: number;
  constructor(limit: number) {
    this.limit = limit;
  }
  push(chunk: Buffer): void {
    this.text += chunk.toString('utf8');
    if (this.text.length > 2 * this.limit) this.text = this.text.slice(-this.limit);
  }
  read(): string {
    return this.text.slice(-this.limit);
  }
}

/**
 * Runs a program to its end, without a shell. Stdin is closed, output bounded,
 * time limited. A non-zero exit is returned, not thrown: what it means depends
 * on the program.
 *
 * @throws MediaError media.timed_out, media.cancelled, media.tool_missing, media.tool_failed (too much output)
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const child = start(program, args);
  child.stdin.end();
  const out: Buffer[] = [];
  let outBytes = 0;
  const limit = options.maxStdoutBytes ?? 8 * MIB;
  const err = new Tail(options.maxStderrBytes ?? MIB);
  let failure: unknown;
  const stop = (reason: unknown): void => {
    failure ??= reason;
    child.kill('SIGKILL');
  };
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdout.on('data', (chunk: Buffer) => {
    if (failure !== undefined) return;
    try {
      if (options.onStdout) return options.onStdout(chunk);
      outBytes += chunk.length;
      if (outBytes > limit) throw tooMuch(program, limit, options.subject);
      out.push(chunk);
    } catch (error) {
      stop(error);
    }
  });
  const exitCode = await guard(program, child, options, stop);
  if (failure !== undefined) throw failure;
  return { stdout: Buffer.concat(out).toString('utf8'), stderr: err.read(), exitCode };
}

/** A running program that is fed through stdin or read from stdout piece by piece. */
export interface PipedProcess {
  /** Resolves when the program has taken the bytes (back-pressure); the buffer may then be reused. */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads exactly into `target`; false at a clean end of stream before the first byte. */
  readExactly(target: Uint8Array): Promise<boolean>;
  /** Closes stdin and waits for the exit code. */
  finish(): Promise<RunResult>;
  /** Stops the program; safe to call twice, and after its end. */
  kill(): void;
}

/**
 * Starts a program whose stdin is written and whose stdout is read on demand.
 * Time limit and cancellation as for {@link runProcess}; they surface from
 * `write`, `readExactly` or `finish`.
 */
export function pipeProcess(program: string, args: readonly string[], options: RunOptions): PipedProcess {
  const child = start(program, args);
  const err = new Tail(options.maxStderrBytes ?? 64 * 1024);
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let failure: unknown;
  const stop = (reason: unknown): void => {
    failure ??= reason;
    child.kill('SIGKILL');
  };
  let exited = false;
  const done = guard(program, child, options, stop).finally(() => {
    exited = true;
  });
  done.catch(stop);
  child.stdin.on('error', () => {
    /* EPIPE: the exit code and stderr tell more */
  });
  const early = async (): Promise<never> => {
    const exitCode = await done;
    throw failure ?? toolFailed(program, exitCode, err.read(), options.subject);
  };
  const reader = child.stdout[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return {
    async write(bytes) {
      if (exited || failure !== undefined) return early();
      // The callback comes when the bytes are with the system: only then may the buffer be drawn on again.
      const taken = new Promise<boolean>((resolve) => child.stdin.write(bytes, (error) => resolve(!error)));
      const closed = done.then(
        () => false,
        () => false,
      );
      if (!(await Promise.race([taken, closed]))) return early();
    },
    async readExactly(target) {
      let filled = 0;
      while (filled < target.length) {
        if (rest.length === 0) {
          const next = await reader.next();
          if (failure !== undefined) throw failure;
          if (next.done) {
            if (filled === 0) return false;
            return early();
          }
          rest = next.value as Buffer;
        }
        const take = Math.min(rest.length, target.length - filled);
        target.set(rest.subarray(0, take), filled);
        rest = rest.subarray(take);
        filled += take;
      }
      return true;
    },
    async finish() {
      child.stdin.end();
      child.stdout.resume();
      const exitCode = await done;
      if (failure !== undefined) throw failure;
      return { stdout: '', stderr: err.read(), exitCode };
    },
    kill() {
      if (!exited) child.kill('SIGKILL');
    },
  };
}

/** Exit code 0, or `media.tool_failed` with the end of stderr as its cause. */
export function requireSuccess(program: string, result: RunResult, subject?: string): RunResult {
  if (result.exitCode !== 0) throw toolFailed(program, result.exitCode, result.stderr, subject);
  return result;
}

function start(program: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'], shell: false, windowsHide: true });
}

function guard(
  program: string,
  child: ChildProcessWithoutNullStreams,
  options: RunOptions,
  stop: (reason: unknown) => void,
): Promise<number> {
  const name = basename(program);
  const about = options.subject ? ` on ${options.subject}` : '';
  return new Promise<number>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        stop(
          new MediaError({
            code: 'media.timed_out',
            message: `${name}${about} did not finish within ${options.timeoutMs / 1000} s and was stopped.`,
            ...(options.subject ? { subject: options.subject } : {}),
          }),
        ),
      options.timeoutMs,
    );
    const onAbort = (): void =>
      stop(new MediaError({ code: 'media.cancelled', message: `${name}${about} was cancelled.` }));
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const clear = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (cause: NodeJS.ErrnoException) => {
      clear();
      reject(
        new MediaError({
          code: 'media.tool_missing',
          message: `${program} could not be started (${cause.code ?? 'unknown reason'}); an executable ffmpeg or ffprobe is needed there.`,
          subject: program,
          cause,
        }),
      );
    });
    child.once('close', (code) => {
      clear();
      resolve(code ?? -1);
    });
  });
}

function toolFailed(program: string, exitCode: number, stderr: string, subject?: string): MediaError {
  const about = subject ? ` on ${subject}` : '';
  return new MediaError({
    code: 'media.tool_failed',
    message: `${basename(program)}${about} ended with code ${exitCode}.`,
    ...(subject ? { subject } : {}),
    cause: stderr.trim().split('\n').slice(-12).join('\n'),
  });
}

function tooMuch(program: string, limit: number, subject?: string): MediaError {
  return new MediaError({
    code: 'media.tool_failed',
    message: `${basename(program)} printed more than ${limit} bytes${subject ? ` on ${subject}` : ''}; the file has more frames than can be examined.`,
    ...(subject ? { subject } : {}),
  });
}
