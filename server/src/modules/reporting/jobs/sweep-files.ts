import { RUN_FILES } from '../run-files.ts';
import type { SchedulePorts } from '../schedule-ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Removes files of runs that are older than files are kept; a key says the day of its run. Answers how many. */
export async function sweepReportFiles(
  ports: Pick<SchedulePorts, 'reportFiles' | 'keepFileDays' | 'clock'>,
): Promise<number> {
  const before = new Date(ports.clock.now().getTime() - ports.keepFileDays * DAY_MS)
    .toISOString()
    .slice(0, 10);
  let removed = 0;
  for (const { key } of await ports.reportFiles.list(RUN_FILES)) {
    const day = /\/(\d{4}-\d\d-\d\d)-[^/]+$/.exec(key)?.[1];
    if (day === undefined || day >= before) continue;
    await ports.reportFiles.remove(key);
    removed++;
  }
  return removed;
}
