export { type CompiledPod, compilePod } from './compile-pod.ts';
export { type FillPodOptions, fillPod, type PodPlacement, type PodResult } from './fill-pod.ts';
export {
  type DurationFloor,
  MAX_POD_CANDIDATES,
  MAX_POD_GROUPS,
  MAX_POD_SLOTS,
  NOT_REJECTED,
  POD_GROUP_KINDS,
  POD_REJECTIONS,
  type PodCandidate,
  type PodEffort,
  type PodExact,
  type PodGroupKind,
  type PodMethod,
  type PodPosition,
  type PodRejection,
  type PodRules,
  type PodSlot,
} from './model.ts';
export { NO_ENTRANT } from './placed-pod.ts';
export { type PodEntrants, type PodRow, podRowSize, writePodRow } from './pod-rows.ts';
export { EXACT_POD_EFFORT, POD_EFFORT, PodSolver } from './pod-solver.ts';
