import {
  type DecisionRecord,
  type EventRecord,
  type NodeTimeline,
  TRACKING_TOKEN_TTL_MS,
} from '../../kernel/delivery-protocol.ts';
import type { DecisionLookup } from './decision-lookup.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';

/** Records of one answer: a session of a day has some hundreds. */
const MOST_RECORDS = 2000;

interface TimelineParts {
  readonly nodeId: string;
  readonly log: DurableLog;
  readonly engine: { readonly lookup: DecisionLookup };
}

/**
 * What the log holds of one decision, and of the viewing session that it names: decisions and events as they were written,
 * duplicates and invalid ones among them. Reads at most four segments beside the serving, a chunk at a time.
 * @returns null when the log has no such decision
 */
export async function readTimeline(
  { nodeId, log, engine: { lookup } }: TimelineParts,
  accountId: string,
  id: string,
): Promise<NodeTimeline | null> {
  const decision = await lookup.find(accountId, id);
  if (!decision) return null;
  const second = Math.floor(Date.parse(decision.at) / 1000);
  const { from, to, isWhole } = await lookup.surroundings(second, second + TRACKING_TOKEN_TTL_MS / 1000);
  const { session } = decision.request;
  const named = session === undefined ? null : `"session":"${session}"`;
  const own = new Set([decision.decisionId]);
  const decisions: DecisionRecord[] = [];
  const events: NodeTimeline['events'] = [];
  for await (const { kind, payload, segment, offset } of log.range(from, to, [KIND.decision, KIND.event])) {
    if (events.length + decisions.length >= MOST_RECORDS)
      return { nodeId, decision, events, session: decisions, isWhole: false };
    if (kind === KIND.decision) {
      if (named === null || !payload.includes(named)) continue;
      const record = JSON.parse(payload) as DecisionRecord;
      if (record.request.accountId !== accountId || record.request.session !== session) continue;
      own.add(record.decisionId);
      decisions.push(record);
    } else if (own.has(decisionIdIn(payload))) {
      const record = JSON.parse(payload) as EventRecord;
      if (record.accountId === accountId) events.push({ segment, offset, record });
    }
  }
  return { nodeId, decision, events, session: decisions, isWhole };
}

const FIELD = '"decisionId":"';

/** The id in the text of an event, without reading all of it. */
function decisionIdIn(payload: string): string {
  const at = payload.indexOf(FIELD) + FIELD.length;
  return payload.slice(at, payload.indexOf('"', at));
}
