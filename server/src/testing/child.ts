import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  process: ChildProcess;
  /** Lines the child has printed so far. */
  lines: string[];
  /** Resolves when a line passes; throws when the child ends before. */
  waitFor(test: (line: string) => boolean): Promise<string>;
  /** Ends the child at once, as a power cut to the process would, and waits until it is gone. */
  kill(): Promise<void>;
  exited: Promise<number | null>;
  /** What it wrote to its error output. */
  errors(): string;
}

/** Runs a TypeScript file of this checkout as a process of its own. */
export function startChild(file: URL, args: readonly string[]): Child {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@cuepoint/source', fileURLToPath(file), ...args],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  let errors = '';
  const watchers = new Set<(line: string | null) => void>();
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    for (const watcher of [...watchers]) watcher(line);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  void exited.then(() => {
    for (const watcher of [...watchers]) watcher(null);
  });
  return {
    process: child,
    lines,
    exited,
    errors: () => errors,
    waitFor(test) {
      const present = lines.find(test);
      if (present !== undefined) return Promise.resolve(present);
      return new Promise((resolve, reject) => {
        const watcher = (line: string | null): void => {
          if (line !== null && !test(line)) return;
          watchers.delete(watcher);
          if (line === null)
            reject(new Error(`the child ended before the awaited line: ${errors || lines.join(' | ')}`));
          else resolve(line);
        };
        watchers.add(watcher);
      });
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
