import { divideHalfEven, PPM, ratio } from './exact.ts';
import {
  checkFeeStackInput,
  type Fee,
  type FeeKind,
  type FeeMode,
  type FeeRole,
  type FeeStackInput,
} from './fee.ts';

/** One row of the waterfall, gross at the top. `kind` is the base really used, so never `pct`. */
export interface FeeStackRow {
  name: string;
  party: string;
  role: FeeRole;
  kind: Exclude<FeeKind, 'pct'>;
  /** As given: micros for `cpm`, parts per million otherwise. */
  value: number;
  feeMicros: number;
  /** What is left after this row; negative when the fees exceed the gross. */
  remainingMicros: number;
}

export interface FeeStackAnalysis {
  mode: FeeMode;
  currency: string;
  grossCpmMicros: number;
  rows: FeeStackRow[];
  /** Gross less every row, to the micro: roundings end here. */
  publisherNetMicros: number;
  /** 1 - net / gross; above 1 when infeasible. */
  takeRate: number;
  /** The same, and its complement, half-even to one part per million; together exactly one million. */
  takeRatePpm: number;
  publisherSharePpm: number;
  /** The same path with its CPM fees left out: the figure that percentages alone promise. */
  beforeCpmFees: { publisherNetMicros: number; takeRate: number };
  /**
   * Set when nothing is left for the publisher: no such path can be bought at this
   * price. From that row on percentages are 0, being shares of nothing.
   */
  infeasible: { row: string; remainingMicros: number; message: string } | null;
}

/**
 * The order of the waterfall. Additive: the creative is paid before media is bought and
 * measurement is billed on what was delivered. Cascading: the buyer's side pays its
 * vendors before the bid leaves, so exchange and SSP take their share of less.
 */
export const ROW_ORDER: Readonly<Record<FeeMode, readonly FeeRole[]>> = {
  additive: ['creative', 'dsp', 'data', 'exchange', 'ssp', 'measurement'],
  cascading: ['dsp', 'data', 'measurement', 'creative', 'exchange', 'ssp'],
};

/**
 * What each party of a supply path takes of one thousand impressions, and what is left
 * for the publisher. Exact: each row is rounded half-even to a micro and
 * sum(rows) + net = gross. Throws SupplyEconomicsInputError on a figure out of range.
 */
export function analyseFeeStack(input: FeeStackInput): FeeStackAnalysis {
  checkFeeStackInput(input);
  const { mode, currency, grossCpmMicros } = input;
  const gross = BigInt(grossCpmMicros);
  const ordered = inWaterfallOrder(input.fees, mode);
  const { rows, net, exhausted } = waterfall(gross, ordered, mode);
  const percentOnly = waterfall(
    gross,
    ordered.filter((fee) => fee.kind !== 'cpm'),
    mode,
  );
  const sharePpm = divideHalfEven(net * PPM, gross);
  return {
    mode,
    currency,
    grossCpmMicros,
    rows,
    publisherNetMicros: Number(net),
    takeRate: ratio(gross - net, gross),
    takeRatePpm: Number(PPM - sharePpm),
    publisherSharePpm: Number(sharePpm),
    beforeCpmFees: {
      publisherNetMicros: Number(percentOnly.net),
      takeRate: ratio(gross - percentOnly.net, gross),
    },
    infeasible: exhausted && {
      row: exhausted.name,
      remainingMicros: exhausted.remainingMicros,
      message: `Fees reach the whole price of ${grossCpmMicros} micros ${currency} at "${exhausted.name}": nothing is left for the publisher.`,
    },
  };
}

function inWaterfallOrder(fees: readonly Fee[], mode: FeeMode): Fee[] {
  const order = ROW_ORDER[mode];
  return [...fees].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

function waterfall(gross: bigint, fees: readonly Fee[], mode: FeeMode) {
  const rows: FeeStackRow[] = [];
  let remaining = gross;
  let exhausted: FeeStackRow | null = null;
  for (const fee of fees) {
    const kind = baseOf(fee.kind, mode);
    const amount = feeAmount(kind, BigInt(fee.value), gross, remaining);
    remaining -= amount;
    const { name, party, role, value } = fee;
    const row = {
      name,
      party,
      role,
      kind,
      value,
      feeMicros: Number(amount),
      remainingMicros: Number(remaining),
    };
    rows.push(row);
    if (remaining <= 0n) exhausted ??= row;
  }
  return { rows, net: remaining, exhausted };
}

function baseOf(kind: FeeKind, mode: FeeMode): FeeStackRow['kind'] {
  if (kind !== 'pct') return kind;
  return mode === 'additive' ? 'pct_gross' : 'pct_remaining';
}

function feeAmount(kind: FeeStackRow['kind'], value: bigint, gross: bigint, remaining: bigint): bigint {
  if (kind === 'cpm') return value;
  if (remaining <= 0n) return 0n;
  switch (kind) {
    case 'pct_gross':
      return divideHalfEven(gross * value, PPM);
    case 'pct_remaining':
      return divideHalfEven(remaining * value, PPM);
    case 'markup':
      return divideHalfEven(remaining * value, PPM + value);
  }
}
