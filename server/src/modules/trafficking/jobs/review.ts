import { and, eq, max } from 'drizzle-orm';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { RetryLater } from '../../../platform/queue/index.ts';
import { addAttempts, type DeploymentRow, lockDeployment } from '../deployment-rows.ts';
import { decideReview, defaultReviewLimits } from '../domain/retry-policy.ts';
import type { ReviewResult, Traced } from '../ports.ts';
import { deploymentAttemptTable } from '../tables.ts';
import type { TraffickingPorts } from '../trafficking-ports.ts';
import { type Run, transact, type Unit } from './unit.ts';

/**
 * Asks the platform once where its review stands and writes the answer down.
 * @throws RetryLater while there is no verdict
 */
export async function runReview(ports: TraffickingPorts, run: Run): Promise<void> {
  const { deploymentId } = run;
  const row = await transact(ports, run, async (unit) => {
    const found = await lockDeployment(unit.tx, deploymentId);
    if (found?.status !== 'in_review') return null;
    if (ports.platforms.some(({ dsp }) => dsp === found.dsp)) return found;
    await fail(unit, found, `This installation has no adapter for ${found.dsp} any more.`);
    return null;
  });
  if (!row) return;
  const { adapter } = ports.platforms.find(({ dsp }) => dsp === row.dsp)!;
  const answer = await adapter.review(row.externalIds);
  const delayMs = await transact(ports, run, (unit) => writeReview(unit, ports, deploymentId, answer));
  if (delayMs !== null) throw new RetryLater(delayMs, 'in review');
}

/** The pause until the next look, or null when there is none. */
async function writeReview(
  unit: Unit,
  ports: TraffickingPorts,
  deploymentId: string,
  { result, attempts, simulated }: Traced<ReviewResult>,
): Promise<number | null> {
  const { tx, now } = unit;
  const row = await lockDeployment(tx, deploymentId);
  if (!row) return null;
  const seen = { simulated: row.simulated || simulated };
  const log = (nextAttemptAt: Date | null) => addAttempts(tx, ports.ids, row, attempts, nextAttemptAt);
  if (row.status !== 'in_review') {
    await unit.change(row, { ...seen, attemptCount: await log(null) });
    return null;
  }
  if (result.outcome === 'approved' || result.outcome === 'rejected') {
    const changes = { ...seen, status: result.outcome, reviewReasons: result.reasons, nextAttemptAt: null };
    await unit.change(row, { ...changes, attemptCount: await log(null) }, result.reasons.join(', '));
    return null;
  }
  if (result.outcome === 'permanent') {
    await fail(unit, row, `Review: ${result.reason} (${result.code})`, await log(null));
    return null;
  }
  const begunAt = (await lastSentAt(tx, row.id)) ?? row.createdAt;
  const decision = decideReview(now.getTime() - begunAt.getTime(), {
    ...defaultReviewLimits,
    ...ports.reviewLimits,
  });
  if (decision.kind === 'give_up') {
    await fail(unit, row, `Review: no verdict since ${begunAt.toISOString()}.`, await log(null));
    return null;
  }
  const asked = result.outcome === 'retry' ? (result.retryAfterMs ?? 0) : 0;
  const delayMs = Math.max(decision.delayMs, asked);
  const nextAttemptAt = new Date(now.getTime() + delayMs);
  const reviewReasons = result.outcome === 'in_review' ? result.reasons : row.reviewReasons;
  await unit.change(row, { ...seen, reviewReasons, nextAttemptAt, attemptCount: await log(nextAttemptAt) });
  return delayMs;
}

async function fail(unit: Unit, row: DeploymentRow, failure: string, attemptCount = row.attemptCount) {
  await unit.change(row, { status: 'failed', failure, nextAttemptAt: null, attemptCount }, failure);
}

/** The review is as old as the last request that changed something at the platform. */
async function lastSentAt(tx: Tx, deploymentId: string): Promise<Date | null> {
  const [row] = await tx
    .select({ at: max(deploymentAttemptTable.startedAt) })
    .from(deploymentAttemptTable)
    .where(
      and(eq(deploymentAttemptTable.deploymentId, deploymentId), eq(deploymentAttemptTable.kind, 'send')),
    );
  return row?.at ?? null;
}
