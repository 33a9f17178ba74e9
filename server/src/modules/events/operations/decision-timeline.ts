import {
  type DecisionTimeline,
  getDecisionTimeline,
  type LoggedEvent,
  type TimelineEvent,
} from '@cuepoint/contract';
import type { LogPosition, NodeTimeline } from '../../../kernel/delivery-protocol.ts';
import { implementPrepared } from '../../../kernel/implement.ts';
import type { StoredRow } from '../domain/compare-page.ts';
import { eventKey } from '../domain/derive-rows.ts';
import { comparePositions } from '../domain/positions.ts';
import { loggedDecision, loggedEvent } from '../domain/tail-records.ts';
import { countedThrough, eventsOfDecisions } from '../stored-rows.ts';

export interface TimelinePorts {
  /**
   * What the log of the delivery node holds of a decision; null when it holds none, `away` when the node does not answer.
   */
  timeline(accountId: string, id: string): Promise<NodeTimeline | null | 'away'>;
}

/** A decision id as it was given, or the one that a tracking address carries in its third part. */
function decisionIdOf(text: string): string {
  return (/\/[tc]\/([^/?#]+)/.exec(text)?.[1]?.split('.')[2] ?? text.trim()).slice(0, 200);
}

export function decisionTimelineOperation(ports: TimelinePorts) {
  return implementPrepared(
    getDecisionTimeline,
    async (input, { accountId }) => {
      const id = decisionIdOf(input.decisionId);
      return { id, found: id === '' ? null : await ports.timeline(accountId, id) };
    },
    async (_input, { tx, accountId, fail }, { id, found }): Promise<DecisionTimeline> => {
      const log = found === 'away' ? null : found;
      const decisionId = log?.decision.decisionId ?? id;
      const decisions = new Set([decisionId, ...(log?.session ?? []).map((one) => one.decisionId)]);
      const stored = await eventsOfDecisions(tx, [...decisions]);
      if (log === null && stored.length === 0) {
        if (found === 'away')
          fail(
            'delivery.unavailable',
            'The delivery node does not answer, and nothing of that decision has been counted.',
          );
        fail(
          'decision.not_found',
          `Neither a log nor the counts have a decision or request ${JSON.stringify(id.slice(0, 80))}.`,
        );
      }
      const counted = new Map((await countedThrough(tx, 'seen')).map(({ node, through }) => [node, through]));
      const events = joined(accountId, log, stored, counted);
      const session = log?.decision.request.session;
      return {
        decisionId,
        decision: log ? loggedDecision(log.decision) : null,
        events: events.filter((event) => event.decisionId === decisionId),
        session:
          log && session !== undefined
            ? { id: session, decisions: log.session.map(loggedDecision), events }
            : null,
        isWhole: log?.isWhole ?? false,
        detail: detailOf(found),
      };
    },
  );
}

function detailOf(found: NodeTimeline | null | 'away'): string {
  if (found === 'away')
    return 'The delivery node does not answer: only events that were counted are shown, without duplicates.';
  if (found === null)
    return 'The log holds the request no more: only events that were counted are shown, without duplicates.';
  return found.isWhole
    ? `Read from the log of ${found.nodeId} and from what was counted.`
    : `Read from a part of the log of ${found.nodeId}, which is long, and from what was counted: there may be more.`;
}

/** Events of the log, each with whether it is counted, and those that were counted of other logs or of a part that is gone. */
function joined(
  accountId: string,
  log: NodeTimeline | null,
  stored: readonly StoredRow[],
  counted: ReadonlyMap<string, LogPosition>,
): TimelineEvent[] {
  const rows = new Map(stored.map((row) => [eventKey(row), row]));
  const shown = new Set<string>();
  const events: TimelineEvent[] = [];
  for (const { segment, offset, record } of log?.events ?? []) {
    if (record.type !== 'event') continue;
    const node = log!.nodeId;
    const key = eventKey({
      account_id: accountId,
      decision_id: record.decisionId,
      ad_position: record.position,
      event: record.event,
      invalid: record.invalid ?? '',
    });
    const row = rows.get(key);
    const isCounted = row?.node === node && row.segment === segment && row.log_offset === offset;
    if (isCounted) shown.add(key);
    const through = counted.get(node);
    const isBehind = through === undefined || comparePositions({ segment, offset }, through) >= 0;
    events.push({
      ...loggedEvent(record, { node, segment, offset }),
      counted: isCounted ? 'yes' : isBehind && !record.duplicate ? 'not_yet' : 'no',
    });
  }
  for (const [key, row] of rows) if (!shown.has(key)) events.push({ ...ofRow(row), counted: 'yes' });
  return events.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}

/** What the stored row keeps of an event whose record is out of reach. */
function ofRow(row: StoredRow): LoggedEvent {
  return {
    event: row.event as LoggedEvent['event'],
    at: row.at,
    decisionId: row.decision_id,
    position: row.ad_position,
    campaignId: row.campaign_id || null,
    lineItemId: row.line_item_id,
    creativeId: row.creative_id,
    placementId: row.placement_id,
    spendMicros: row.spent_micros,
    currency: row.currency || null,
    source: null,
    duplicate: false,
    late: false,
    unbilled: null,
    errorCode: null,
    invalid: row.invalid || null,
    node: row.node,
    segment: row.segment,
    offset: row.log_offset,
  };
}
