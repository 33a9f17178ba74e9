import { AppError } from './app-error.ts';
import { isStorable } from './input-problems.ts';

/** Opaque page cursor: the sort key of the last row and its id. */
export interface Cursor {
  key: string;
  id: string;
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.key, cursor.id]), 'utf8').toString('base64url');
}

/** What the sort key of a list is; a cursor of another list is not compared with it. */
export type CursorKey = 'text' | 'instant' | 'integer';

const fits: Record<CursorKey, (key: string) => boolean> = {
  text: () => true,
  instant: (key) => /^\d{4}-\d\d-\d\dT[\d:.]{5,15}Z$/.test(key) && Number.isFinite(Date.parse(key)),
  integer: (key) => /^-?\d{1,16}$/.test(key),
};

/**
 * @param keyOf what the list is sorted by
 * @throws AppError `input.invalid` for a cursor we did not make, or made for another list
 */
export function decodeCursor(text: string | undefined, keyOf: CursorKey = 'text'): Cursor | null {
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')) {
      const [key, id] = value as [string, string];
      if (isStorable(key) && isStorable(id) && fits[keyOf](key)) return { key, id };
    }
  } catch {
    // falls through: whatever is wrong with it, it is not ours
  }
  throw new AppError('input.invalid', 'cursor: not a cursor of this list', {
    fields: [
      {
        field: 'cursor',
        message: 'not a cursor of this list',
        value: text,
        accepted: 'nextCursor of the page before',
      },
    ],
  });
}
