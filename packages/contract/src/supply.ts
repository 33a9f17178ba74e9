import { z } from 'zod';
import { Instant } from './common.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';

export const FeeMode = z.enum(['additive', 'cascading']);
export type FeeMode = z.infer<typeof FeeMode>;

const Rate = z.object({
  party: z.string(),
  /** Parts per million of the base of the mode: 12 % is 120,000. */
  typicalPpm: z.int(),
  lowPpm: z.int().nullable(),
  highPpm: z.int().nullable(),
  confidence: z.string(),
  source: z.string(),
});

export const SupplyPath = z.object({
  id: z.string(),
  number: z.int(),
  name: z.string(),
  dsp: Rate,
  exchange: Rate.nullable(),
  ssp: Rate,
  measurementCpmMicros: Micros,
  creativeCpmMicros: Micros,
  effectiveOn: z.string(),
  dataVersion: z.string(),
});
export type SupplyPath = z.infer<typeof SupplyPath>;

export const FeeRow = z.object({
  name: z.string(),
  party: z.string(),
  kind: z.enum(['pct_gross', 'pct_remaining', 'markup', 'cpm']),
  /** ppm for percentages, micros CPM for cpm. */
  value: z.number(),
  feeMicros: Micros,
  remainingMicros: Micros,
});

export const FeeStack = z.object({
  mode: FeeMode,
  grossCpmMicros: Micros,
  rows: z.array(FeeRow),
  publisherNetMicros: Micros,
  publisherSharePpm: z.int(),
  takeRatePpm: z.int(),
});
export type FeeStack = z.infer<typeof FeeStack>;

export const SupplyAnalysis = z.object({
  baseCpmMicros: Micros,
  currency: z.string(),
  paths: z.array(z.object({ path: SupplyPath, additive: FeeStack, cascading: FeeStack })),
  comparison: z.object({
    first: z.string(),
    second: z.string(),
    /** Points of gross that reach the publisher more on the first path, before CPM fees, in ppm. */
    additiveAdvantagePpm: z.int(),
    cascadingAdvantagePpm: z.int(),
    additiveBreakEvenImpressions: z.number().nullable(),
    cascadingBreakEvenImpressions: z.number().nullable(),
    creativeCostMicros: Micros,
  }),
  assumptions: z.array(z.string()),
  computedAt: Instant,
});
export type SupplyAnalysis = z.infer<typeof SupplyAnalysis>;

export const listSupplyPaths = defineOperation({
  id: 'supply.listSupplyPaths',
  summary: 'The supply paths with every fee, its source and how sure it is',
  effect: 'read',
  permission: 'supply:read',
  input: z.strictObject({}),
  output: z.object({ items: z.array(SupplyPath) }),
  errors: [],
  rest: { method: 'GET', path: '/v1/supply-paths' },
  cli: { command: 'supply-paths list' },
});

export const analyseSupplyPaths = defineOperation({
  id: 'supply.analyseSupplyPaths',
  summary: 'Fee stacks of all supply paths in both modes, and two of them compared',
  effect: 'read',
  permission: 'supply:read',
  input: z.strictObject({
    baseCpm: z.coerce
      .number()
      .positive('expected a CPM above 0')
      .max(10_000)
      .default(10)
      .meta({ description: 'gross CPM in units of the currency, e.g. 10.0' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('USD'),
    first: z.coerce
      .number()
      .int()
      .min(1)
      .default(1)
      .meta({ description: 'number of the first path to compare' }),
    second: z.coerce.number().int().min(1).default(2),
    creativeCostMicros: z.coerce.number().int().min(0).default(5_000_000),
  }),
  output: SupplyAnalysis,
  errors: ['supply_path.not_found', 'supply.infeasible'],
  rest: { method: 'GET', path: '/v1/supply-paths/analysis' },
  cli: { command: 'supply-chain' },
  mcp: {
    tool: 'analyse_supply_paths',
    guidance: 'Call to see what reaches the publisher, and what a cheaper path frees.',
  },
});

export const supplyOperations = [listSupplyPaths, analyseSupplyPaths] as const;
