import { z } from 'zod';
import { LogPosition } from './protocol-parts.ts';

/**
 * What a delivery node asks the bank of budgets in the control plane, `POST /internal/delivery/leases`
 * (docs/protocols/delivery.md, section 4). Amounts are micros of money or impressions, by the unit of the pot.
 */
const key = z.string().min(1).max(120);
const nodeId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);
const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const epoch = amount;
/** Pots of one message: what is more goes into the next. */
export const LEASE_POTS_AT_ONCE = 2000;
const upTo = <T extends z.ZodType>(item: T) => z.array(item).max(LEASE_POTS_AT_ONCE).readonly();

export const LeaseCall = z.discriminatedUnion('kind', [
  /** What is known here of the node: its life, and what was counted of its spend. */
  z.object({ kind: z.literal('statement'), nodeId }),
  z.object({
    kind: z.literal('open'),
    nodeId,
    closes: epoch,
    // A life is begun in one message, however many pots it has.
    pots: z.array(z.object({ key, spent: amount, held: amount })).readonly(),
  }),
  z.object({
    kind: z.literal('request'),
    nodeId,
    epoch,
    asks: upTo(
      z.object({
        key,
        granted: amount,
        returned: amount,
        /** Below 0 while what was promised before is not covered. */
        held: z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
        price: amount.min(1),
      }),
    ),
  }),
  z.object({
    kind: z.literal('return'),
    nodeId,
    epoch,
    returns: upTo(z.object({ key, returned: amount })),
  }),
  /** It will not come back: settle it by what was counted of it. An operator's, never a node's own. */
  z.object({ kind: z.literal('retire'), nodeId }),
]);
export type LeaseCall = z.infer<typeof LeaseCall>;

/** What the ingester has counted of one node's spend out of its leases. */
export const LeaseStatement = z.object({
  epoch,
  /** The first position of the node's log that is not contained in `spent`. */
  through: LogPosition,
  spent: z.array(z.object({ key, amount })).readonly(),
});
export type LeaseStatement = z.infer<typeof LeaseStatement>;

export const LeaseOpened = z.object({
  epoch,
  pots: z.array(z.object({ key, granted: amount, returned: amount })).readonly(),
});

export const LeaseGranted = z.object({
  epoch,
  grants: z.array(z.object({ key, granted: amount, size: amount, expiresAtMs: z.number() })).readonly(),
  nodes: z.number().int().min(1),
});

/** How many budgets had lent to a node that was retired, and how many of them have something back. */
export const LeaseRetired = z.object({ pots: z.number().int(), returned: z.number().int() });
export type LeaseRetired = z.infer<typeof LeaseRetired>;

export const LeaseReturned = z.object({ epoch });
