/** Forgetting a viewer: what the control plane asks of a node, and what the node answers. */
import { z } from 'zod';
import { id, instant } from './protocol-parts.ts';

/** Ids that a viewer can name, and that a keyed hash is made of. A household's hash is another one every day. */
export const ERASABLE_KINDS = ['ifa', 'supplied', 'session'] as const;
export type ErasableKind = (typeof ERASABLE_KINDS)[number];

export const ErasureOrder = z.object({
  accountId: id,
  /** Keyed hash as records of the log have it; never the id itself. */
  identity: z.string().regex(/^[0-9a-f]{16}$/),
  /** What was decided before this instant is the viewer's no more; what comes later is new. */
  erasedAt: instant,
  /** Only say what would be forgotten. */
  isPreview: z.boolean().default(false),
});
export type ErasureOrder = z.infer<typeof ErasureOrder>;

export const NodeErasure = z.object({
  nodeId: id,
  /** Frequency caps that counted for the viewer. */
  exposures: z.number().int().nonnegative(),
  /** Viewing sessions of that name. */
  sessions: z.number().int().nonnegative(),
  /** When the oldest segment that the log still has was begun. */
  logFrom: instant.nullable(),
});
export type NodeErasure = z.infer<typeof NodeErasure>;
