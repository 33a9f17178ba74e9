import { listDeployments } from '@cuepoint/contract';
import { and, count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { typed } from '../deployment-rows.ts';
import { showDeployment } from '../read-model.ts';
import { deploymentTable } from '../tables.ts';

export const listDeploymentsOperation = implement(listDeployments, async (input, { tx }) => {
  const match = and(
    input.campaignId ? eq(deploymentTable.campaignId, input.campaignId) : undefined,
    input.creativeId ? eq(deploymentTable.creativeId, input.creativeId) : undefined,
    input.status ? eq(deploymentTable.status, input.status) : undefined,
  );
  const page = newestFirst(input, { at: deploymentTable.createdAt, id: deploymentTable.id });
  const rows = await tx
    .select()
    .from(deploymentTable)
    .where(and(match, page.beyond))
    .orderBy(...page.order)
    .limit(page.limit);
  const [total] = await tx.select({ n: count() }).from(deploymentTable).where(match);
  const { shown, nextCursor } = page.cut(rows, (row) => row.createdAt);
  return { items: shown.map((row) => showDeployment(typed(row))), nextCursor, total: total!.n };
});
