import { join, resolve } from 'node:path';

const shared = resolve(process.env.CUEPOINT_SHARED_DIR ?? join(import.meta.dirname, '../../../../shared'));

/** Folder of the published schemas and samples. */
export const standards = join(shared, 'standards');

let passed = 0;
const failures: string[] = [];

/** Counts one check; undefined means that nothing is wrong. */
export function check(name: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else failures.push(`${name}: ${problem}`);
}

/** Prints the outcome of all checks and gives the exit code. */
export function report(): number {
  for (const failure of failures) console.error(`FAIL ${failure}`);
  console.log(`vast conformance: ${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}
