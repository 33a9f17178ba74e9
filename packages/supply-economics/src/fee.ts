import { currencyInput, integerInput, SupplyEconomicsInputError } from './input-error.ts';

/** Whose fee it is: decides where the row stands in the waterfall of each mode. */
export type FeeRole = 'creative' | 'dsp' | 'data' | 'exchange' | 'ssp' | 'measurement';

/**
 * What a fee is a share of.
 * - `pct`: of gross in additive mode, of what remains in cascading mode
 * - `pct_gross`: of the advertiser's gross media, in either mode
 * - `pct_remaining`: of what reaches that party, in either mode
 * - `markup`: put on top of what the party passes on: fee = remaining x v / (1 + v)
 * - `cpm`: a fixed amount per thousand impressions
 */
export type FeeKind = 'pct' | 'pct_gross' | 'pct_remaining' | 'markup' | 'cpm';

/** `additive`: percentages of the same gross. `cascading`: each of what the one before passes on. */
export type FeeMode = 'additive' | 'cascading';

export interface Fee {
  name: string;
  party: string;
  role: FeeRole;
  kind: FeeKind;
  /** Micros of the stack's currency per thousand impressions for `cpm`; otherwise parts per million (12 % is 120000). */
  value: number;
}

/** A million currency units per thousand impressions: beyond any market, well inside safe integers. */
export const MAX_CPM_MICROS = 1_000_000_000_000;
/** A markup of 1000 %; a share cannot pass 100 %. */
export const MAX_MARKUP_PPM = 10_000_000;
export const MAX_SHARE_PPM = 1_000_000;

const MAX_FEES = 100;
const ROLES: readonly FeeRole[] = ['creative', 'dsp', 'data', 'exchange', 'ssp', 'measurement'];
const KINDS: readonly FeeKind[] = ['pct', 'pct_gross', 'pct_remaining', 'markup', 'cpm'];

/**
 * Percent to parts per million, e.g. 12 -> 120000, 2.499 -> 24990.
 * Throws SupplyEconomicsInputError when the percentage has more than four decimals.
 */
export function ppmFromPercent(percent: number): number {
  const ppm = Math.round(percent * 10_000);
  if (!Number.isFinite(percent) || Math.abs(ppm - percent * 10_000) > 1e-6) {
    throw new SupplyEconomicsInputError('percent', percent, 'a percentage with at most four decimals');
  }
  return ppm;
}

export interface FeeStackInput {
  /** What the advertiser pays per thousand impressions, in micros. */
  grossCpmMicros: number;
  /** ISO 4217; every CPM fee is in it. */
  currency: string;
  fees: readonly Fee[];
  mode: FeeMode;
}

/** Throws SupplyEconomicsInputError at the first figure that cannot be computed with. */
export function checkFeeStackInput(input: FeeStackInput): void {
  integerInput('grossCpmMicros', input.grossCpmMicros, 1, MAX_CPM_MICROS, 'micros');
  currencyInput(input.currency);
  if (input.mode !== 'additive' && input.mode !== 'cascading') {
    throw new SupplyEconomicsInputError('mode', input.mode, 'additive or cascading');
  }
  if (input.fees.length > MAX_FEES) {
    throw new SupplyEconomicsInputError('fees.length', input.fees.length, `at most ${MAX_FEES} fees`);
  }
  input.fees.forEach(checkFee);
}

function checkFee(fee: Fee, index: number): void {
  const at = `fees[${index}]`;
  if (!ROLES.includes(fee.role)) {
    throw new SupplyEconomicsInputError(`${at}.role`, fee.role, ROLES.join(', '));
  }
  switch (fee.kind) {
    case 'cpm':
      integerInput(`${at}.value`, fee.value, 0, MAX_CPM_MICROS, 'micros per thousand impressions');
      return;
    case 'markup':
      integerInput(`${at}.value`, fee.value, 0, MAX_MARKUP_PPM, 'parts per million');
      return;
    case 'pct':
    case 'pct_gross':
    case 'pct_remaining':
      integerInput(`${at}.value`, fee.value, 0, MAX_SHARE_PPM, 'parts per million');
      return;
    default:
      throw new SupplyEconomicsInputError(`${at}.kind`, fee.kind, KINDS.join(', '));
  }
}
