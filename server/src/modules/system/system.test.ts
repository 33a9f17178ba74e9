import type { SystemStatus } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedTestDatabase } from '../../testing/database-suite.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { createSystem, type SystemPorts } from './index.ts';

let app: TestApp;
let ports: SystemPorts;
const away: SystemStatus['delivery'] = {
  ok: false,
  requestsPerSecond: null,
  p50Ms: null,
  p99Ms: null,
  snapshotAgeMs: null,
  fillRate: null,
};

beforeAll(async () => {
  ports = {
    version: '1.2.3',
    publicUrl: 'https://ads.example',
    database: async () => ({ kind: 'embedded', ok: true, migrations: 5 }),
    delivery: async () => away,
    ingestion: () => ({ lagMs: 40, freshAt: '2026-11-21T08:59:59.960Z' }),
    queues: async () => [{ name: 'studio.generate', waiting: 1, active: 0, failed: 0 }],
    simulatedPlatforms: [{ id: 'luma', name: 'Luma', why: 'no key' }],
    demo: {
      loaded: async () => ({ loaded: false, seed: null }),
      load: async (seed, context) => {
        context.record({
          entity: { kind: 'account', id: context.accountId },
          before: { demoSeed: null },
          after: { demoSeed: seed },
        });
        return { campaigns: 5, creatives: 3 };
      },
      remove: async () => ({ removed: { campaigns: 5, creatives: 3, brands: 2 } }),
    },
  };
  app = await createTestApp(await openEmbeddedTestDatabase(), () => createSystem(ports).operations);
});
afterAll(() => app?.database.close());

describe('the status', () => {
  it('is what the parts say of themselves, and says when serving is away', async () => {
    expect(await app.call('system.getStatus', {}, { role: 'viewer' })).toEqual({
      version: '1.2.3',
      now: '2026-11-21T09:00:00.000Z',
      database: { kind: 'embedded', ok: true, migrations: 5 },
      delivery: away,
      ingestion: { lagMs: 40, freshAt: '2026-11-21T08:59:59.960Z' },
      queues: [{ name: 'studio.generate', waiting: 1, active: 0, failed: 0 }],
      simulatedPlatforms: [{ id: 'luma', name: 'Luma', why: 'no key' }],
      demo: { loaded: false, seed: null },
      publicUrl: 'https://ads.example',
    });
  });

  it('is a fault when a part fails, and tells nothing of it', async () => {
    const { queues } = ports;
    ports.queues = async () => {
      throw new Error('relation "job" does not exist');
    };
    const failed = await app.call('system.getStatus', {}).catch((error: unknown) => error);
    ports.queues = queues;
    expect(JSON.stringify(app.pipeline.problem(failed, 'req_1'))).not.toContain('relation');
    expect(app.faults).toHaveLength(1);
  });
});

describe('demo data', () => {
  it('is for administrators', async () => {
    for (const operation of ['system.loadDemo', 'system.removeDemo'])
      await expect(app.call(operation, {}, { role: 'trafficker' })).rejects.toMatchObject({
        code: 'auth.forbidden',
      });
  });

  it('tells screens when it comes and goes, and leaves both in the audit trail', async () => {
    app.events.length = 0;
    expect(await app.call('system.loadDemo', { seed: 7 })).toEqual({
      loaded: true,
      campaigns: 5,
      creatives: 3,
    });
    expect(app.events.map(({ type }) => type)).toEqual(['demo.changed']);
    expect(await app.call('system.removeDemo', {})).toEqual({
      removed: { campaigns: 5, creatives: 3, brands: 2 },
    });
    expect(app.events.map(({ type }) => type)).toEqual(['demo.changed', 'demo.changed']);
    const { rows } = await app.database.ownerQuery(
      `SELECT operation FROM audit_record WHERE operation LIKE 'system.%' ORDER BY id`,
    );
    expect(rows.map(({ operation }) => operation).sort()).toEqual(['system.loadDemo', 'system.removeDemo']);
    for (const seed of [-1, 1.5, 2 ** 31, 'many'])
      await expect(app.call('system.loadDemo', { seed })).rejects.toMatchObject({ code: 'input.invalid' });
  });
});
