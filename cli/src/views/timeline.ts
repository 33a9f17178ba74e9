import type { DecisionTimeline, LoggedDecision, TimelineEvent } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';

const countedWords: Record<TimelineEvent['counted'], string> = { yes: 'yes', no: 'no', not_yet: 'not yet' };

/** The request, what it got, and every event of it; of its session, too. */
export function timelineView({ decision, decisionId, events, session, detail }: DecisionTimeline): string {
  const others = session?.decisions.filter((one) => one.decisionId !== decisionId) ?? [];
  return [
    pairs({
      decision: decisionId,
      ...(decision ? headOf(decision) : {}),
      ...(session ? { session: `${session.id}, ${session.decisions.length} requests` } : {}),
      source: detail,
    }),
    events.length === 0 ? 'No event came of it.' : eventTable(events),
    ...others.map((one) =>
      [
        pairs({ 'same session': one.decisionId, ...headOf(one) }),
        eventTable(session!.events.filter((event) => event.decisionId === one.decisionId)),
      ].join('\n'),
    ),
  ].join('\n\n');
}

function headOf({
  at,
  requestId,
  placementId,
  ads,
  backups,
  reason,
}: LoggedDecision): Record<string, string> {
  const served = ads.map(
    ({ position, lineItemId, creativeId, currency, priceMicros }) =>
      `${position}: ${lineItemId} ${creativeId} ${currency} ${formatMicros(priceMicros)}`,
  );
  return {
    at,
    ...(requestId === '' ? {} : { request: requestId }),
    placement: placementId,
    got: reason === null ? served.join('; ') : `no ad: ${reason}`,
    ...(backups > 0 ? { 'back-ups': String(backups) } : {}),
  };
}

function eventTable(events: readonly TimelineEvent[]): string {
  if (events.length === 0) return 'no event';
  return table([
    ['At', 'Event', 'Ad', 'Counted', 'Spend', 'Remarks'],
    ...events.map((one) => [
      one.at,
      one.event,
      String(one.position),
      countedWords[one.counted],
      one.spendMicros > 0 ? `${one.currency} ${formatMicros(one.spendMicros)}` : '-',
      [
        one.duplicate && 'duplicate',
        one.late && 'late',
        one.invalid && `invalid: ${one.invalid}`,
        one.unbilled && `unbilled: ${one.unbilled}`,
        one.errorCode !== null && `VAST error ${one.errorCode}`,
      ]
        .filter(Boolean)
        .join(', ') || '-',
    ]),
  ]);
}
