import { and, desc, eq, lt, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** A list from the newest row to the oldest: by instant, then by id. */
export interface NewestFirst {
  /** Rows that come after the cursor; undefined on the first page. */
  beyond: SQL | undefined;
  order: [SQL, SQL];
  /** One more than a page, so that the end is seen. */
  limit: number;
  /** The rows of the page, and the cursor of the next one. */
  cut<R extends { id: string }>(
    rows: R[],
    instantOf: (row: R) => Date,
  ): { shown: R[]; nextCursor: string | null };
}

/** @throws AppError `input.invalid` for a cursor of another list */
export function newestFirst(
  input: { limit: number; cursor?: string | undefined },
  columns: { at: PgColumn; id: PgColumn },
): NewestFirst {
  const after = decodeCursor(input.cursor, 'instant');
  const { at, id } = columns;
  return {
    beyond: after
      ? or(lt(at, new Date(after.key)), and(eq(at, new Date(after.key)), lt(id, after.id)))
      : undefined,
    order: [desc(at), desc(id)],
    limit: input.limit + 1,
    cut(rows, instantOf) {
      const shown = rows.slice(0, input.limit);
      const last = shown.at(-1);
      const more = rows.length > input.limit && last;
      return {
        shown,
        nextCursor: more ? encodeCursor({ key: instantOf(last).toISOString(), id: last.id }) : null,
      };
    },
  };
}
