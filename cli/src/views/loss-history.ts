import type { LossHistory } from '@cuepoint/contract';
import { table } from '../output/table.ts';

/** Reasons with a column of their own. */
const COLUMNS = 4;

/** A line for each day with requests, and below it what was changed. */
export function lossHistoryView(answer: LossHistory): string {
  const { detail, timeZone, from, to, days, reasons, changes, changesTotal } = answer;
  const named = reasons.slice(0, COLUMNS).map(({ reason }) => reason);
  const rows = days
    .filter(({ requests }) => requests > 0)
    .map(({ day, requests, known, servedShare, lost }) => {
      const share = (reason: string) => lost.find((one) => one.reason === reason)?.share ?? 0;
      const rest = lost
        .filter(({ reason }) => !named.includes(reason))
        .reduce((sum, one) => sum + one.share, 0);
      const cell = (value: number) => (known === 0 ? '-' : `${(value * 100).toFixed(1)} %`);
      const marks = changes?.filter((one) => one.day === day).length ?? 0;
      return [
        day,
        String(requests),
        cell(servedShare),
        ...named.map((reason) => cell(share(reason))),
        cell(rest),
        marks === 0 ? '' : `${marks} changed`,
      ];
    });
  return [
    `${from} to ${to}, ${timeZone}. ${detail}`,
    rows.length === 0
      ? 'There was no request.'
      : table(
          [['Day', 'Requests', 'Served', ...named, 'other', 'Changes'], ...rows],
          [1, 2, ...named.map((_, at) => at + 3), named.length + 3],
        ),
    ...(changes === null
      ? ['Changes are shown to those who may read the audit trail.']
      : changes.length === 0
        ? []
        : [
            `Changes${changesTotal === changes.length ? '' : `, the newest ${changes.length} of ${changesTotal}`}:`,
            table(
              changes.map((one) => [
                one.at,
                one.actorName,
                one.operation,
                one.entityId,
                one.change === 'updated' ? one.fields.join(', ') : one.change,
              ]),
            ),
          ]),
  ].join('\n\n');
}
