import { amortisedCreativeCpmMicros } from './creative-cost.ts';
import type { FeeMode } from './fee.ts';
import { currencyInput } from './input-error.ts';

/** The reference case: a $5 generated creative over a million impressions, $0.075 CPM for measurement. */
export const REFERENCE_CASE = {
  currency: 'USD',
  grossCpmMicros: 10_000_000,
  creativeCostMicros: 5_000_000,
  creativePlannedImpressions: 1_000_000,
  measurementCpmMicros: 75_000,
} as const;

export interface AssumptionsInput {
  mode: FeeMode;
  currency: string;
  creativeCostMicros: number;
  plannedImpressions: number;
  measurementCpmMicros: number;
}

/** What a fee stack takes for granted, as lines to print under it. */
export function feeStackAssumptions(input: AssumptionsInput): string[] {
  const currency = currencyInput(input.currency);
  const creativeCpm = amortisedCreativeCpmMicros(input.creativeCostMicros, input.plannedImpressions);
  const money = (micros: number) => `${currency} ${formatMicros(micros)}`;
  return [
    input.mode === 'additive'
      ? 'Mode additive: every percentage is taken of the same gross media price, so percentages add up.'
      : 'Mode cascading: every percentage is taken of what the party before passes on, so percentages compound.',
    `Creative: ${money(input.creativeCostMicros)} spread over ${grouped(input.plannedImpressions)} impressions = ${money(creativeCpm)} CPM.`,
    `Measurement: ${money(input.measurementCpmMicros)} CPM for the vendor bundle.`,
    input.mode === 'additive'
      ? 'CPM fees come out of the same gross price as the percentages.'
      : 'CPM fees are paid after the DSP fee, before exchange and SSP take their share.',
    'Publisher net is before media-quality loss (non-viewable, invalid or unmeasurable impressions).',
    'Each fee is rounded half-even to a millionth of the currency unit; what rounding leaves goes to the publisher.',
  ];
}

/** Micros as a decimal amount with at least two decimals, none lost: 5000 -> "0.005". */
export function formatMicros(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${micros < 0 ? '-' : ''}${grouped(Number(digits.slice(0, -6)))}.${decimals}`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
