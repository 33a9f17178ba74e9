import { and, inArray, lt, sql } from 'drizzle-orm';
import { deploymentTable } from '../tables.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { sendDeployJob, sendReviewJob } from './names.ts';

/** Overdue by so long, a deployment may have lost its job; sending one that has not is refused by the queue. */
const graceMs = 15_000;

/** Enqueues deployments again that nobody works on any more; one with a job keeps that. Answers how many it looked at. */
export async function sweepDeployments(ports: TraffickingPorts): Promise<number> {
  const { id, accountId, status, nextAttemptAt, updatedAt } = deploymentTable;
  const before = new Date(ports.clock.now().getTime() - graceMs);
  const left = await ports.unitOfWork.withTransaction({ role: 'scheduler' }, (tx) =>
    tx
      .select({ id, accountId, status })
      .from(deploymentTable)
      .where(
        and(
          inArray(status, ['queued', 'deploying', 'waiting', 'in_review']),
          lt(sql`coalesce(${nextAttemptAt}, ${updatedAt})`, before.toISOString()),
        ),
      )
      .orderBy(updatedAt)
      .limit(500),
  );
  for (const deployment of left) {
    const send = deployment.status === 'in_review' ? sendReviewJob : sendDeployJob;
    await send(ports.queue, null, deployment);
  }
  return left.length;
}
