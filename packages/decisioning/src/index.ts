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
export { INITIAL_PACING, type PacingState, type PacingStep, paceStep, plannedMicros } from './pacing.ts';
export { REASONS, type Reason, reasonRank } from './reasons.ts';
export { draw, hashId } from './seeded.ts';
