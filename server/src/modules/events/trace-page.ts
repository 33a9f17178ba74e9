import type { Clock } from '../../kernel/clock.ts';
import type { LogPage } from '../../kernel/delivery-protocol.ts';
import { traced, tracer } from '../../kernel/tracing.ts';
import type { AppliedPage } from './apply-page.ts';

/** Records of traced decisions that a page tells of, each in the trace of its decision. */
const MOST_TOLD = 100;

/** Counts a page under a span that says how late and how much; records of traced decisions get one in their own trace. */
export function tracedPage(
  page: LogPage,
  clock: Clock,
  apply: () => Promise<AppliedPage>,
): Promise<AppliedPage> {
  if (tracer === null || page.entries.length === 0) return apply();
  const { nodeId, entries, next } = page;
  const startedAtMs = Date.now();
  return traced(
    'ingest.page',
    { node: nodeId, records: entries.length, segment: next.segment },
    async (span) => {
      const batch = await apply();
      const oldest = Date.parse(entries[0]!.record.at);
      span?.set({
        decisions: batch.decisions,
        events: batch.events,
        duplicates: batch.duplicates,
        lag_ms: Math.max(0, clock.now().getTime() - oldest),
        outcome: batch.applied ? 'applied' : 'elsewhere',
      });
      if (batch.applied) tellDecisions(page, startedAtMs);
      return batch;
    },
  );
}

function tellDecisions({ nodeId, entries }: LogPage, startedAtMs: number): void {
  const used = tracer;
  if (used === null) return;
  let told = 0;
  for (const { record } of entries) {
    if (!used.chooses(record.decisionId)) continue;
    if (++told > MOST_TOLD) return;
    const attributes = {
      node: nodeId,
      decision_id: record.decisionId,
      event: record.type === 'event' ? record.event : 'request',
      lag_ms: Math.max(0, startedAtMs - Date.parse(record.at)),
    };
    used.start('ingest.record', { attributes, parent: used.parentOf(record.decisionId), startedAtMs }).end();
  }
}
