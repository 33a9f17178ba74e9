import type { JobWithMetadata } from 'pg-boss';
import type { Database } from '../database/index.ts';
import { jobsSchema } from './storage.ts';
import type { DeadLetter, JobData, QueueStats } from './types.ts';

/** Counts at this moment, read from the jobs themselves (the library's own counters lag by a minute). */
export async function readStats(database: Database): Promise<QueueStats[]> {
  const { rows } = await database.ownerQuery(
    `select q.name as queue,
            count(j.id) filter (where j.state in ('created', 'retry') and j.start_after <= now())::int as waiting,
            count(j.id) filter (where j.state in ('created', 'retry') and j.start_after > now())::int as delayed,
            count(j.id) filter (where j.state = 'active')::int as active,
            count(j.id) filter (where j.state = 'completed')::int as completed,
            (select count(*)::int from ${jobsSchema}.job d where d.name = q.dead_letter and d.state = 'created') as dead,
            (extract(epoch from now() - min(j.start_after)
              filter (where j.state in ('created', 'retry') and j.start_after <= now())) * 1000)::float8 as age
       from ${jobsSchema}.queue q left join ${jobsSchema}.job j on j.name = q.name
      where q.dead_letter is not null
      group by q.name, q.dead_letter
      order by q.name`,
  );
  return rows.map((row) => ({
    queue: String(row.queue),
    waiting: Number(row.waiting),
    delayed: Number(row.delayed),
    active: Number(row.active),
    completed: Number(row.completed),
    dead: Number(row.dead),
    oldestWaitingMs: row.age === null ? null : Math.max(0, Math.round(Number(row.age))),
  }));
}

function reasonOf(output: unknown): string {
  if (typeof output === 'object' && output !== null && 'message' in output) return String(output.message);
  return output === null || output === undefined ? 'no reason was recorded' : JSON.stringify(output);
}

export function toDeadLetter<T extends JobData>(queue: string, job: JobWithMetadata<T>): DeadLetter<T> {
  return {
    id: job.id,
    queue,
    jobId: job.sourceId ?? job.id,
    data: job.data,
    attempts: (job.sourceRetryCount ?? 0) + 1,
    reason: reasonOf(job.sourceOutput),
    enqueuedAt: (job.sourceCreatedOn ?? job.createdOn).toISOString(),
    diedAt: job.createdOn.toISOString(),
  };
}
