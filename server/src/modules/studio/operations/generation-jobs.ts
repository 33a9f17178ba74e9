import { getGenerationJob, listGenerationJobs } from '@cuepoint/contract';
import { and, count, desc, eq, lt, or } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
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

  implement(listGenerationJobs, async ({ limit, cursor, campaignId }, { tx }) => {
    const after = decodeCursor(cursor, 'instant');
    const match = campaignId ? eq(generationJobTable.campaignId, campaignId) : undefined;
    const rows = await tx
      .select()
      .from(generationJobTable)
      .where(
        and(
          match,
          after
            ? or(
                lt(generationJobTable.createdAt, new Date(after.key)),
                and(
                  eq(generationJobTable.createdAt, new Date(after.key)),
                  lt(generationJobTable.id, after.id),
                ),
              )
            : undefined,
        ),
      )
      .orderBy(desc(generationJobTable.createdAt), desc(generationJobTable.id))
      .limit(limit + 1);
    const [total] = await tx.select({ n: count() }).from(generationJobTable).where(match);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: await showJobs(tx, shown),
      nextCursor:
        rows.length > limit && last ? encodeCursor({ key: last.createdAt.toISOString(), id: last.id }) : null,
      total: total!.n,
    };
  }),
];
