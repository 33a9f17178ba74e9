import type { DeploymentStatus } from '@cuepoint/contract';

/** Every legal move; what ended well or was stopped stays as it is. */
const moves: Record<DeploymentStatus, readonly DeploymentStatus[]> = {
  queued: ['deploying', 'failed', 'cancelled'],
  deploying: ['waiting', 'in_review', 'failed', 'cancelled'],
  waiting: ['deploying', 'failed', 'cancelled'],
  in_review: ['approved', 'rejected', 'failed'],
  approved: [],
  rejected: [],
  failed: ['queued'],
  cancelled: [],
};

/** Statuses in which a job still sends requests that make or change something. */
export const sendingStatuses = ['queued', 'deploying', 'waiting'] as const;

/** Statuses that leave room for another deployment of the same creative to the same destination. */
export const endedStatuses = ['failed', 'cancelled', 'rejected'] as const;

export type Move = { ok: true } | { ok: false; why: string };

/** Whether a deployment may go from one status to another, and if not, why and what it may become. */
export function canMove(from: DeploymentStatus, to: DeploymentStatus): Move {
  if (moves[from].includes(to)) return { ok: true };
  if (to === 'cancelled' && from === 'in_review') {
    return {
      ok: false,
      why: 'Everything is with the platform already and in review; pause it there if it must not run.',
    };
  }
  const next = moves[from].length > 0 ? `it may become ${moves[from].join(' or ')}` : 'it stays as it is';
  return { ok: false, why: `A deployment that is ${from} cannot become ${to}; ${next}.` };
}
