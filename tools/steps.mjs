import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a program from the root of the repository; its output is kept, not shown.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, show?: boolean }} [options] `show` passes output on as it comes
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export function run(command, args, options = {}) {
  const started = performance.now();
  const env = { ...process.env, ...options.env };
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd ?? root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk) => {
      output += chunk;
      if (options.show) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => take(`${error.message}\n`));
    child.once('close', (code) =>
      resolve({ code: code ?? 1, output, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

/** A program that npm installed, run by the Node that runs us. */
export const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/**
 * Runs steps, at most two at a time, and says of each how it went. A failed one prints what it had to say.
 * @param {ReadonlyArray<{ name: string, work: () => Promise<{ code: number, output: string, seconds: number }> }>} steps
 * @returns {Promise<string[]>} names of the steps that failed
 */
export async function runSteps(steps, atOnce = 2) {
  const failed = [];
  const waiting = [...steps];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const { code, output, seconds } = await step.work();
      console.log(
        `${code === 0 ? 'ok  ' : 'FAIL'}  ${step.name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s`,
      );
      if (code === 0) continue;
      failed.push(step.name);
      console.log(output.replaceAll(/^/gm, '      '));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failed;
}
