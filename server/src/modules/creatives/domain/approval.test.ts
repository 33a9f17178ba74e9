import { ApprovalAction, ApprovalState, rolePermissions } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalSubject,
  afterContentChange,
  decideApproval,
  decideReadiness,
  isApproved,
  movesFrom,
  permissionFor,
} from './approval.ts';

// The whole machine: each state against each action; a dot is refused.
const TABLE: Record<ApprovalState, Record<ApprovalAction, ApprovalState | '.'>> = {
  draft: { submit: 'submitted', approve: '.', reject: '.', request_changes: '.', withdraw: '.' },
  submitted: {
    submit: '.',
    approve: 'approved',
    reject: 'rejected',
    request_changes: 'changes_requested',
    withdraw: 'draft',
  },
  approved: {
    submit: '.',
    approve: '.',
    reject: 'rejected',
    request_changes: 'changes_requested',
    withdraw: '.',
  },
  rejected: { submit: 'submitted', approve: '.', reject: '.', request_changes: '.', withdraw: '.' },
  changes_requested: { submit: 'submitted', approve: '.', reject: '.', request_changes: '.', withdraw: '.' },
  trafficked: {
    submit: '.',
    approve: '.',
    reject: 'rejected',
    request_changes: 'changes_requested',
    withdraw: '.',
  },
};
const cells = ApprovalState.options.flatMap((state) =>
  ApprovalAction.options.map((action) => [state, action, TABLE[state][action]] as const),
);
const good = (approval: ApprovalState): ApprovalSubject => ({ approval, file: 'active', servingBlocks: [] });

describe('the approval state machine', () => {
  it.each(cells)('%s, %s -> %s', (state, action, to) => {
    const decision = decideApproval(good(state), action, 'because');
    expect(movesFrom(state).includes(action)).toBe(to !== '.');
    if (to === '.') {
      expect(decision).toMatchObject({ ok: false, code: 'creative.transition_denied' });
      expect(decision.ok === false && decision.why).toContain(movesFrom(state).join(', '));
    } else expect(decision).toEqual({ ok: true, to });
  });

  it('never reaches trafficked by a person', () => {
    expect(cells.some(([, , to]) => to === 'trafficked')).toBe(false);
  });

  it.each(['reject', 'request_changes'] as const)(
    '%s needs a reason, which a screen asks for later',
    (action) => {
      for (const reason of [undefined, '', '  ']) {
        expect(decideApproval(good('submitted'), action, reason)).toMatchObject({
          code: 'creative.reason_required',
        });
      }
      expect(decideReadiness(good('submitted'), action).ok).toBe(true);
    },
  );

  it.each(['processing', 'failed'] as const)('nothing goes forward while the file is %s', (file) => {
    expect(decideApproval({ ...good('draft'), file }, 'submit')).toMatchObject({
      code: 'creative.not_ready',
    });
    expect(decideApproval({ ...good('submitted'), file }, 'approve')).toMatchObject({
      code: 'creative.not_ready',
    });
    expect(decideApproval({ ...good('submitted'), file }, 'withdraw').ok).toBe(true);
    expect(decideApproval({ ...good('approved'), file }, 'reject', 'x').ok).toBe(true);
  });

  it('an unchecked file goes nowhere, a blocked one may be submitted but not approved', () => {
    expect(decideApproval({ ...good('draft'), servingBlocks: null }, 'submit')).toMatchObject({
      code: 'creative.not_ready',
    });
    const blocked = { ...good('draft'), servingBlocks: ['Container', 'Codec'] };
    expect(decideApproval(blocked, 'submit').ok).toBe(true);
    expect(decideApproval({ ...blocked, approval: 'submitted' }, 'approve')).toMatchObject({
      code: 'creative.qc_blocking',
      why: expect.stringContaining('Container, Codec'),
    });
  });

  it('an inactive creative does not move', () => {
    for (const [state, action, to] of cells) {
      if (to === '.') continue;
      expect(decideApproval({ ...good(state), file: 'inactive' }, action, 'x')).toMatchObject({
        code: 'creative.transition_denied',
      });
    }
  });

  it('a change of what was reviewed asks for another look', () => {
    expect(ApprovalState.options.map(afterContentChange)).toEqual([
      null,
      'draft',
      'draft',
      null,
      null,
      'draft',
    ]);
  });

  it('only approved and trafficked count as approved', () => {
    expect(ApprovalState.options.filter(isApproved)).toEqual(['approved', 'trafficked']);
  });

  it('planners submit, reviewers judge, neither the other', () => {
    const may = (role: 'planner' | 'reviewer' | 'agent') =>
      ApprovalAction.options.filter((action) => rolePermissions[role].includes(permissionFor(action)));
    expect(may('planner')).toEqual(['submit', 'withdraw']);
    expect(may('agent')).toEqual(['submit', 'withdraw']);
    expect(may('reviewer')).toEqual(['approve', 'reject', 'request_changes']);
  });
});
