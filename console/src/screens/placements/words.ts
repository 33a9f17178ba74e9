import type { Placement } from '@cuepoint/contract';
import { lengthRange, shortSeconds } from '../../design/format/number.ts';

export const positionWords: Record<Placement['position'], string> = {
  pre: 'Pre-roll',
  mid: 'Mid-roll',
  post: 'Post-roll',
  standalone: 'Stand-alone',
};

export const podKindWords = {
  dynamic: 'Dynamic',
  structured: 'Structured',
  hybrid: 'Hybrid',
} as const satisfies Record<NonNullable<Placement['pod']>['kind'], string>;

export const slotKindWords = {
  any: 'Any ad',
  bumper: 'Bumper',
} as const satisfies Record<NonNullable<Placement['pod']>['slots'][number]['kind'], string>;

export const categorySeparationWords = {
  pod: 'never in a break',
  adjacent: 'not side by side',
  none: 'no matter',
} as const satisfies Record<NonNullable<Placement['pod']>['categorySeparation'], string>;

export const separationScopeWords: Record<Placement['separationScope'], string> = {
  pod: 'the break',
  stream: 'the stream',
};

export const statusWords: Record<Placement['status'], string> = { active: 'Active', paused: 'Paused' };

/** "6 s to 30 s" or "15 s, 30 s". */
export function lengthsSentence(
  placement: Pick<Placement, 'exactDurationsMs' | 'minDurationMs' | 'maxDurationMs'>,
): string {
  const { exactDurationsMs, minDurationMs, maxDurationMs } = placement;
  if (exactDurationsMs.length > 0) return exactDurationsMs.map(shortSeconds).join(', ');
  return minDurationMs === maxDurationMs
    ? shortSeconds(maxDurationMs)
    : lengthRange(minDurationMs, maxDurationMs);
}

/** "Hybrid, 90 s and 2 slots, 6 ads at most" */
export function podSentence(pod: Placement['pod']): string {
  if (!pod) return 'One ad at a time';
  const slots = `${pod.slots.length} ${pod.slots.length === 1 ? 'slot' : 'slots'}`;
  const dynamic = shortSeconds(pod.durationMs);
  const parts =
    pod.kind === 'dynamic' ? dynamic : pod.kind === 'structured' ? slots : `${dynamic} and ${slots}`;
  return `${podKindWords[pod.kind]}, ${parts}, ${pod.maxAds} ${pod.maxAds === 1 ? 'ad' : 'ads'} at most`;
}
