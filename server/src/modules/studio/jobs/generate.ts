import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { assembleSpot, MediaError, MOODS } from '@cuepoint/media';
import { eq } from 'drizzle-orm';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { UpstreamError } from '../../../platform/http-client/index.ts';
import { type Job, RetryLater } from '../../../platform/queue/index.ts';
import { type GenerationRequest, moodOf, progressOf, seedOf, sizeOf } from '../domain/generation.ts';
import type { JobRow, SceneRow } from '../read-model.ts';
import type { StudioPorts } from '../studio-ports.ts';
import { generationJobTable } from '../tables.ts';
import { type GenerateData, GenerationFailed } from './generate-job.ts';
import { advanceScenes } from './scenes.ts';

/**
 * Takes a generation job from wherever it stands to its end. Every step is
 * recorded before and after, so that a job cut off anywhere goes on from there
 * and no clip is asked for twice.
 */
export async function runGenerateJob(job: Job<GenerateData>, ports: StudioPorts): Promise<void> {
  const { accountId, generationJobId } = job.data;
  const inTx = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    ports.unitOfWork.withTransaction({ role: 'app', accountId }, work);
  const row = await inTx(
    async (tx) =>
      (await tx.select().from(generationJobTable).where(eq(generationJobTable.id, generationJobId)))[0],
  );
  // Removed meanwhile, with its campaign or with the demo data.
  if (!row || row.status === 'completed' || row.status === 'failed') return;
  const update = (change: Partial<JobRow>) => updateJob(ports, accountId, generationJobId, change);
  const directory = join(ports.workDir, generationJobId);
  try {
    await mkdir(directory, { recursive: true });
    let creativeId = row.creativeId;
    if (creativeId === null) {
      const { scenes, simulated } = await advanceScenes({ job, row, ports, inTx, update });
      const clips = await downloadAll(scenes, directory, ports);
      const spot = await assemble(row, clips, directory, ports, job.signal, update);
      const request = row.request as GenerationRequest;
      await update({
        status: 'measuring',
        step: 'measuring the finished spot',
        progress: progressOf([], 'measuring'),
      });
      creativeId = await ports.addGeneratedCreative({
        accountId,
        campaignId: row.campaignId,
        name: request.creativeName,
        clickThroughUrl: request.landingUrl,
        simulated,
        demo: request.demo,
        path: spot,
      });
      await update({ creativeId });
    }
    await waitUntilMeasured(creativeId, ports, inTx, job.signal);
    await update({
      status: 'completed',
      step: 'done',
      progress: 1,
      finishedAt: ports.clock.now(),
    });
    await rm(directory, { recursive: true, force: true });
  } catch (error) {
    if (error instanceof RetryLater || job.signal.aborted) throw error;
    // An outage of the generator costs time, not the clips that are paid for.
    if (UpstreamError.is(error) && (error.kind === 'rate_limited' || error.kind === 'unavailable'))
      throw new RetryLater(error.retryAfterMs ?? 10_000, error.message);
    const why = publicReason(error);
    if (why === null && !job.lastAttempt) throw error;
    if (why === null) ports.onFault(error, `generation job ${generationJobId}`);
    await update({
      status: 'failed',
      step: 'failed',
      failure: why ?? 'Something failed on our side; the job was tried several times.',
      finishedAt: ports.clock.now(),
    });
    await rm(directory, { recursive: true, force: true });
  }
}

async function downloadAll(scenes: SceneRow[], directory: string, ports: StudioPorts): Promise<string[]> {
  const paths: string[] = [];
  for (const scene of scenes) {
    const path = join(directory, `scene-${scene.position}.mp4`);
    if (!existsSync(path)) {
      await rm(`${path}.part`, { force: true });
      await ports.generator.download(scene.externalId!, `${path}.part`);
      await rename(`${path}.part`, path);
    }
    paths.push(path);
  }
  return paths;
}

async function assemble(
  row: JobRow,
  clips: string[],
  directory: string,
  ports: StudioPorts,
  signal: AbortSignal,
  update: (change: Partial<JobRow>) => Promise<void>,
): Promise<string> {
  const request = row.request as GenerationRequest;
  const path = join(directory, 'spot.mp4');
  if (existsSync(path)) return path;
  await update({
    status: 'assembling',
    step: 'cutting the spot, laying sound',
    progress: progressOf([], 'assembling'),
  });
  let shown = 0;
  await assembleSpot(
    {
      clips,
      durationMs: row.durationMs,
      // The rate that every destination of the default matrix takes without a warning.
      fps: 23.976,
      ...sizeOf(request.placement),
      seed: seedOf(`${row.id.slice(0, 4)}${request.brandName}${request.title}${request.message}`),
      audioBed: { mood: moodOf(request.tone, MOODS) },
      videoBitrateBps: 21_500_000,
    },
    `${path}.part.mp4`,
    {
      tools: await ports.tools(),
      signal,
      onProgress: (done, total) => {
        const part = done / total;
        if (part - shown < 0.2) return;
        shown = part;
        update({ progress: progressOf([], 'assembling', part) }).catch((error: unknown) =>
          ports.onFault(error, 'progress of a generation job'),
        );
      },
    },
  );
  await rename(`${path}.part.mp4`, path);
  return path;
}

/** The measurement is a job of its own; this one ends when that has. */
async function waitUntilMeasured(
  creativeId: string,
  ports: StudioPorts,
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  signal: AbortSignal,
): Promise<void> {
  const slices = 240;
  for (let slice = 0; slice < slices; slice++) {
    const state = await inTx((tx) => ports.creativeState(tx, creativeId));
    if (!state) throw new GenerationFailed('The creative was removed while it was measured.');
    if (state.status === 'failed')
      throw new GenerationFailed(state.failure ?? 'The finished spot could not be measured.');
    if (state.status !== 'processing') return;
    await wait(250, undefined, { signal });
  }
  throw new RetryLater(2_000, 'still measuring');
}

/** What may be told to people; null for a fault of ours. */
function publicReason(error: unknown): string | null {
  if (error instanceof GenerationFailed) return error.message;
  if (error instanceof MediaError) return `The clips could not be assembled: ${error.message}`;
  if (UpstreamError.is(error) && (error.kind === 'rejected' || error.kind === 'unauthorised'))
    return error.message;
  return null;
}

export async function updateJob(
  ports: StudioPorts,
  accountId: string,
  generationJobId: string,
  change: Partial<JobRow>,
): Promise<void> {
  await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => {
    await tx
      .update(generationJobTable)
      .set({ ...change, updatedAt: ports.clock.now() })
      .where(eq(generationJobTable.id, generationJobId));
  });
  ports.events.publish({
    type: 'generation.changed',
    accountId,
    entity: { kind: 'generation_job', id: generationJobId },
  });
}
