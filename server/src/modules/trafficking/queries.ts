import { and, desc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { type DeploymentRow, typed } from './deployment-rows.ts';
import { endedStatuses } from './domain/deployment.ts';
import { dspNames } from './domain/destinations.ts';
import { deploymentTable } from './tables.ts';

/** The one deployment of a creative to a destination that has not ended badly. */
export async function liveDeploymentOf(
  tx: Tx,
  creativeId: string,
  dsp: string,
): Promise<DeploymentRow | null> {
  const [row] = await tx
    .select()
    .from(deploymentTable)
    .where(
      and(
        eq(deploymentTable.creativeId, creativeId),
        eq(deploymentTable.dsp, dsp),
        notInArray(deploymentTable.status, [...endedStatuses]),
      ),
    );
  return row ? typed(row) : null;
}

/** Whether anything of a creative was ever sent, or is about to be. For the creatives module: such a one is kept. */
export async function hasDeployments(tx: Tx, creativeId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: deploymentTable.id })
    .from(deploymentTable)
    .where(eq(deploymentTable.creativeId, creativeId))
    .limit(1);
  return rows.length > 0;
}

/** A deployment that ended badly and was not followed by another of the same creative and destination. */
export interface ReportedDeployment {
  id: string;
  campaignId: string;
  creativeName: string;
  dspName: string;
  status: 'failed' | 'rejected';
  /** The platform's reasons, or how the last try failed. */
  detail: string;
  since: Date;
  simulated: boolean;
}

/** What of the current account needs a person, latest first. */
export async function deploymentsForReport(tx: Tx, limit = 100): Promise<ReportedDeployment[]> {
  const rows = await tx
    .select()
    .from(deploymentTable)
    .where(
      and(
        inArray(deploymentTable.status, ['failed', 'rejected']),
        sql`NOT EXISTS (SELECT 1 FROM deployment later
              WHERE later.creative_id = ${deploymentTable.creativeId} AND later.dsp = ${deploymentTable.dsp}
                AND (later.created_at, later.id) > (${deploymentTable.createdAt}, ${deploymentTable.id}))`,
      ),
    )
    .orderBy(desc(deploymentTable.updatedAt), desc(deploymentTable.id))
    .limit(limit);
  return rows.map(typed).map((row) => {
    const rejected = row.status === 'rejected';
    return {
      id: row.id,
      campaignId: row.campaignId,
      creativeName: row.ticket.creativeName,
      dspName: dspNames[row.dsp as keyof typeof dspNames] ?? row.dsp,
      status: rejected ? 'rejected' : 'failed',
      detail: rejected ? row.reviewReasons.join(', ') : (row.failure ?? ''),
      since: row.updatedAt,
      simulated: row.simulated,
    };
  });
}

/** Demo loader only: marks what was sent for a campaign. */
export async function markDeploymentsDemo(tx: Tx, campaignId: string): Promise<void> {
  await tx.update(deploymentTable).set({ demo: true }).where(eq(deploymentTable.campaignId, campaignId));
}

/** Demo loader only: removes demo deployments of campaigns that stay. What is at a platform stays there. */
export async function removeDemoDeployments(tx: Tx): Promise<string[]> {
  const rows = await tx
    .delete(deploymentTable)
    .where(eq(deploymentTable.demo, true))
    .returning({ id: deploymentTable.id });
  return rows.map((row) => row.id);
}
