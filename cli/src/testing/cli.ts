import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../program.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Runs a command in this process; nothing it writes is a terminal. */
export async function cuepoint(...words: string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    ({
      isTTY: false,
      columns: 80,
      write: (text: string) => {
        written[name] += text;
        return true;
      },
    }) as unknown as NodeJS.WriteStream;
  const code = await run(words, { stdout: stream('stdout'), stderr: stream('stderr') });
  return { code, ...written };
}

/** Environment in which the stand-in draws small clips: the same full-size spots, in a third of the time. */
export const smallClips = { CUEPOINT_SANDBOX_CLIP_LINES: '270' };

function start(
  words: readonly string[],
  environment: Record<string, string> = {},
): { child: ChildProcess; written: Omit<Outcome, 'code'> } {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@cuepoint/source', main, ...words],
    { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  );
  const written = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => {
    written.stdout += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    written.stderr += chunk.toString();
  });
  return { child, written };
}

const ended = (child: ChildProcess): Promise<number> =>
  child.exitCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1)));

/** Runs a command as users do, in a process of its own. */
export async function spawnCuepoint(
  words: readonly string[],
  { input = '', environment }: { input?: string; environment?: Record<string, string> } = {},
): Promise<Outcome> {
  const { child, written } = start(words, environment);
  child.stdin!.end(input);
  return { code: await ended(child), ...written };
}

/** An installation that `cuepoint start` runs, with what it said when it served. */
export async function startCuepoint(
  dataDir: string,
): Promise<{ welcome: { publicUrl: string; signInUrl: string }; stop(): Promise<number> }> {
  const { child, written } = start(
    ['start', '--json', '--port', '0', '--no-demo-data', '--data-dir', dataDir],
    smallClips,
  );
  const stop = async () => {
    child.kill('SIGTERM');
    return ended(child);
  };
  for (;;) {
    if (written.stdout.includes('\n')) return { welcome: JSON.parse(written.stdout), stop };
    if (child.exitCode !== null) throw new Error(`start ended with ${child.exitCode}: ${written.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A directory for one test file. */
export function scratchDirectory(): { path: (name: string) => string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'cuepoint-cli-'));
  return {
    path: (name) => join(directory, name),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
