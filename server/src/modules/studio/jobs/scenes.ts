import { setTimeout as wait } from 'node:timers/promises';
import { and, eq, isNotNull } from 'drizzle-orm';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { UpstreamError } from '../../../platform/http-client/index.ts';
import { type Job, RetryLater } from '../../../platform/queue/index.ts';
import { type GenerationRequest, progressOf, type SceneState } from '../domain/generation.ts';
import { planScenes, type ScenePlan } from '../domain/prompts.ts';
import type { Generation, GenerationIntent } from '../ports.ts';
import { type JobRow, type SceneRow, scenesOf } from '../read-model.ts';
import type { StudioPorts } from '../studio-ports.ts';
import { generationSceneTable } from '../tables.ts';
import { type GenerateData, GenerationFailed } from './generate-job.ts';

export interface SceneWork {
  job: Job<GenerateData>;
  row: JobRow;
  ports: StudioPorts;
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  update: (change: Partial<JobRow>) => Promise<void>;
}

/** How long one attempt looks after its clips before it gives its place back. */
const attemptMs = 120_000;

/** Asks for every clip that has not been asked for, and waits until all are there. */
export async function advanceScenes(work: SceneWork): Promise<{ scenes: SceneRow[]; simulated: boolean }> {
  const { row, ports, inTx, job } = work;
  let simulated = row.simulated;
  const plans = planScenes(row.request as GenerationRequest);
  for (const scene of await inTx((tx) => scenesOf(tx, row.id))) {
    if (scene.externalId === null) {
      const generation = await askFor(scene, plans[scene.position - plans[0]!.position]!, work);
      simulated ||= generation.simulated;
    }
  }
  const started = performance.now();
  const askedAt = Date.parse(row.createdAt.toISOString());
  for (;;) {
    const scenes = await inTx((tx) => scenesOf(tx, row.id));
    for (const scene of scenes) {
      if (scene.state === 'completed') continue;
      const generation = await ports.generator.getStatus(scene.externalId!);
      simulated ||= generation.simulated;
      if (generation.state === 'failed') {
        await saveScene(work, scene, { state: 'failed', failure: generation.failureReason });
        throw new GenerationFailed(
          `Scene ${scene.scene}: ${generation.failureReason ?? 'the generator gave no reason'}.`,
        );
      }
      if (generation.state !== scene.state) await saveScene(work, scene, { state: generation.state });
    }
    const after = await inTx((tx) => scenesOf(tx, row.id));
    const done = after.filter((scene) => scene.state === 'completed').length;
    await work.update({
      status: 'generating',
      simulated,
      step: `${done} of ${after.length} clips ready`,
      progress: progressOf(
        after.map((scene) => scene.state as SceneState),
        'clips',
      ),
      costMicros: after.reduce((sum, scene) => sum + scene.costMicros, 0),
    });
    if (done === after.length) return { scenes: after, simulated };
    if (performance.now() - started > attemptMs)
      throw new RetryLater(2_000, 'clips are still being generated');
    await wait(ports.generator.pollDelayMs(ports.clock.now().getTime() - askedAt), undefined, {
      signal: job.signal,
    });
  }
}

/** Records the intent, sends one create, records the answer. An intent without an answer is looked for first. */
async function askFor(scene: SceneRow, plan: ScenePlan, work: SceneWork): Promise<Generation> {
  const { ports, row } = work;
  const recordedBefore = scene.intentAt;
  const intentAt = recordedBefore ?? ports.clock.now();
  const intent: GenerationIntent = {
    prompt: scene.prompt,
    aspectRatio: plan.aspectRatio,
    resolution: plan.resolution,
    durationSeconds: plan.durationSeconds,
    requestedAt: intentAt.toISOString(),
  };
  let generation: Generation | null = null;
  if (recordedBefore !== null) {
    generation = await findAsked(intent, scene, work);
  }
  if (generation === null) {
    const fresh = ports.clock.now();
    await saveScene(work, scene, { state: 'intended', intentAt: fresh });
    generation = await create({ ...intent, requestedAt: fresh.toISOString() }, scene, work);
  }
  await saveScene(work, scene, {
    externalId: generation.externalId,
    state: generation.state,
    costMicros: ports.generator.estimateCostMicros(plan),
  });
  await work.update({
    status: 'generating',
    step: `asked for ${scene.scene.replaceAll('_', ' ')}`,
    simulated: row.simulated || generation.simulated,
  });
  return generation;
}

async function findAsked(
  intent: GenerationIntent,
  scene: SceneRow,
  work: SceneWork,
): Promise<Generation | null> {
  const claimed = await work.inTx(async (tx) => {
    const rows = await tx
      .select({ externalId: generationSceneTable.externalId })
      .from(generationSceneTable)
      .where(isNotNull(generationSceneTable.externalId));
    return new Set(rows.map((entry) => entry.externalId!));
  });
  const match = await work.ports.generator.findByIntent(intent, claimed);
  if (match.found === 'one') return match.generation;
  if (match.found === 'none') return null;
  throw new GenerationFailed(
    `Scene ${scene.scene}: ${match.generations.length} clips at the generator could be ours (${match.generations
      .map((entry) => entry.externalId)
      .join(', ')}). Nothing is asked for again before a person has looked.`,
  );
}

async function create(intent: GenerationIntent, scene: SceneRow, work: SceneWork): Promise<Generation> {
  try {
    return await work.ports.generator.create(intent);
  } catch (error) {
    if (!UpstreamError.is(error)) throw error;
    // Refused before anything was made: the intent is withdrawn, the next try is a first one.
    if (error.kind !== 'ambiguous') await saveScene(work, scene, { state: 'planned', intentAt: null });
    if (error.kind === 'rate_limited') throw new RetryLater(error.retryAfterMs ?? 5_000, error.message);
    if (error.kind === 'unavailable' || error.kind === 'ambiguous')
      throw new RetryLater(2_000, error.message);
    throw error;
  }
}

async function saveScene(work: SceneWork, scene: SceneRow, change: Partial<SceneRow>): Promise<void> {
  await work.inTx(async (tx) => {
    await tx
      .update(generationSceneTable)
      .set(change)
      .where(
        and(
          eq(generationSceneTable.generationJobId, scene.generationJobId),
          eq(generationSceneTable.position, scene.position),
        ),
      );
  });
}
