import type { LineItem } from '@cuepoint/contract';
import type { Move } from './campaign-status.ts';

type Status = LineItem['status'];

/** Completing is for good: what has run stays for the reports, and a new line item takes up where it ended. */
const moves: Record<Status, readonly Status[]> = {
  draft: ['active'],
  active: ['paused', 'completed'],
  paused: ['active', 'completed'],
  completed: [],
};

/** Whether a line item may go from one status to another; to stay is no move. */
export function canMoveLineItem(from: Status, to: Status): Move {
  if (from === to || moves[from].includes(to)) return { ok: true };
  const next = moves[from].length > 0 ? `it may become ${moves[from].join(' or ')}` : 'it stays completed';
  return { ok: false, why: `A line item that is ${from} cannot become ${to}; ${next}.` };
}
