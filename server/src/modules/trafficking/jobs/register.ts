import {
  FailForGood,
  type Job,
  type Queue,
  type QueueSettings,
  RetryLater,
} from '../../../platform/queue/index.ts';
import { lockDeployment } from '../deployment-rows.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { runDeploy } from './deploy.ts';
import { type DeploymentJob, deployQueue, reviewQueue, sweepQueue } from './names.ts';
import { runReview } from './review.ts';
import { sweepDeployments } from './sweep.ts';
import { type Run, transact } from './unit.ts';

const settings: QueueSettings = {
  policy: 'exclusive',
  retryLimit: 4,
  retryDelayMs: 2_000,
  attemptLimitMs: 30 * 60_000,
};

/** Needed in every process that traffics, also one that runs no jobs: before the first operation. */
export async function prepareQueues(queue: Queue): Promise<void> {
  await queue.createQueue(deployQueue, settings);
  await queue.createQueue(reviewQueue, settings);
  await queue.createQueue(sweepQueue, { retryLimit: 0 });
}

/** Runs the jobs of this module in this process. */
export async function registerJobs(
  ports: TraffickingPorts,
  queue: Queue,
  { concurrency = 4, pollingMs }: { concurrency?: number; pollingMs?: number } = {},
): Promise<void> {
  await prepareQueues(queue);
  const options = { concurrency, ...(pollingMs === undefined ? {} : { pollingMs }) };
  const handle =
    (work: (run: Run, job: Job<DeploymentJob>) => Promise<void>) =>
    async (job: Job<DeploymentJob>): Promise<void> => {
      const { accountId, deploymentId } = job.data;
      const run: Run = { accountId, deploymentId, job: job.queue, requestId: ports.ids.request() };
      try {
        await work(run, job);
      } catch (error) {
        const expected = error instanceof RetryLater || error instanceof FailForGood;
        if (!expected && job.lastAttempt) await failAfterFault(ports, run);
        throw error;
      }
    };
  await queue.work<DeploymentJob>(
    deployQueue,
    handle((run, job) => runDeploy(ports, run, job.signal)),
    options,
  );
  await queue.work<DeploymentJob>(
    reviewQueue,
    handle((run) => runReview(ports, run)),
    options,
  );
  await queue.work(sweepQueue, async () => void (await sweepDeployments(ports)));
  await queue.schedule(sweepQueue, '* * * * *');
}

/** A fault of ours that repeats: the deployment must not look as if somebody were still at it. */
async function failAfterFault(ports: TraffickingPorts, run: Run): Promise<void> {
  await transact(ports, run, async (unit) => {
    const row = await lockDeployment(unit.tx, run.deploymentId);
    if (!row || !['queued', 'deploying', 'waiting', 'in_review'].includes(row.status)) return;
    const failure = `Something failed on our side, several times; the log names the request ${run.requestId}.`;
    await unit.change(row, { status: 'failed', failure, nextAttemptAt: null }, failure);
  });
}
