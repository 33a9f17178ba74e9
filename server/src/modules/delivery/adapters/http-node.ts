import { z } from 'zod';
import {
  AccountReadings,
  DecisionRecord,
  DecisionSample,
  LineItemState,
  NodeTimeline,
  PLANE_PATHS,
} from '../../../kernel/delivery-protocol.ts';
import { traceHeaders } from '../../../kernel/tracing.ts';
import {
  type DeliveryNode,
  DeliveryUnavailableError,
  type SampledNode,
  type TimelineNode,
} from '../ports.ts';

const TIMEOUT_MS = 10_000;
/** A sample reads up to four segments at low priority. */
const SAMPLE_TIMEOUT_MS = 60_000;

/** Asks a delivery node over its internal port (docs/protocols/delivery.md, section 1). */
export function httpDeliveryNode({
  origin,
  planeKey,
}: {
  origin: string;
  planeKey: string;
}): DeliveryNode & TimelineNode & SampledNode {
  async function ask<T>(
    path: string,
    query: Record<string, string | null>,
    schema: z.ZodType<T>,
    timeoutMs = TIMEOUT_MS,
  ): Promise<T | null> {
    const url = new URL(path, origin);
    for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value);
    try {
      const response = await fetch(url, {
        headers: { Authorization: `Bearer ${planeKey}`, ...traceHeaders() },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      return schema.parse(await response.json());
    } catch (error) {
      throw new DeliveryUnavailableError('The delivery node does not answer.', { cause: error });
    }
  }
  return {
    decision: (account, id) => ask(PLANE_PATHS.decision, { account, id }, DecisionRecord),
    async sample(account, fromMs, toMs, limit) {
      const query = { account, from: String(fromMs), to: String(toMs), limit: String(limit) };
      const found = await ask(PLANE_PATHS.sample, query, DecisionSample, SAMPLE_TIMEOUT_MS);
      if (found === null) throw new DeliveryUnavailableError('The delivery node cannot sample its log.');
      return found;
    },
    timeline: (account, id) => ask(PLANE_PATHS.timeline, { account, id }, NodeTimeline),
    decisions: async (account, limit, outcome) =>
      (await ask(
        PLANE_PATHS.decisions,
        { account, limit: String(limit), outcome },
        z.array(DecisionRecord),
      )) ?? [],
    async readings(account, identity, atMs) {
      const found = await ask(PLANE_PATHS.readings, { account, identity, at: String(atMs) }, AccountReadings);
      if (found === null)
        throw new DeliveryUnavailableError('The delivery node does not know this question.');
      return found;
    },
    lineItem: (account, id) => ask(PLANE_PATHS.lineItem, { account, id }, LineItemState.nullable()),
  };
}
