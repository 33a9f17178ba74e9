import { DeploymentStatus } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { canMove } from './deployment.ts';

/** Rows: from; columns: every status it may become. Everything else is refused. */
const table: Record<DeploymentStatus, string> = {
  queued: 'deploying failed cancelled',
  deploying: 'waiting in_review failed cancelled',
  waiting: 'deploying failed cancelled',
  in_review: 'approved rejected failed',
  approved: '',
  rejected: '',
  failed: 'queued',
  cancelled: '',
};

describe('deployment status', () => {
  const statuses = DeploymentStatus.options;
  it.each(statuses.flatMap((from) => statuses.map((to) => ({ from, to }))))(
    '$from to $to',
    ({ from, to }) => {
      const move = canMove(from, to);
      expect(move.ok).toBe(table[from].split(' ').includes(to));
      if (!move.ok) expect(move.why).not.toBe('');
    },
  );

  it('says what is possible instead', () => {
    expect(canMove('queued', 'approved')).toEqual({
      ok: false,
      why: 'A deployment that is queued cannot become approved; it may become deploying or failed or cancelled.',
    });
    expect(canMove('approved', 'queued')).toMatchObject({ why: expect.stringContaining('stays as it is') });
    expect(canMove('in_review', 'cancelled')).toMatchObject({
      why: expect.stringContaining('pause it there'),
    });
  });
});
