import type { DeploymentStatus } from '@cuepoint/contract';
import { and, asc, eq, ne, sql } from 'drizzle-orm';
import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { redact } from './domain/redact.ts';
import type { AttemptRecord, ExternalIds, Step, Ticket } from './ports.ts';
import { deploymentAttemptTable, deploymentStepTable, deploymentTable } from './tables.ts';

type StoredDeployment = typeof deploymentTable.$inferSelect;
export type StepRow = typeof deploymentStepTable.$inferSelect;
export type DeploymentRow = Omit<StoredDeployment, 'status' | 'ticket' | 'externalIds'> & {
  status: DeploymentStatus;
  ticket: Ticket;
  externalIds: ExternalIds;
};

/** What may change in a deployment once it exists. */
export type DeploymentChanges = Partial<
  Pick<
    DeploymentRow,
    | 'status'
    | 'step'
    | 'externalIds'
    | 'reviewReasons'
    | 'failure'
    | 'simulated'
    | 'nextAttemptAt'
    | 'attemptCount'
  >
>;

/** The columns that this module alone writes, in their own types. */
export function typed(row: StoredDeployment): DeploymentRow {
  return {
    ...row,
    status: row.status as DeploymentStatus,
    ticket: row.ticket as Ticket,
    externalIds: row.externalIds as ExternalIds,
  };
}

/** The row, held until the transaction ends: two writers follow each other. */
export async function lockDeployment(tx: Tx, deploymentId: string): Promise<DeploymentRow | null> {
  const [row] = await tx
    .select()
    .from(deploymentTable)
    .where(eq(deploymentTable.id, deploymentId))
    .for('update');
  return row ? typed(row) : null;
}

export async function stepRowsOf(tx: Tx, deploymentId: string): Promise<StepRow[]> {
  return tx
    .select()
    .from(deploymentStepTable)
    .where(eq(deploymentStepTable.deploymentId, deploymentId))
    .orderBy(asc(deploymentStepTable.position));
}

/** Writes the changes with the next version and answers the row as it is then. */
export async function saveDeployment(
  tx: Tx,
  row: DeploymentRow,
  changes: DeploymentChanges,
  now: Date,
): Promise<DeploymentRow> {
  const [saved] = await tx
    .update(deploymentTable)
    .set({ ...changes, version: row.version + 1, updatedAt: now })
    .where(eq(deploymentTable.id, row.id))
    .returning();
  return typed(saved!);
}

export async function saveStep(
  tx: Tx,
  row: StepRow,
  changes: Partial<Pick<StepRow, 'state' | 'externalId' | 'tries'>>,
): Promise<void> {
  await tx
    .update(deploymentStepTable)
    .set(changes)
    .where(
      and(
        eq(deploymentStepTable.deploymentId, row.deploymentId),
        eq(deploymentStepTable.position, row.position),
      ),
    );
}

export async function addSteps(
  tx: Tx,
  deployment: Pick<DeploymentRow, 'id' | 'accountId'>,
  steps: readonly Step[],
): Promise<void> {
  await tx.insert(deploymentStepTable).values(
    steps.map((step, position) => ({
      accountId: deployment.accountId,
      deploymentId: deployment.id,
      position,
      step: step.name,
      ourKey: step.ourKey,
      state: 'planned',
    })),
  );
}

/** Adds requests to the attempt log; the last of them says when the next follows. Answers the new count. */
export async function addAttempts(
  tx: Tx,
  ids: Ids,
  row: DeploymentRow,
  attempts: readonly AttemptRecord[],
  nextAttemptAt: Date | null,
): Promise<number> {
  if (attempts.length === 0) return row.attemptCount;
  await tx.insert(deploymentAttemptTable).values(
    attempts.map((attempt, index) => ({
      ...attempt,
      id: ids.next('attempt'),
      accountId: row.accountId,
      deploymentId: row.id,
      number: row.attemptCount + index + 1,
      // The adapter did so already; the log does not rely on it.
      request: redact(attempt.request),
      response: redact(attempt.response),
      startedAt: new Date(attempt.startedAt),
      nextAttemptAt: index === attempts.length - 1 ? nextAttemptAt : null,
    })),
  );
  return row.attemptCount + attempts.length;
}

/** The same step of other deployments: it is about the same object at the platform. */
export interface SiblingStep {
  deploymentId: string;
  state: string;
  status: DeploymentStatus;
  updatedAt: Date;
}

/** Steps of other deployments that were at least intended, for the object this step is about. */
export async function siblingsOf(tx: Tx, row: DeploymentRow, step: StepRow): Promise<SiblingStep[]> {
  const rows = await tx
    .select({
      deploymentId: deploymentTable.id,
      state: deploymentStepTable.state,
      status: deploymentTable.status,
      updatedAt: deploymentTable.updatedAt,
    })
    .from(deploymentStepTable)
    .innerJoin(deploymentTable, eq(deploymentTable.id, deploymentStepTable.deploymentId))
    .where(
      and(
        eq(deploymentStepTable.ourKey, step.ourKey),
        eq(deploymentStepTable.step, step.step),
        ne(deploymentStepTable.state, 'planned'),
        eq(deploymentTable.dsp, row.dsp),
        ne(deploymentTable.id, row.id),
      ),
    );
  return rows.map((sibling) => ({ ...sibling, status: sibling.status as DeploymentStatus }));
}

/** Until the transaction ends, nobody else starts on the object that this step is about. */
export async function holdObject(tx: Tx, row: DeploymentRow, step: StepRow): Promise<void> {
  const name = `trafficking ${row.accountId} ${row.dsp} ${step.step} ${step.ourKey}`;
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}
