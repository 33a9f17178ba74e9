import type { GenerationJob } from '@cuepoint/contract';
import { asc, eq, inArray } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { generationJobTable, generationSceneTable } from './tables.ts';

export type JobRow = typeof generationJobTable.$inferSelect;
export type SceneRow = typeof generationSceneTable.$inferSelect;

export async function showJobs(tx: Tx, rows: JobRow[]): Promise<GenerationJob[]> {
  if (rows.length === 0) return [];
  const scenes = await tx
    .select()
    .from(generationSceneTable)
    .where(
      inArray(
        generationSceneTable.generationJobId,
        rows.map((row) => row.id),
      ),
    )
    .orderBy(asc(generationSceneTable.position));
  return rows.map((row) => ({
    id: row.id,
    campaignId: row.campaignId,
    creativeId: row.creativeId,
    status: row.status as GenerationJob['status'],
    progress: row.progress,
    step: row.step,
    generator: row.generator,
    simulated: row.simulated,
    placement: row.placement as GenerationJob['placement'],
    durationMs: row.durationMs,
    scenes: scenes
      .filter((scene) => scene.generationJobId === row.id)
      .map(({ scene, prompt, state, externalId }) => ({ scene, prompt, state, externalId })),
    estimatedCostMicros: row.estimatedCostMicros,
    costMicros: row.costMicros,
    currency: row.currency,
    failure: row.failure,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}

export async function findJob(tx: Tx, id: string): Promise<JobRow | null> {
  const [row] = await tx.select().from(generationJobTable).where(eq(generationJobTable.id, id));
  return row ?? null;
}

export async function scenesOf(tx: Tx, jobId: string): Promise<SceneRow[]> {
  return tx
    .select()
    .from(generationSceneTable)
    .where(eq(generationSceneTable.generationJobId, jobId))
    .orderBy(asc(generationSceneTable.position));
}
