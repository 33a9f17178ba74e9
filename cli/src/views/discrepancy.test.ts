import type { Discrepancies } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { discrepancyView } from './discrepancy.ts';

it('shows what is flagged with its cause, and what was not used', () => {
  const answer: Discrepancies = {
    timeZone: 'UTC',
    from: '2026-11-10',
    to: '2026-11-11',
    freshAt: '2026-11-12T00:00:00.000Z',
    columns: { day: 'day', key: 'key', impressions: 'impressions', clicks: null },
    totals: { ours: 200_000, theirs: 180_000, discrepancy: 0.1, isFlagged: false, rows: 2, flaggedRows: 1 },
    rows: [
      {
        day: '2026-11-11',
        id: 'cmp_1',
        name: 'Autumn',
        ours: 100_000,
        theirs: 89_999,
        discrepancy: 0.10001,
        isFlagged: true,
        oursClicks: 0,
        theirsClicks: null,
        cause: { cause: 'time_zone_shift', detail: 'With days that begin 9 h earlier.' },
      },
    ],
    unknownKeys: [{ key: 'Nobody', theirs: 9 }],
    unread: [{ line: 5, problem: 'day is "never"' }],
    unreadTotal: 3,
  };
  const text = discrepancyView(answer);
  expect(text).toContain('ours 200000, theirs 180000: 10.000 % apart; 1 of 2 rows above 10 %');
  expect(text).toMatch(/2026-11-11 +Autumn +100000 +89999 +10\.001 % +time zone shift: With days/);
  expect(text).toContain('unknown here: Nobody, with 9 impressions');
  expect(text).toContain('and 2 more lines');
});
