import type { FeeStack, SupplyAnalysis } from '@cuepoint/contract';
import {
  amortisedCreativeCpmMicros,
  analyseFeeStack,
  breakEvenImpressions,
  comparePaths,
  type Fee,
  type FeeMode,
  type FeeStackAnalysis,
  feeStackAssumptions,
  formatMicros,
  REFERENCE_CASE,
} from '@cuepoint/supply-economics';
import {
  feesOfPath,
  SUPPLY_CONFIDENCE_WORDS,
  type SupplyPathSeed,
} from '../../../../seeds/reference/supply-paths.ts';
import { showPath } from './show-path.ts';

export interface AnalysisInput {
  paths: readonly SupplyPathSeed[];
  grossCpmMicros: number;
  currency: string;
  first: SupplyPathSeed;
  second: SupplyPathSeed;
  creativeCostMicros: number;
}

export type PathAnalysis =
  | { ok: true; analysis: Omit<SupplyAnalysis, 'computedAt'> }
  /** The fees of this path reach the whole price. */
  | { ok: false; path: SupplyPathSeed; why: string };

/**
 * Fee stacks of all paths in both modes, and two of them compared by their percentages alone (CPM fees are equal on
 * both sides and would only blur the difference).
 * @throws SupplyEconomicsInputError for figures out of range
 */
export function analysePaths(input: AnalysisInput): PathAnalysis {
  const { grossCpmMicros, currency, first, second, creativeCostMicros } = input;
  const paths: SupplyAnalysis['paths'] = [];
  for (const path of input.paths) {
    const fees = feesAt(path, input);
    const additive = analyseFeeStack({ grossCpmMicros, currency, fees, mode: 'additive' });
    const cascading = analyseFeeStack({ grossCpmMicros, currency, fees, mode: 'cascading' });
    const infeasible = additive.infeasible ?? cascading.infeasible;
    if (infeasible) return { ok: false, path, why: infeasible.message };
    paths.push({ path: showPath(path), additive: showStack(additive), cascading: showStack(cascading) });
  }
  const advantage = (mode: FeeMode) => advantagePpm(mode, input);
  const breakEven = (netAdvantagePpm: number) =>
    breakEvenImpressions({ creativeCostMicros, netAdvantagePpm, grossCpmMicros });
  const additiveAdvantagePpm = advantage('additive');
  const cascadingAdvantagePpm = advantage('cascading');
  return {
    ok: true,
    analysis: {
      baseCpmMicros: grossCpmMicros,
      currency,
      paths,
      comparison: {
        first: first.name,
        second: second.name,
        additiveAdvantagePpm,
        cascadingAdvantagePpm,
        additiveBreakEvenImpressions: breakEven(additiveAdvantagePpm),
        cascadingBreakEvenImpressions: breakEven(cascadingAdvantagePpm),
        creativeCostMicros,
      },
      assumptions: assumptionsOf(input),
    },
  };
}

/** The path's own fees, with the creative's cost as asked spread over the impressions of the reference case. */
function feesAt(path: SupplyPathSeed, { creativeCostMicros, currency }: AnalysisInput): Fee[] {
  const planned = REFERENCE_CASE.creativePlannedImpressions;
  return feesOfPath(path).map((fee) =>
    fee.role === 'creative'
      ? {
          ...fee,
          party: `Creative (${currency} ${formatMicros(creativeCostMicros)} over ${planned.toLocaleString('en-US')} impressions)`,
          value: amortisedCreativeCpmMicros(creativeCostMicros, planned),
        }
      : fee,
  );
}

function advantagePpm(mode: FeeMode, input: AnalysisInput): number {
  const { first, second, grossCpmMicros, currency } = input;
  if (first.id === second.id) return 0;
  const compared = comparePaths({
    grossCpmMicros,
    currency,
    mode,
    referenceId: second.id,
    paths: [first, second].map((path) => ({ id: path.id, name: path.name, fees: feesAt(path, input) })),
  });
  return compared.paths.find((path) => path.id === first.id)!.advantageBeforeCpmFeesPpm;
}

function showStack(stack: FeeStackAnalysis): FeeStack {
  const { mode, grossCpmMicros, publisherNetMicros, publisherSharePpm, takeRatePpm } = stack;
  const rows = stack.rows.map(({ name, party, kind, value, feeMicros, remainingMicros }) => ({
    name,
    party,
    kind,
    value,
    feeMicros,
    remainingMicros,
  }));
  return { mode, grossCpmMicros, rows, publisherNetMicros, publisherSharePpm, takeRatePpm };
}

function assumptionsOf(input: AnalysisInput): string[] {
  const { currency, creativeCostMicros, first } = input;
  const lines = (['additive', 'cascading'] as const).flatMap((mode) =>
    feeStackAssumptions({
      mode,
      currency,
      creativeCostMicros,
      plannedImpressions: REFERENCE_CASE.creativePlannedImpressions,
      measurementCpmMicros: first.measurement.typical.value,
    }),
  );
  const words = Object.entries(SUPPLY_CONFIDENCE_WORDS).map(([letter, meaning]) => `${letter} ${meaning}`);
  lines.push(
    'The two paths are compared by their percentages, before CPM fees, which are the same on both.',
    `Rates are the typical figures of data version ${first.dataVersion}; how sure each is: ${words.join('; ')}.`,
  );
  if (currency !== REFERENCE_CASE.currency) {
    lines.push(
      `CPM fees are known in ${REFERENCE_CASE.currency} and taken as the same number of ${currency}: no exchange rate is applied.`,
    );
  }
  return [...new Set(lines)];
}
