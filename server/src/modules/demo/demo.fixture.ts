import { sql } from 'drizzle-orm';
import type { Job, JobData, Queue } from '../../platform/queue/index.ts';
import type { ControlApp } from '../../testing/control-app.ts';
import { tenantObjects } from '../../testing/tenant-objects.ts';
import type { FinishData } from './jobs.ts';
import type { DemoPorts } from './ports.ts';

/** What the demo needs, of the first account. Nobody works on its jobs: `onFinish` is handed what the loader sent. */
export function demoPorts(app: ControlApp, onFinish: (data: FinishData) => void): DemoPorts {
  return {
    unitOfWork: app.database,
    clock: { now: () => new Date() },
    queue: {
      async send(_name: string, data: JobData) {
        onFinish(data as FinishData);
        return 'job';
      },
    } as unknown as Queue,
    callerFor: () => app.tenants[0].caller,
    removeDemoCreatives: async () => 0,
    async defaultPlacementId(tx, account) {
      const { rows } = await tx.execute(
        sql`SELECT id FROM placement WHERE account_id = ${account} AND is_default`,
      );
      return String(rows[0]!.id);
    },
    changed: () => {},
  };
}

let jobs = 0;

export function jobOf<T extends JobData>(data: T): Job<T> {
  return {
    id: `job-${++jobs}`,
    queue: 'demo',
    data,
    attempt: 1,
    lastAttempt: false,
    signal: new AbortController().signal,
  };
}

/** The spots are made elsewhere: here each becomes a measured creative of its job. */
export async function makeSpots(app: ControlApp, { campaigns }: FinishData): Promise<void> {
  const objects = tenantObjects(app, 0);
  for (const { campaignId, generationJobId } of campaigns) {
    if (!generationJobId) continue;
    const { id } = await objects.creative('draft', campaignId);
    await app.database.ownerQuery('UPDATE creative SET demo = true WHERE id = $1', [id]);
    await app.database.ownerQuery(
      'UPDATE asset SET demo = true WHERE id = (SELECT asset_id FROM creative WHERE id = $1)',
      [id],
    );
    await app.database.ownerQuery(
      `UPDATE generation_job SET status = 'completed', creative_id = $2 WHERE id = $1`,
      [generationJobId, id],
    );
  }
}
