import type { AnyBinding } from '../../kernel/implement.ts';
import type { Queue } from '../../platform/queue/index.ts';
import { prepareQueues, registerJobs } from './jobs/register.ts';
import { sweepDeployments } from './jobs/sweep.ts';
import { cancelDeploymentOperation } from './operations/cancel-deployment.ts';
import { getDeploymentOperation } from './operations/get-deployment.ts';
import { listDeploymentsOperation } from './operations/list-deployments.ts';
import { retryDeploymentOperation } from './operations/retry-deployment.ts';
import { trafficCreativeOperation } from './operations/traffic-creative.ts';
import type { TraffickingPorts } from './trafficking-ports.ts';

export {
  type AmazonDspOptions,
  amazonDspParams,
  amazonHosts,
  amazonTokenUrl,
  createAmazonDspAdapter,
} from './adapters/amazon-dsp/index.ts';
export type { PlatformAdapter, PlatformInfo } from './ports.ts';
export {
  deploymentsForReport,
  hasDeployments,
  markDeploymentsDemo,
  type ReportedDeployment,
  removeDemoDeployments,
} from './queries.ts';
export type { Platform, TraffickableCreative, TraffickingPorts } from './trafficking-ports.ts';

export interface TraffickingModule {
  operations: AnyBinding[];
  /** Makes the queues known; needed before the first operation, in every process. */
  prepareQueues(queue: Queue): Promise<void>;
  /** Runs deployments, reviews and the sweep in this process. Prepares the queues too. */
  registerJobs(queue: Queue, options?: { concurrency?: number; pollingMs?: number }): Promise<void>;
  /** Enqueues deployments again that lost their job; the schedule does this every minute. */
  sweep(): Promise<number>;
}

export function createTrafficking(ports: TraffickingPorts): TraffickingModule {
  return {
    operations: [
      trafficCreativeOperation(ports),
      listDeploymentsOperation,
      getDeploymentOperation,
      retryDeploymentOperation(ports),
      cancelDeploymentOperation,
    ],
    prepareQueues,
    registerJobs: (queue, options) => registerJobs(ports, queue, options),
    sweep: () => sweepDeployments(ports),
  };
}
