import type { CampaignStatus } from '@cuepoint/contract';

/** Which moves a person may make. `archived` is reached by deleting only. */
const moves: Record<CampaignStatus, readonly CampaignStatus[]> = {
  draft: ['active'],
  active: ['paused', 'completed'],
  paused: ['active', 'completed'],
  completed: ['active'],
  archived: [],
};

export type Move = { ok: true } | { ok: false; why: string };

/** Whether a campaign may go from one status to another, and if not, why and what it may do. */
export function canMove(from: CampaignStatus, to: CampaignStatus, now: Date, endAt: Date): Move {
  if (!moves[from].includes(to)) {
    const allowed = moves[from];
    const next = allowed.length > 0 ? `it may become ${allowed.join(' or ')}` : 'it stays as it is';
    return { ok: false, why: `A campaign that is ${from} cannot become ${to}; ${next}.` };
  }
  if (to === 'active' && endAt <= now) {
    return { ok: false, why: `It ended on ${endAt.toISOString()}; move its end before starting it.` };
  }
  return { ok: true };
}
