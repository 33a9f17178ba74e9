import { z } from 'zod';
import type { Config } from '../config.ts';
import { LeaseRetired, PLANE_PATHS } from '../kernel/delivery-protocol.ts';
import { readLock } from '../platform/database/index.ts';
import { loadKeyRing } from '../platform/keys/key-ring.ts';

const TIMEOUT_MS = 30_000;
const Refusal = z.object({ code: z.string(), detail: z.string() });

/** Why a node was not retired. `unreachable`: nobody answers; `refused`: the control plane says why not. */
export class RetireError extends Error {
  readonly kind: 'unreachable' | 'refused';
  constructor(kind: RetireError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RetireError';
    this.kind = kind;
  }
}

/**
 * Settles a delivery node that will not come back with the bank of budgets, by what was counted of it: what it was lent and
 * was not counted to have spent can be lent to others again.
 *
 * @throws RetireError
 */
export async function retireNode(config: Config, nodeId: string): Promise<LeaseRetired> {
  const origin = config.controlOrigin ?? readLock(config.dataDir)?.controlOrigin ?? null;
  if (origin === null)
    throw new RetireError(
      'unreachable',
      'The control plane is not known here: set CUEPOINT_CONTROL_ORIGIN, or run this beside a running server.',
    );
  const planeKey = config.planeKey ?? loadKeyRing(config.dataDir).plane;
  const response = await fetch(new URL(PLANE_PATHS.leases, origin), {
    method: 'POST',
    headers: { Authorization: `Bearer ${planeKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ kind: 'retire', nodeId }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new RetireError('unreachable', `The control plane at ${origin} does not answer.`, { cause: error });
  });
  // What is no JSON comes from something else than a control plane: then its status is what there is to tell.
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const retired = LeaseRetired.safeParse(answer);
    if (retired.success) return retired.data;
    throw new RetireError('unreachable', `What answers at ${origin} is no control plane.`);
  }
  const refusal = Refusal.safeParse(answer);
  throw new RetireError(
    'refused',
    refusal.success ? refusal.data.detail : `The control plane at ${origin} answered ${response.status}.`,
  );
}
