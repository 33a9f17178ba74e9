/** What the shapes that cross between the planes are made of. */
import { z } from 'zod';

export const instant = z.iso.datetime({ offset: false });
export const micros = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** Ids travel inside URLs and dotted tokens, so they are limited to characters that need no escape. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, "_" and "-", at most 64');
export const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code');
export const durationMs = z.number().int().positive();

/** Where a record lies: byte `offset` in a numbered segment of one node's log. */
export const LogPosition = z.object({
  segment: z.number().int().positive(),
  offset: z.number().int().nonnegative(),
});
export type LogPosition = z.infer<typeof LogPosition>;
