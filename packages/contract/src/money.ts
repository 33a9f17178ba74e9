import { z } from 'zod';

/** ISO 4217 codes whose minor unit is understood by every screen and platform we speak to. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'expected a three-letter ISO 4217 currency such as USD')
  .meta({ description: 'ISO 4217 currency' });

/** Integer micros of a currency: 1,000,000 micros are one unit. */
export const Micros = z
  .int('expected a whole number of micros (1,000,000 = one unit of currency)')
  .meta({ description: 'integer micros' });

export const BudgetMicros = Micros.min(1, 'expected a budget above 0 micros').max(
  9_000_000_000_000_000,
  'expected a budget below 9,000,000,000 units',
);

/**
 * Price of 1,000 impressions. A whole number of thousandths of a unit, so that
 * one impression is a whole number of micros and spend adds up exactly.
 */
export const CpmMicros = Micros.min(1000, 'expected a CPM of at least 0.001')
  .max(10_000_000_000, 'expected a CPM of at most 10,000')
  .multipleOf(1000, 'expected a CPM in steps of 0.001 (micros divisible by 1,000)');
