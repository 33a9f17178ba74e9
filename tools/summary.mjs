/**
 * Counts of several runs in one line. Runs leave files in TEST_REPORT_DIR; `node tools/summary.mjs <stage=exit code>...`
 * adds them up. A stage that failed without a failing test to show for it counts as one failure.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Leaves the counts of a run that is no test run; does nothing when nobody collects them.
 * @param {string} name
 * @param {{ passed: number, failed: readonly string[] }} counts
 */
export function keepCounts(name, counts) {
  const folder = process.env.TEST_REPORT_DIR;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(counts));
}

/**
 * @param {Array<Record<string, unknown>>} reports of vitest's json reporter, or of `keepCounts`
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function addUp(reports) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    if (typeof report.numPassedTests === 'number') {
      total.passed += report.numPassedTests;
      total.failed += report.numFailedTests;
      total.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
      // A file that could not even be loaded has no tests to count.
      total.failed += report.testResults.filter(
        (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
      ).length;
    } else {
      total.passed += report.passed;
      total.failed += report.failed.length;
    }
  }
  return total;
}

const LONGEST_MESSAGE = 1_500;

/**
 * What failed, an entry each, with the first of its errors: a long run's output is often kept by its end alone.
 * @param {Array<Record<string, unknown>>} reports of vitest's json reporter, or of `keepCounts`
 * @returns {string[]}
 */
export function namesOfFailed(reports) {
  return reports.flatMap((report) => {
    if (typeof report.numPassedTests !== 'number') return report.failed.map((name) => `check ${name}`);
    return report.testResults.flatMap((file) => {
      const failed = file.assertionResults.filter((test) => test.status === 'failed');
      if (failed.length > 0) {
        return failed.map(
          (test) =>
            `${file.name} > ${test.fullName}\n${(test.failureMessages[0] ?? '').slice(0, LONGEST_MESSAGE)}`,
        );
      }
      return file.status === 'failed' ? [`${file.name}\n${file.message.slice(0, LONGEST_MESSAGE)}`] : [];
    });
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.env.TEST_REPORT_DIR ?? '';
  const names = folder === '' ? [] : readdirSync(folder).filter((name) => name.endsWith('.json'));
  const reports = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const total = addUp(reports);
  for (const failed of namesOfFailed(reports)) console.log(`failed: ${failed}`);
  const broken = process.argv.slice(2).filter((stage) => !stage.endsWith('=0'));
  if (broken.length > 0) {
    console.log(`not ended well: ${broken.join(', ')}`);
    if (total.failed === 0) total.failed = broken.length;
  }
  if (total.skipped > 0) console.log(`${total.skipped} skipped`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}
