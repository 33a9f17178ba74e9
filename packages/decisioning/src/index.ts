export { availableIn, BudgetLedger, type Pot, type PotLimit } from './budget-ledger.ts';
export { buildIndex, compareRank } from './build-index.ts';
export {
  type AdOutcome,
  currentFlight,
  type Decision,
  decide,
  type Examined,
  type NoAdOutcome,
} from './decide.ts';
export {
  type ClientHints,
  DEVICE_TYPES,
  type Device,
  type DeviceType,
  deviceType,
  readDevice,
} from './device.ts';
export { type CandidateExplanation, type Explanation, explain } from './explain.ts';
export {
  type AdRequest,
  CAP_SCOPES,
  CAP_UNITS,
  type CreativeAssignmentInput,
  type CreativeInput,
  type DaypartInput,
  DEFAULT_PRIORITY,
  type DurationFloorInput,
  type FlightInput,
  type FrequencyCapInput,
  LINE_ITEM_TYPES,
  type LineItemInput,
  type LineItemType,
  type MediaFileInput,
  PACING_MODES,
  type PacingMode,
  type PlacementInput,
  type PodRuleInput,
  type PodSlotInput,
  type RequestFacts,
  ROTATIONS,
  type Rotation,
  type SeparationInput,
  type SnapshotInput,
} from './model.ts';
export { INITIAL_PACING, type PacingState, type PacingStep, paceStep, plannedMicros } from './pacing.ts';
export { REASONS, type Reason, reasonRank } from './reasons.ts';
export { draw, hashId } from './seeded.ts';
export {
  DIMENSION_NAMES,
  DIMENSIONS,
  type Dimension,
  type DimensionRule,
  dimensionOrdinal,
  spell,
} from './targeting/dimensions.ts';
export {
  type Conjunction,
  conjunctionsOf,
  EVERYBODY,
  TARGETING_LIMITS,
  TargetingError,
  type TargetingNode,
  type TargetingPredicate,
  type TargetingProblem,
  targetingProblems,
} from './targeting/tree.ts';
