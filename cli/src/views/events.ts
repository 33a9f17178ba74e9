import type {
  CountDifference,
  CountedLog,
  EventsAnswer,
  EventsRebuild,
  EventsVerification,
  Uncompared,
} from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { indent, table } from '../output/table.ts';

/** The rows as a table, and whether there are more. */
export function answerView({ columns, rows, truncated, files, tookMs }: EventsAnswer): string {
  const shown = rows.map((row) =>
    row.map((value) => (value === null ? '' : String(value).replace(/\s+/g, ' '))),
  );
  return [
    table([columns.map(({ name }) => name), ...shown]),
    `${count(rows.length, 'row')}${truncated ? ', and there are more: --limit' : ''}; ${count(files, 'file')}, ${tookMs} ms`,
  ].join('\n\n');
}

/** Whether counts and logs agree, how much was compared, what differs, and what no log holds. */
export function verificationView(answer: EventsVerification): string {
  const { agrees, compared, differences, differencesTotal } = answer;
  const more = differencesTotal - differences.length;
  return [
    agrees
      ? 'The counts agree with the logs, to the unit and the micro.'
      : `The counts differ from the logs in ${count(differencesTotal, 'place')}: cuepoint events rebuild derives them again.`,
    pairs({
      compared: `${count(compared.records, 'record')}, ${count(compared.events, 'event')}, ${count(compared.hours, 'hourly row')}, ${count(compared.reach, 'reach row')}, ${count(compared.nodeSpend, 'sum')} of spend by node`,
      ...Object.fromEntries(
        compared.spend.map(({ currency, logMicros, storedMicros }) => [
          `spend ${currency}`,
          logMicros === storedMicros
            ? formatMicros(logMicros)
            : `${formatMicros(logMicros)} in the logs, ${formatMicros(storedMicros)} stored`,
        ]),
      ),
      ...logLines(answer.logs),
    }),
    ...uncomparedView(answer.uncompared),
    ...(differences.length > 0
      ? [
          differencesTable(differences) +
            (more > 0 ? `\nand ${more} more: --limit shows up to 1000, --json all their fields` : ''),
        ]
      : []),
  ].join('\n\n');
}

/** Rows and money before and after. */
export function rebuildView(answer: EventsRebuild): string {
  const { changed, events, hours, reach, nodeSpend, spend } = answer;
  const row = (name: string, of: typeof events) =>
    [name, of.before, of.after, of.inserted, of.updated, of.removed].map(String);
  return [
    changed ? 'Derived again from the logs.' : 'Nothing was wrong: the counts are those of the logs.',
    table(
      [
        ['Rows', 'Before', 'After', 'Inserted', 'Updated', 'Removed'],
        row('events', events),
        row('hourly', hours),
        row('reach', reach),
        row('spend by node', nodeSpend),
      ],
      [1, 2, 3, 4, 5],
    ),
    pairs({
      ...Object.fromEntries(
        spend.map(({ currency, beforeMicros, afterMicros }) => [
          `spend ${currency}`,
          beforeMicros === afterMicros
            ? formatMicros(afterMicros)
            : `${formatMicros(beforeMicros)} before, ${formatMicros(afterMicros)} after`,
        ]),
      ),
      ...logLines(answer.logs),
    }),
    ...uncomparedView(answer.uncompared),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function logLines(logs: readonly CountedLog[]): Record<string, string> {
  if (logs.length === 0) return { logs: 'nothing was ever counted from a log' };
  return Object.fromEntries(
    logs.map(({ node, through, throughAt, detail }) => [
      `log ${node}`,
      `counted through segment ${through.segment}, offset ${through.offset}${throughAt === null ? '' : `, ${throughAt}`}; ${detail}`,
    ]),
  );
}

function uncomparedView(of: Uncompared): string[] {
  const lines = [
    ...(of.events > 0 ? [`${count(of.events, 'stored event')} of records that no log holds any more`] : []),
    ...(of.hoursThrough === null
      ? []
      : [
          `${count(of.hours, 'hourly row')} up to the hour of ${of.hoursThrough}: they hold at least what the logs still say`,
        ]),
    ...(of.demoHours > 0
      ? [
          `${count(of.demoHours, 'hourly row')} of demo history, invented and in no log${of.demoSpend.map(({ currency, micros }) => `, ${currency} ${formatMicros(micros)}`).join('')}`,
        ]
      : []),
    ...(of.removedRecords > 0
      ? [`${count(of.removedRecords, 'record')} of campaigns that were removed with the demo data`]
      : []),
  ];
  return lines.length === 0 ? [] : [`Not compared, and left as it is:\n${indent(lines.join('\n'))}`];
}

function differencesTable(differences: readonly CountDifference[]): string {
  const rows = differences.map((one) => [
    one.kind.replaceAll('_', ' '),
    one.at ?? '-',
    one.reason ? `${one.event} (${one.reason})` : one.event,
    one.decisionId === null
      ? `${one.lineItemId || '-'}${one.node === null ? '' : `, ${one.node}`}`
      : `${one.decisionId}, ad ${one.position}`,
    one.fields.map(({ field, log, stored }) => `${field} ${said(log)} / ${said(stored)}`).join('; '),
  ]);
  return table([['Difference', 'At', 'Event', 'Decision or line item', 'Log / stored'], ...rows]);
}

const said = (value: string | number | null): string => (value === null ? '-' : String(value));

function count(of: number, word: string): string {
  return `${of} ${word}${of === 1 ? '' : 's'}`;
}
