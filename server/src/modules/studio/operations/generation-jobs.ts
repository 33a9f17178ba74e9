import { getGenerationJob, listGenerationJobs } from '@cuepoint/contract';
import { and, count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { findJob, showJobs } from '../read-model.ts';
import { generationJobTable } from '../tables.ts';

export const generationJobOperations = [
  implement(getGenerationJob, async ({ generationJobId }, context) => {
    const row = await findJob(context.tx, generationJobId);
    if (!row)
      return context.fail('generation.not_found', `No generation job ${generationJobId} in this account.`);
    const [job] = await showJobs(context.tx, [row]);
    return job!;
  }),

  implement(listGenerationJobs, async (input, { tx }) => {
    const page = newestFirst(input, { at: generationJobTable.createdAt, id: generationJobTable.id });
    const match = input.campaignId ? eq(generationJobTable.campaignId, input.campaignId) : undefined;
    const rows = await tx
      .select()
      .from(generationJobTable)
      .where(and(match, page.beyond))
      .orderBy(...page.order)
      .limit(page.limit);
    const [total] = await tx.select({ n: count() }).from(generationJobTable).where(match);
    const { shown, nextCursor } = page.cut(rows, (row) => row.createdAt);
    return { items: await showJobs(tx, shown), nextCursor, total: total!.n };
  }),
];
