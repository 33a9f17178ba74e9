import { AppError } from './app-error.ts';

/** Opaque page cursor: the sort key of the last row and its id. */
export interface Cursor {
  key: string;
  id: string;
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.key, cursor.id]), 'utf8').toString('base64url');
}

/** @throws AppError `input.invalid` for a cursor we did not make. */
export function decodeCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string') {
      return { key: value[0], id: value[1] };
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
