import type { Placement } from '@cuepoint/contract';

export interface FieldProblem {
  field: string;
  message: string;
  value?: unknown;
  accepted?: string;
}

/** The rules of a placement that must fit together. */
export type PlacementSettings = Pick<
  Placement,
  | 'minDurationMs'
  | 'maxDurationMs'
  | 'exactDurationsMs'
  | 'pod'
  | 'durationFloors'
  | 'allowedCategories'
  | 'blockedCategories'
  | 'minBitrateKbps'
  | 'maxBitrateKbps'
>;

/** What does not fit together in the rules of a placement; empty when all does. */
export function placementProblems(rules: PlacementSettings): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string, value: unknown, accepted: string) =>
    problems.push({ field, message, value, accepted });
  if (rules.minDurationMs > rules.maxDurationMs)
    refuse('minDurationMs', 'more than maxDurationMs', rules.minDurationMs, `at most ${rules.maxDurationMs}`);
  rules.exactDurationsMs.forEach((length, index) => {
    if (length < rules.minDurationMs || length > rules.maxDurationMs)
      refuse(
        `exactDurationsMs[${index}]`,
        'outside of minDurationMs and maxDurationMs',
        length,
        `${rules.minDurationMs} to ${rules.maxDurationMs}`,
      );
  });
  rules.durationFloors.forEach((floor, index) => {
    if (floor.minDurationMs > floor.maxDurationMs)
      refuse(
        `durationFloors[${index}].minDurationMs`,
        'more than its maxDurationMs',
        floor.minDurationMs,
        `at most ${floor.maxDurationMs}`,
      );
  });
  if (rules.minBitrateKbps > rules.maxBitrateKbps)
    refuse(
      'minBitrateKbps',
      'more than maxBitrateKbps',
      rules.minBitrateKbps,
      `at most ${rules.maxBitrateKbps}`,
    );
  rules.blockedCategories.forEach((category, index) => {
    if (rules.allowedCategories.includes(category))
      refuse(
        `blockedCategories[${index}]`,
        'is allowed and blocked',
        category,
        'a category that is not among allowedCategories',
      );
  });
  if (rules.pod !== null) problems.push(...podProblems(rules.pod));
  return problems;
}

function podProblems(pod: NonNullable<Placement['pod']>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string, value: unknown, accepted: string) =>
    problems.push({ field: `pod.${field}`, message, value, accepted });
  const isDynamic = pod.kind !== 'structured';
  if (isDynamic && pod.durationMs < 1)
    refuse('durationMs', `a ${pod.kind} break needs a length`, pod.durationMs, '1 or more');
  if (!isDynamic && pod.durationMs > 0)
    refuse('durationMs', 'a structured break is as long as its slots', pod.durationMs, '0');
  if (pod.kind === 'dynamic' && pod.slots.length > 0)
    refuse('slots', 'a dynamic break has none', pod.slots.length, 'no slots, or kind structured or hybrid');
  if (pod.kind !== 'dynamic' && pod.slots.length === 0)
    refuse('slots', `a ${pod.kind} break needs slots`, 0, 'one slot or more');
  if (pod.slots.length > pod.maxAds)
    refuse('maxAds', 'fewer than there are slots', pod.maxAds, `at least ${pod.slots.length}`);
  pod.slots.forEach((slot, index) => {
    if (slot.minDurationMs > slot.maxDurationMs)
      refuse(
        `slots[${index}].minDurationMs`,
        'more than its maxDurationMs',
        slot.minDurationMs,
        `at most ${slot.maxDurationMs}`,
      );
  });
  return problems;
}
