import type { Attempt, Deployment, Dsp } from '@cuepoint/contract';
import { asc, eq } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { DeploymentRow } from './deployment-rows.ts';
import { dspNames } from './domain/destinations.ts';
import { deploymentAttemptTable } from './tables.ts';

/** Names are those of the ticket: what the platform was told. */
export function showDeployment(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    creativeId: row.creativeId,
    creativeName: row.ticket.creativeName,
    campaignId: row.campaignId,
    campaignName: row.ticket.campaignName,
    dsp: row.dsp as Dsp,
    dspName: dspNames[row.dsp as Dsp] ?? row.dsp,
    status: row.status,
    simulated: row.simulated,
    step: row.step,
    externalIds: { ...row.externalIds },
    reviewReasons: row.reviewReasons,
    attemptCount: row.attemptCount,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    failure: row.failure,
    demo: row.demo,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** Every request of a deployment, in the order they were sent. */
export async function attemptsOf(tx: Tx, deploymentId: string): Promise<Attempt[]> {
  const rows = await tx
    .select()
    .from(deploymentAttemptTable)
    .where(eq(deploymentAttemptTable.deploymentId, deploymentId))
    .orderBy(asc(deploymentAttemptTable.number));
  return rows.map(({ accountId: _, ...row }) => ({
    ...row,
    kind: row.kind as Attempt['kind'],
    outcome: row.outcome as Attempt['outcome'],
    startedAt: row.startedAt.toISOString(),
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  }));
}
