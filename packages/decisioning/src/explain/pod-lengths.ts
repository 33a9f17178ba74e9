import { BUMPER_MS } from '../decide/entrants.ts';
import type { PodRuleInput } from '../model.ts';

/** Whether an ad of this length has any place in a break, were it alone in it. */
export function podTakes(durationMs: number, pod: PodRuleInput): boolean {
  if (pod.kind !== 'structured' && durationMs <= pod.durationMs) return true;
  if (pod.kind === 'dynamic') return false;
  return pod.slots.some(
    (slot) =>
      durationMs >= slot.minDurationMs &&
      durationMs <= slot.maxDurationMs &&
      (slot.kind === 'any' || durationMs <= BUMPER_MS),
  );
}

/** The lengths that a break takes, each once. */
export function podLengths(pod: PodRuleInput): string[] {
  const lengths = pod.kind === 'structured' ? [] : [range(0, pod.durationMs)];
  if (pod.kind !== 'dynamic')
    for (const { minDurationMs, maxDurationMs } of pod.slots)
      lengths.push(range(minDurationMs, maxDurationMs));
  return [...new Set(lengths)];
}

function range(fromMs: number, toMs: number): string {
  const to = `${(toMs / 1000).toFixed(3)} s`;
  return fromMs === 0 ? `up to ${to}` : fromMs === toMs ? to : `${(fromMs / 1000).toFixed(3)} to ${to}`;
}
