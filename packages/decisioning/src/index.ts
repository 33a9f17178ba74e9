export {
  type AllocationPlan,
  type ContractAllocation,
  type GuaranteedContract,
  pickGuaranteed,
  planGuaranteed,
  type SupplyNode,
} from './allocation/guaranteed.ts';
export { checkShare, pickShare, WHOLE_SHARE } from './allocation/share-of-voice.ts';
export { availableIn, BudgetLedger, type Pot } from './budget/budget-ledger.ts';
export { type DailyBudget, DayPots, dayPotKey, type LeaseDayPot } from './budget/day-pots.ts';
export { embeddedLeaseSource } from './budget/embedded-lease-source.ts';
export { type BankState, EscrowBank, type EscrowBankOptions } from './budget/escrow-bank.ts';
export type {
  LeaseAnswer,
  LeaseAsk,
  LeaseGrant,
  LeaseRequest,
  LeaseReturns,
  LeaseSource,
  NodeOpened,
  NodeOpening,
} from './budget/lease-protocol.ts';
export { type LeaseMail, NodeLeases, type NodeLeasesOptions } from './budget/node-leases.ts';
export { POT_UNITS, type PotLimit, PotTable, type PotUnit } from './budget/pot-table.ts';
export {
  dateOf,
  dayAt,
  dayNumber,
  endOfDay,
  startOfDay,
  weekMinuteAt,
  weekMinuteOf,
} from './calendar/day.ts';
export {
  compileSchedule,
  type Daypart,
  isOpen,
  isOpenMinute,
  nextChangeAt,
  type Schedule,
} from './calendar/dayparts.ts';
export { type Zone, zone } from './calendar/zone.ts';
export { type ChosenAd, MAX_EXAMINED } from './decide/chosen-ad.ts';
export { floorFor } from './decide/creative-fit.ts';
export { type Decision, decide } from './decide/decide.ts';
export type { PodFill } from './decide/fill-break.ts';
export { type Examined, OUT_FOR_TODAY, OUT_OF_BUDGET, type Readings } from './decide/readings.ts';
export { MAX_STREAM_KEYS, rememberShown } from './decide/stream-rule.ts';
export {
  type ClientHints,
  DEVICE_TYPES,
  type Device,
  type DeviceType,
  deviceType,
  readDevice,
} from './device.ts';
export type { LineItemEdit } from './explain/edit-attempt.ts';
export { type CandidateExplanation, type Explanation, explain } from './explain/explain.ts';
export { type KnownReading, KnownReadings } from './explain/known-readings.ts';
export { type RequiredActual, requiredAndActual } from './explain/required-actual.ts';
export { type SmallestEdit, smallestEdit } from './explain/smallest-edit.ts';
export { FUNNEL_STEPS, type FunnelRow, type FunnelStep, funnel, stepOf } from './explain/steps.ts';
export {
  CAP_WINDOWS,
  type CapRules,
  type CapWindow,
  compileCaps,
  type FrequencyCap,
  MAX_LIFETIME_CAP,
  MAX_WINDOWED_CAP,
} from './frequency/cap-rules.ts';
export { encodeShard, encodeTable, restoreShard } from './frequency/checkpoint.ts';
export {
  type ExposureEntry,
  ExposureTable,
  type ExposureTableOptions,
  type ExposureTableStats,
} from './frequency/exposure-table.ts';
export { currentFlight } from './index/block.ts';
export { buildIndex, changeIndex, changeIndexInSteps, type SnapshotChanges } from './index/build-index.ts';
export { creativeScopeKey } from './index/index-line-item.ts';
export { LayeredMap } from './index/layered-map.ts';
export type {
  DecisionIndex,
  IndexChange,
  IndexedAssignment,
  IndexedCap,
  IndexedCreative,
  IndexedFlight,
  IndexedLineItem,
  IndexedPlacement,
} from './index/model.ts';
export { separationKey } from './index/separation-key.ts';
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
export { expectedTraffic, type FlightToPace, flightPlan } from './pacing/flight-plan.ts';
export { PacePlan } from './pacing/pace-plan.ts';
export {
  INITIAL_PACING,
  type PacingState,
  type PacingStep,
  paceStep,
  passRateFor,
} from './pacing/pace-step.ts';
export { PacingTable } from './pacing/pacing-table.ts';
export { learnCurve, OpenTraffic, typicalDay, WeekCurve } from './pacing/week-curve.ts';
export * from './pod/index.ts';
export { REASONS, type Reason, reasonRank } from './reasons.ts';
export { draw, hashId } from './seeded.ts';
export { SharedValues } from './shared-values.ts';
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
