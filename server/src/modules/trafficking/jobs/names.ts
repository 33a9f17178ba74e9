import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { Queue } from '../../../platform/queue/index.ts';

export const deployQueue = 'trafficking.deploy';
export const reviewQueue = 'trafficking.review';
export const sweepQueue = 'trafficking.sweep';

/** What a job is about; everything else is read when it runs. */
export interface DeploymentJob extends Record<string, unknown> {
  accountId: string;
  deploymentId: string;
}

type Sender = Pick<Queue, 'send'>;
type Target = { id: string; accountId: string };

/** Enqueues with the transaction; at most one job per deployment waits or runs. */
export async function sendDeployJob(queue: Sender, tx: Tx | null, target: Target): Promise<void> {
  await send(queue, deployQueue, tx, target);
}

export async function sendReviewJob(queue: Sender, tx: Tx | null, target: Target): Promise<void> {
  await send(queue, reviewQueue, tx, target);
}

async function send(queue: Sender, name: string, tx: Tx | null, { id, accountId }: Target): Promise<void> {
  const data: DeploymentJob = { accountId, deploymentId: id };
  await queue.send(name, data, { singletonKey: id, ...(tx === null ? {} : { tx }) });
}
