import { listDeployments } from '@cuepoint/contract';
import { and, count, desc, eq, lt, or } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
import { typed } from '../deployment-rows.ts';
import { showDeployment } from '../read-model.ts';
import { deploymentTable } from '../tables.ts';

export const listDeploymentsOperation = implement(listDeployments, async (input, { tx }) => {
  const match = and(
    input.campaignId ? eq(deploymentTable.campaignId, input.campaignId) : undefined,
    input.creativeId ? eq(deploymentTable.creativeId, input.creativeId) : undefined,
    input.status ? eq(deploymentTable.status, input.status) : undefined,
  );
  const after = decodeCursor(input.cursor, 'instant');
  const beyond = after
    ? or(
        lt(deploymentTable.createdAt, new Date(after.key)),
        and(eq(deploymentTable.createdAt, new Date(after.key)), lt(deploymentTable.id, after.id)),
      )
    : undefined;
  const rows = await tx
    .select()
    .from(deploymentTable)
    .where(and(match, beyond))
    .orderBy(desc(deploymentTable.createdAt), desc(deploymentTable.id))
    .limit(input.limit + 1);
  const [total] = await tx.select({ n: count() }).from(deploymentTable).where(match);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => showDeployment(typed(row))),
    nextCursor:
      rows.length > input.limit && last
        ? encodeCursor({ key: last.createdAt.toISOString(), id: last.id })
        : null,
    total: total!.n,
  };
});
