import { expect, it } from 'vitest';
import { heatTable, weekdayAndHour } from './heatmap.ts';

it('tells the largest rows and columns and what is left out', () => {
  const counts = Array.from({ length: 30 }, (_, at) => ({ row: `r${at}`, column: 'c', figure: at }));
  const table = heatTable(counts, { rows: 'campaign', columns: 'device' });
  expect(table.rows[0]).toBe('r29');
  expect(table.rows).toHaveLength(24);
  // r0 has nothing, and r1 to r5 are left out.
  expect(table.leftOut).toEqual({ rows: 5, columns: 0, figure: 15 });
  expect(table.total).toBe(435);
});

it('has every weekday and hour, also without a count', () => {
  const table = heatTable([{ row: 'sunday', column: '05', figure: 3 }], {
    rows: 'weekday',
    columns: 'hour_of_day',
  });
  expect([table.cells.length, table.cells[6]!.length, table.cells[6]![5]]).toEqual([7, 24, 3]);
});

it('reads the clock of the zone', () => {
  expect(weekdayAndHour(new Date('2026-11-02T04:30:00Z'), 'America/New_York')).toEqual({
    weekday: 'sunday',
    hour: '23',
  });
  expect(weekdayAndHour(new Date('2026-11-01T05:30:00Z'), 'America/New_York')).toEqual({
    weekday: 'sunday',
    hour: '01',
  });
});
