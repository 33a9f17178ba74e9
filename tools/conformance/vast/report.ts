import { existsSync } from 'node:fs';
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

/**
 * Runs the checks where the published material is, prints their outcome and gives the exit code. Where it is missing the
 * run is skipped and says so, except in CI, where that is a failure.
 * @param what checked, such as "vast"
 */
export async function runChecks(what: string, checks: () => void | Promise<void>): Promise<number> {
  if (!existsSync(standards)) {
    const message = `${standards} is not there; set CUEPOINT_SHARED_DIR to the folder that holds "standards"`;
    if (process.env.CI === 'true') {
      console.error(`${what} conformance failed: ${message}`);
      return 1;
    }
    console.log(`${what} conformance skipped: ${message}`);
    return 0;
  }
  await checks();
  for (const failure of failures) console.error(`FAIL ${failure}`);
  console.log(`${what} conformance: ${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}
