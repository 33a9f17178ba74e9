import { z } from 'zod';
import { Instant } from './common.ts';
import { defineOperation } from './operation.ts';

export const SystemStatus = z.object({
  version: z.string(),
  now: Instant,
  database: z.object({ kind: z.enum(['embedded', 'postgres']), ok: z.boolean(), migrations: z.int() }),
  delivery: z.object({
    ok: z.boolean(),
    requestsPerSecond: z.number().nullable(),
    p50Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
    snapshotAgeMs: z.number().nullable(),
    fillRate: z.number().nullable(),
  }),
  ingestion: z.object({ lagMs: z.number().nullable(), freshAt: Instant.nullable() }),
  queues: z.array(z.object({ name: z.string(), waiting: z.int(), active: z.int(), failed: z.int() })),
  /** Platforms that are answered by a stand-in server, in words. */
  simulatedPlatforms: z.array(z.object({ id: z.string(), name: z.string(), why: z.string() })),
  demo: z.object({ loaded: z.boolean(), seed: z.int().nullable() }),
  publicUrl: z.string(),
});
export type SystemStatus = z.infer<typeof SystemStatus>;

export const getStatus = defineOperation({
  id: 'system.getStatus',
  summary: 'Is everything running, how fast, and what is simulated',
  effect: 'read',
  permission: 'member',
  input: z.strictObject({}),
  output: SystemStatus,
  errors: [],
  rest: { method: 'GET', path: '/v1/status' },
  cli: { command: 'status' },
  mcp: {
    tool: 'get_status',
    guidance: 'Call to see whether serving works and which platforms are simulated.',
  },
});

export const loadDemo = defineOperation({
  id: 'system.loadDemo',
  summary: 'Load the demo data into this account',
  effect: 'create',
  permission: 'demo:administer',
  input: z.strictObject({
    seed: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(42),
  }),
  output: z.object({ loaded: z.literal(true), campaigns: z.int(), creatives: z.int() }),
  errors: [],
  rest: { method: 'POST', path: '/v1/demo' },
  cli: { command: 'demo-data load' },
});

export const removeDemo = defineOperation({
  id: 'system.removeDemo',
  summary: 'Remove everything that is marked as demo data',
  effect: 'delete',
  permission: 'demo:administer',
  input: z.strictObject({}),
  output: z.object({ removed: z.record(z.string(), z.int()) }),
  errors: [],
  rest: { method: 'DELETE', path: '/v1/demo' },
  cli: { command: 'demo-data remove' },
});

export const systemOperations = [getStatus, loadDemo, removeDemo] as const;
