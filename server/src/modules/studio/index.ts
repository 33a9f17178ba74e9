import { and, lt, notInArray } from 'drizzle-orm';
import type { AnyBinding } from '../../kernel/implement.ts';
import { runGenerateJob } from './jobs/generate.ts';
import { type GenerateData, generateJobName } from './jobs/generate-job.ts';
import { generateCreativeOperation } from './operations/generate-creative.ts';
import { generationJobOperations } from './operations/generation-jobs.ts';
import { launchBriefOperation } from './operations/launch-brief.ts';
import type { StudioPorts } from './studio-ports.ts';
import { generationJobTable } from './tables.ts';

export { createLumaGenerator, lumaDefaultBaseUrl } from './adapters/luma/index.ts';
export type { VideoGenerator } from './ports.ts';
export type { CreativeState, GeneratedFile, StudioPorts } from './studio-ports.ts';

export interface StudioModule {
  operations: AnyBinding[];
  /** Creates the queue; before anything is sent. */
  createQueues(): Promise<void>;
  /** Starts the workers of this module. */
  work(): Promise<void>;
  /** Sends jobs again that lost theirs, e.g. in a restore. */
  sweep(): Promise<number>;
}

export function createStudio(ports: StudioPorts): StudioModule {
  return {
    operations: [generateCreativeOperation(ports), ...generationJobOperations, launchBriefOperation(ports)],
    createQueues: () =>
      ports.queue.createQueue(generateJobName, {
        retryLimit: 4,
        retryDelayMs: 2_000,
        attemptLimitMs: 900_000,
        policy: 'exclusive',
      }),
    work: () =>
      ports.queue.work<GenerateData>(generateJobName, (job) => runGenerateJob(job, ports), {
        concurrency: 1,
      }),
    async sweep() {
      const silentSince = new Date(ports.clock.now().getTime() - 300_000);
      const left = await ports.unitOfWork.withTransaction({ role: 'scheduler' }, (tx) =>
        tx
          .select({ id: generationJobTable.id, accountId: generationJobTable.accountId })
          .from(generationJobTable)
          .where(
            and(
              notInArray(generationJobTable.status, ['completed', 'failed']),
              lt(generationJobTable.updatedAt, silentSince),
            ),
          ),
      );
      for (const { id, accountId } of left) {
        await ports.queue.send(generateJobName, { accountId, generationJobId: id }, { singletonKey: id });
      }
      return left.length;
    },
  };
}
