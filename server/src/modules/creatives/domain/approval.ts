import type { ApprovalAction, ApprovalState, Permission } from '@cuepoint/contract';

/** Which moves a person may make. `trafficked` is reached only by trafficking itself. */
const MOVES: Readonly<Record<ApprovalState, Partial<Record<ApprovalAction, ApprovalState>>>> = {
  draft: { submit: 'submitted' },
  submitted: {
    approve: 'approved',
    reject: 'rejected',
    request_changes: 'changes_requested',
    withdraw: 'draft',
  },
  changes_requested: { submit: 'submitted' },
  rejected: { submit: 'submitted' },
  // An approval can be taken back, and with it all serving.
  approved: { reject: 'rejected', request_changes: 'changes_requested' },
  trafficked: { reject: 'rejected', request_changes: 'changes_requested' },
};

const PERMISSIONS: Readonly<Record<ApprovalAction, Permission>> = {
  submit: 'creatives:write',
  withdraw: 'creatives:write',
  approve: 'creatives:review',
  reject: 'creatives:review',
  request_changes: 'creatives:review',
};

/** What a decision depends on besides the move itself. */
export interface ApprovalSubject {
  approval: ApprovalState;
  /** Of the file. */
  file: 'processing' | 'active' | 'inactive' | 'failed';
  /** Rules of this server's own pack that the file breaks; null before it was checked. */
  servingBlocks: readonly string[] | null;
}

export type ApprovalDecision =
  | { ok: true; to: ApprovalState }
  | {
      ok: false;
      code:
        | 'creative.transition_denied'
        | 'creative.not_ready'
        | 'creative.qc_blocking'
        | 'creative.reason_required';
      why: string;
    };

/** The moves that the state itself offers, in a fixed order. */
export function movesFrom(state: ApprovalState): ApprovalAction[] {
  return Object.keys(MOVES[state]) as ApprovalAction[];
}

export function permissionFor(action: ApprovalAction): Permission {
  return PERMISSIONS[action];
}

export function needsReason(action: ApprovalAction): boolean {
  return action === 'reject' || action === 'request_changes';
}

/**
 * Whether a creative may make this move, and if not, why. What a destination asks of a file stands in the way of
 * trafficking it there, not of approving it: only this server's own rules block an approval.
 */
export function decideApproval(
  subject: ApprovalSubject,
  action: ApprovalAction,
  reason?: string,
): ApprovalDecision {
  const ready = decideReadiness(subject, action);
  if (!ready.ok) return ready;
  if (needsReason(action) && (reason ?? '').trim() === '') {
    return { ok: false, code: 'creative.reason_required', why: `Say why: ${action} needs a reason.` };
  }
  return ready;
}

/** As `decideApproval`, leaving the reason out: what a screen offers before one is typed. */
export function decideReadiness(subject: ApprovalSubject, action: ApprovalAction): ApprovalDecision {
  const { approval, file, servingBlocks } = subject;
  const to = MOVES[approval][action];
  if (to === undefined) {
    const offered = movesFrom(approval);
    return denied(`A creative that is ${words(approval)} takes ${offered.join(', ')}; not ${action}.`);
  }
  if (file === 'inactive') return denied('The creative is inactive; upload it again to use it.');
  if (action !== 'submit' && action !== 'approve') return { ok: true, to };
  if (file === 'processing') return notReady('Its file is still being measured.');
  if (file === 'failed') return notReady('Its file could not be used; upload another.');
  if (servingBlocks === null) return notReady('Its file was not checked against the rules of this server.');
  if (action === 'approve' && servingBlocks.length > 0) {
    const rules = servingBlocks.join(', ');
    return { ok: false, code: 'creative.qc_blocking', why: `Players could not show it: ${rules}.` };
  }
  return { ok: true, to };
}

/** What reviewers saw is not what would be served any more: they look again. Null when nobody has to. */
export function afterContentChange(approval: ApprovalState): ApprovalState | null {
  return approval === 'submitted' || approval === 'approved' || approval === 'trafficked' ? 'draft' : null;
}

/** Only what is approved may be served or sent anywhere. */
export function isApproved(approval: string): boolean {
  return approval === 'approved' || approval === 'trafficked';
}

const words = (state: ApprovalState): string => state.replace('_', ' ');
const denied = (why: string): ApprovalDecision => ({ ok: false, code: 'creative.transition_denied', why });
const notReady = (why: string): ApprovalDecision => ({ ok: false, code: 'creative.not_ready', why });
