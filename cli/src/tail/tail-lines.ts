import type { TailRecord, TailStats } from '@cuepoint/contract';
import { formatMicros } from '../output/render.ts';
import type { Terminal } from '../output/terminal.ts';

const WIDTH = 14;

/** One record as a line: when, what, of which decision, and what is remarkable. */
export function tailLine(record: TailRecord, paint: Terminal['paint']): string {
  const time = record.at.slice(11, 23);
  const what = record.kind === 'request' ? 'request' : record.event;
  const isBad = record.kind === 'request' ? record.reason !== null : record.event === 'error';
  const name = what.padEnd(WIDTH);
  const painted = isBad
    ? paint('red', name, 'data')
    : isMarked(record)
      ? paint('yellow', name, 'data')
      : name;
  return [paint('dim', time, 'data'), painted, record.decisionId, detailOf(record)].join('  ');
}

const isMarked = (record: TailRecord): boolean =>
  record.kind === 'event' && (record.invalid !== null || record.duplicate || record.late);

function detailOf(record: TailRecord): string {
  if (record.kind === 'request') {
    const got =
      record.reason === null
        ? `${record.ads.length} ${record.ads.length === 1 ? 'ad' : 'ads'}: ${record.ads.map(({ lineItemId }) => lineItemId).join(' ')}`
        : `no ad: ${record.reason}`;
    return [record.placementId, got, record.requestId && `request ${record.requestId}`]
      .filter(Boolean)
      .join('  ');
  }
  return [
    `ad ${record.position}`,
    record.lineItemId,
    record.spendMicros > 0 && `${record.currency} ${formatMicros(record.spendMicros)}`,
    record.errorCode !== null && `VAST error ${record.errorCode}`,
    record.duplicate && 'duplicate',
    record.late && 'late',
    record.unbilled && `unbilled: ${record.unbilled}`,
    record.invalid && `invalid: ${record.invalid}`,
  ]
    .filter(Boolean)
    .join('  ');
}

/** What was not shown, and why; nothing when all of it was. */
export function statsNotes({ sampledOut, dropped, matched, sent, gaps, sources }: TailStats): string[] {
  return [
    ...(sampledOut > 0
      ? [`sampled: ${sent} of ${matched} in this second are shown; --rate asks for more, --filter for fewer`]
      : []),
    ...(dropped > 0 ? [`${dropped} dropped: they came faster than they were read`] : []),
    ...gaps.map(({ node, detail }) => `gap in the log of ${node || 'a node'}: ${detail}`),
    ...sources
      .filter(({ state }) => state === 'unavailable')
      .map(({ node, detail }) => `${node ?? 'a delivery node'} cannot be read: ${detail}`),
  ];
}
