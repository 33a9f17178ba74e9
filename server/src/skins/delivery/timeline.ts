import {
  type DecisionRecord,
  type EventRecord,
  type LogPosition,
  type NodeTimeline,
  TRACKING_TOKEN_TTL_MS,
} from '../../kernel/delivery-protocol.ts';
import type { DecisionLookup } from './decision-lookup.ts';
import { KIND } from './log/frame.ts';
import { readRange } from './log/reader.ts';
import { diskFiles } from './log/segment-files.ts';

/** Records of one answer: a session of a day has some hundreds. */
const MOST_RECORDS = 2000;

/** Records of a decision, and of the session that it names, within a stretch of the log. */
export interface TimelineQuestion {
  readonly accountId: string;
  readonly decisionId: string;
  readonly session: string | null;
  readonly from: LogPosition;
  readonly to: LogPosition;
}

export interface TimelineRecords extends Pick<NodeTimeline, 'events' | 'session'> {
  /** There are more than one answer holds. */
  readonly isCut: boolean;
}

interface TimelineParts {
  readonly nodeId: string;
  readonly engine: { readonly lookup: DecisionLookup };
  /** `readTimelineRecords`, on a thread that does not serve. */
  readonly timelineRecords: (question: TimelineQuestion) => Promise<TimelineRecords>;
}

/**
 * What the log holds of one decision, and of the viewing session that it names: decisions and events as they were written,
 * duplicates and invalid ones among them.
 * @returns null when the log has no such decision
 */
export async function readTimeline(
  { nodeId, engine: { lookup }, timelineRecords }: TimelineParts,
  accountId: string,
  id: string,
): Promise<NodeTimeline | null> {
  const decision = await lookup.find(accountId, id);
  if (!decision) return null;
  const { decisionId } = decision;
  const second = Math.floor(Date.parse(decision.at) / 1000);
  const { from, to, isWhole } = await lookup.surroundings(second, second + TRACKING_TOKEN_TTL_MS / 1000);
  const session = decision.request.session ?? null;
  const { isCut, ...records } = await timelineRecords({ accountId, decisionId, session, from, to });
  return { nodeId, decision, ...records, isWhole: isWhole && !isCut };
}

/** Reads the records of a question from the disk, for a thread that does not serve: at most four segments. */
export async function readTimelineRecords(
  dir: string,
  { accountId, decisionId, session, from, to }: TimelineQuestion,
): Promise<TimelineRecords> {
  const named = session === null ? null : `"session":"${session}"`;
  const own = new Set([decisionId]);
  const decisions: DecisionRecord[] = [];
  const events: NodeTimeline['events'] = [];
  const kinds = [KIND.decision, KIND.event];
  for await (const entry of readRange({ dir, files: diskFiles, from, through: to, kinds })) {
    const { kind, payload, segment, offset } = entry;
    if (events.length + decisions.length >= MOST_RECORDS) return { events, session: decisions, isCut: true };
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
  return { events, session: decisions, isCut: false };
}

const FIELD = '"decisionId":"';

/** The id in the text of an event, without reading all of it. */
function decisionIdIn(payload: string): string {
  const at = payload.indexOf(FIELD) + FIELD.length;
  return payload.slice(at, payload.indexOf('"', at));
}
