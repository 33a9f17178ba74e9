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
export { buildIndex, compareRank } from './build-index.ts';
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
export {
  type AdOutcome,
  currentFlight,
  type Decision,
  decide,
  type Examined,
  type NoAdOutcome,
} from './decide.ts';
export { DEVICE_TYPES, type DeviceType, deviceType } from './device.ts';
export { type CandidateExplanation, type Explanation, explain } from './explain.ts';
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
export type {
  AccountIndex,
  AdRequest,
  CreativeInput,
  DecisionIndex,
  FlightInput,
  IndexedCreative,
  IndexedFlight,
  IndexedLineItem,
  LineItemInput,
  Readings,
  SnapshotInput,
  TargetingRuleInput,
} from './model.ts';
export { PACING_MODES, PacePlan, type PacingMode } from './pacing/pace-plan.ts';
export {
  INITIAL_PACING,
  type PacingState,
  type PacingStep,
  paceStep,
  passRateFor,
  plannedMicros,
} from './pacing/pace-step.ts';
export { PacingTable } from './pacing/pacing-table.ts';
export { learnCurve, OpenTraffic, typicalDay, WeekCurve } from './pacing/week-curve.ts';
export { REASONS, type Reason, reasonRank } from './reasons.ts';
export { draw, hashId } from './seeded.ts';
