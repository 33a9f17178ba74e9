export { type AssumptionsInput, feeStackAssumptions, formatMicros, REFERENCE_CASE } from './assumptions.ts';
export {
  type ComparedPath,
  type ComparePathsInput,
  comparePaths,
  type PathComparison,
} from './compare-paths.ts';
export {
  amortisedCreativeCpmMicros,
  type BreakEvenInput,
  breakEvenImpressions,
  freedBudgetMicros,
} from './creative-cost.ts';
export {
  type Fee,
  type FeeKind,
  type FeeMode,
  type FeeRole,
  type FeeStackInput,
  ppmFromPercent,
} from './fee.ts';
export { analyseFeeStack, type FeeStackAnalysis, type FeeStackRow, ROW_ORDER } from './fee-stack.ts';
export { SupplyEconomicsInputError } from './input-error.ts';
export { type SupplyPathRates, supplyPathFees } from './supply-path.ts';
