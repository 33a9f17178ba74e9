import type { LossHistory } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { cuepoint } from '../testing/cli.ts';
import { lossHistoryView } from './loss-history.ts';

const day = (
  day: string,
  requests: number,
  lost: LossHistory['days'][number]['lost'],
): LossHistory['days'][number] => ({
  day,
  startAt: `${day}T00:00:00.000Z`,
  endAt: `${day}T23:00:00.000Z`,
  requests,
  known: requests,
  served: 0,
  servedShare: 0.5,
  lost,
});

it('shows the days that had requests, the reasons by their weight, and what was changed when', () => {
  const reasons = ['a', 'b', 'c', 'd', 'e'].map((reason, at) => ({ reason, count: 10 - at }));
  const answer: LossHistory = {
    basis: 'explained',
    lineItemId: 'li_1',
    placementId: null,
    timeZone: 'UTC',
    from: '2026-11-19',
    to: '2026-11-20',
    requests: 100,
    known: 100,
    detail: 'Explained 100 of 100 requests.',
    days: [
      day('2026-11-19', 0, []),
      day(
        '2026-11-20',
        100,
        reasons.map(({ reason, count }) => ({ reason, count, share: count / 100 })),
      ),
    ],
    reasons,
    changes: [
      {
        id: 'aud_1',
        at: '2026-11-20T10:00:00.000Z',
        day: '2026-11-20',
        actorName: 'Ann',
        operation: 'campaigns.updateLineItem',
        change: 'updated',
        entityKind: 'line_item',
        entityId: 'li_1',
        fields: ['targeting'],
        reason: null,
      },
    ],
    changesTotal: 3,
  };
  const text = lossHistoryView(answer);
  expect(text).not.toMatch(/^2026-11-19 +\d/m);
  expect(text).toMatch(/2026-11-20 +100 +50\.0 % +10\.0 % +9\.0 % +8\.0 % +7\.0 % +6\.0 % +1 changed/);
  expect(text).toContain('the newest 1 of 3');
  expect(text).toContain('targeting');
  expect(lossHistoryView({ ...answer, changes: null, changesTotal: null })).toContain('audit trail');
});

it('is a command below why, which stays one itself', async () => {
  const help = await cuepoint('why', 'history', '--help');
  expect(help.stdout).toContain('--item <value>');
  expect(help.stdout).toContain('--time-zone <value>');
  const wrong = await cuepoint('why', 'history', '--days', '46', '--server', 'http://127.0.0.1:9');
  expect(wrong.code).toBe(2);
  const own = await cuepoint('why', '--help');
  expect(own.stdout).toContain('<decision-id>');
  const asked = await cuepoint('why', 'dec_1', '--server', 'http://127.0.0.1:9');
  expect(asked.stderr).toContain('The server does not answer');
});
