import { divideHalfEven, PPM } from './exact.ts';
import type { Fee, FeeMode } from './fee.ts';
import { analyseFeeStack, type FeeStackAnalysis } from './fee-stack.ts';
import { SupplyEconomicsInputError } from './input-error.ts';

export interface ComparePathsInput {
  grossCpmMicros: number;
  currency: string;
  mode: FeeMode;
  paths: readonly { id: string; name: string; fees: readonly Fee[] }[];
  /** The path all others are measured against. */
  referenceId: string;
}

export interface ComparedPath {
  id: string;
  name: string;
  analysis: FeeStackAnalysis;
  /** Publisher net less the reference's, per thousand impressions; positive = more reaches the publisher. */
  advantageMicros: number;
  /** The same as a share of gross, half-even to one part per million. */
  advantagePpm: number;
  /** The share when CPM fees are left out on both sides: the difference of the percentages alone. */
  advantageBeforeCpmFeesPpm: number;
}

export interface PathComparison {
  mode: FeeMode;
  currency: string;
  grossCpmMicros: number;
  referenceId: string;
  /** Most publisher net first; ties by id. Infeasible paths stay in, at the end by their net. */
  paths: ComparedPath[];
}

/** Every path at the same price and mode. Throws SupplyEconomicsInputError on bad figures or ids. */
export function comparePaths(input: ComparePathsInput): PathComparison {
  const { grossCpmMicros, currency, mode, referenceId } = input;
  const seen = new Set<string>();
  for (const { id } of input.paths) {
    if (seen.has(id)) throw new SupplyEconomicsInputError('paths', id, 'each path id once');
    seen.add(id);
  }
  const analysed = input.paths.map(({ id, name, fees }) => ({
    id,
    name,
    analysis: analyseFeeStack({ grossCpmMicros, currency, mode, fees }),
  }));
  const reference = analysed.find(({ id }) => id === referenceId)?.analysis;
  if (!reference) {
    const ids = input.paths.map(({ id }) => id).join(', ') || 'no path was given';
    throw new SupplyEconomicsInputError('referenceId', referenceId, `the id of one of the paths (${ids})`);
  }
  const shareOfGross = (micros: number) =>
    Number(divideHalfEven(BigInt(micros) * PPM, BigInt(grossCpmMicros)));
  const paths = analysed.map(({ id, name, analysis }): ComparedPath => {
    const advantageMicros = analysis.publisherNetMicros - reference.publisherNetMicros;
    const beforeCpm = analysis.beforeCpmFees.publisherNetMicros - reference.beforeCpmFees.publisherNetMicros;
    return {
      id,
      name,
      analysis,
      advantageMicros,
      advantagePpm: shareOfGross(advantageMicros),
      advantageBeforeCpmFeesPpm: shareOfGross(beforeCpm),
    };
  });
  paths.sort(
    (a, b) => b.analysis.publisherNetMicros - a.analysis.publisherNetMicros || (a.id < b.id ? -1 : 1),
  );
  return { mode, currency, grossCpmMicros, referenceId, paths };
}
