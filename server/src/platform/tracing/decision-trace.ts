import { createHash } from 'node:crypto';

/**
 * The ids of the trace and the span of an ad decision, made of its id: whoever meets the decision later (a pixel at another
 * node, the ingester) knows where it belongs without having been told.
 */
export function decisionTrace(decisionId: string): { traceId: string; spanId: string } {
  const digest = createHash('sha256').update(`trace ${decisionId}`).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** Whether a decision is one of the share that is traced, by the random digits at the end of its id. */
export function isChosen(decisionId: string, rate: number): boolean {
  if (rate <= 0) return false;
  const drawn = Number.parseInt(decisionId.slice(-8), 16) / 0x1_0000_0000;
  return drawn < rate;
}
