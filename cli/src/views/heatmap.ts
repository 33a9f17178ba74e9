import type { DeliveryHeatmap } from '@cuepoint/contract';
import { table } from '../output/table.ts';

/** Cells as a table, with what they are and what is left out. */
export function heatmapView(map: DeliveryHeatmap): string {
  const word = ({ value, name }: { value: string; name: string | null }) => name ?? (value || 'unknown');
  const lines = map.rows.map((row, at) => [word(row), ...map.cells[at]!.map(String)]);
  const { rows, columns, figure } = map.leftOut;
  return [
    `${map.figure}, ${map.from} to ${map.to}, days of ${map.timeZone}; counted up to ${map.freshAt ?? 'an instant that is not known'}`,
    '',
    table(
      [['', ...map.columns.map(word)], ...lines],
      map.columns.map((_, index) => index + 1),
    ),
    '',
    `${map.total} in all${figure > 0 ? `, ${figure} of them in ${rows} rows and ${columns} columns that are not shown` : ''}.`,
  ].join('\n');
}
