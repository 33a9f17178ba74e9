import type { Discrepancies } from '@cuepoint/contract';
import { table } from '../output/table.ts';

const percent = (share: number | null) => (share === null ? '-' : `${(share * 100).toFixed(3)} %`);

/** What differs by more than 10 %, and why it may. */
export function discrepancyView(answer: Discrepancies): string {
  const { totals, rows, unknownKeys, unread, unreadTotal } = answer;
  const flagged = rows.filter((row) => row.isFlagged);
  return [
    `${answer.from} to ${answer.to}, days of ${answer.timeZone}; counted up to ${answer.freshAt ?? 'an instant that is not known'}`,
    `ours ${totals.ours}, theirs ${totals.theirs}: ${percent(totals.discrepancy)} apart${totals.isFlagged ? ', above 10 %' : ''}; ${totals.flaggedRows} of ${totals.rows} rows above 10 %`,
    ...(flagged.length === 0
      ? []
      : [
          '',
          table(
            [
              ['Day', 'Of', 'Ours', 'Theirs', 'Apart', 'Suggested cause'],
              ...flagged.map((row) => [
                row.day,
                row.name ?? row.id,
                String(row.ours),
                row.theirs === null ? '-' : String(row.theirs),
                percent(row.discrepancy),
                row.cause === null ? '' : `${row.cause.cause.replaceAll('_', ' ')}: ${row.cause.detail}`,
              ]),
            ],
            [2, 3, 4],
          ),
        ]),
    ...unknownKeys.map(({ key, theirs }) => `unknown here: ${key}, with ${theirs} impressions`),
    ...unread.map(({ line, problem }) => `line ${line} was not read: ${problem}`),
    ...(unreadTotal > unread.length ? [`and ${unreadTotal - unread.length} more lines`] : []),
  ].join('\n');
}
