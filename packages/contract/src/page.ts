import { z } from 'zod';

/** Fields every list operation takes. The cursor is opaque. */
export const pageInput = {
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'rows a page, 1 to 200' }),
  cursor: z.string().max(400).optional().meta({ description: 'nextCursor of the page before' }),
};

/** One page shape for every list. `total` counts all rows that match. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int().min(0) });
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}
