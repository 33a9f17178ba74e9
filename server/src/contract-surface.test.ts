import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCatalog, type Operation, operations, pipelineErrors } from '@cuepoint/contract';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationsPage } from '../../tools/docs/operations.ts';
import { composeControl } from './compose.ts';
import { loadConfig } from './config.ts';
import type { Pipeline } from './kernel/pipeline.ts';
import { createControlMetrics } from './platform/telemetry/metrics.ts';
import { sandboxAt } from './processes/supervisor.ts';
import { openApiDocument } from './skins/rest/openapi.ts';
import { deliveryPaths } from './skins/rest/openapi-delivery.ts';
import { openEmbeddedTestDatabase } from './testing/database-suite.ts';

const declared = operations as readonly Operation[];
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Values that occur more than once. */
const repeated = (values: readonly string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

describe('the contract', () => {
  it('has operations', () => {
    expect(declared.length).toBeGreaterThanOrEqual(40);
  });

  it('names every operation once', () => {
    expect(repeated(declared.map((operation) => operation.id))).toEqual([]);
  });

  it('has one operation for a REST route', () => {
    const routes = declared.flatMap(({ rest }) =>
      // Two routes that differ in the name of a parameter only are one route.
      rest
        ? [rest.path, ...(rest.aliases ?? [])].map((path) => `${rest.method} ${path.replace(/:\w+/g, ':_')}`)
        : [],
    );
    const byHand = Object.entries(deliveryPaths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, '')}`),
    );
    expect(repeated([...routes, ...byHand])).toEqual([]);
  });

  it('has one operation for a command, and no flag for two fields', () => {
    expect(repeated(declared.flatMap(({ cli }) => (cli ? [cli.command] : [])))).toEqual([]);
    for (const { id, cli, input } of declared) {
      const fields = Object.keys(input.shape);
      for (const field of Object.keys(cli?.flags ?? {}))
        expect(fields, `${id} renames ${field}`).toContain(field);
      const flags = fields.map((field) => cli?.flags?.[field] ?? field);
      expect(repeated(flags), id).toEqual([]);
    }
  });

  it('has one operation for a tool, with words for when to call it', () => {
    const tools = declared.flatMap(({ mcp }) => (mcp ? [mcp] : []));
    expect(repeated(tools.map(({ tool }) => tool))).toEqual([]);
    for (const { tool, guidance } of tools) {
      expect(tool).toMatch(/^[a-z]+(_[a-z]+)+$/);
      expect(guidance.length, tool).toBeGreaterThan(20);
    }
    expect(tools.length, 'tools are curated').toBeLessThanOrEqual(32);
  });

  it('declares errors that exist, each once', () => {
    for (const { id, errors } of declared) {
      for (const code of errors) expect(Object.keys(errorCatalog), id).toContain(code);
      expect(repeated(errors), id).toEqual([]);
    }
  });

  it('protects every change: a permission, or a reason to be public', () => {
    const open = declared.filter(({ permission }) => permission === 'public').map(({ id }) => id);
    expect(
      open.every((id) => id.startsWith('accounts.') || id.startsWith('auth.')),
      open.join(),
    ).toBe(true);
  });

  it('is the surface that docs/operations.md shows', () => {
    const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
    expect(page === operationsPage(declared), 'docs/operations.md is out of date; run npm run docs').toBe(
      true,
    );
  });
});

describe('the composed product', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cuepoint-surface-'));
  let pipeline: Pipeline;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const database = await openEmbeddedTestDatabase();
    const { config } = loadConfig({ env: {}, flags: { dataDir }, workingDir: dataDir });
    const origin = 'http://127.0.0.1:9';
    const control = await composeControl({
      runtime: {
        config,
        publicUrl: origin,
        publicPort: 9,
        controlPort: 9,
        controlOrigin: origin,
        deliveryInternalPort: 9,
        deliveryOrigins: [origin],
        planeKey: 'k'.repeat(32),
        sandbox: sandboxAt(origin),
      },
      database,
      log: pino({ level: 'silent' }),
      metrics: createControlMetrics(),
      localToken: null,
    });
    pipeline = control.pipeline;
    close = () => database.close();
  });
  afterAll(async () => {
    await close?.();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('binds every operation of the contract once, and nothing else', () => {
    const bound = pipeline.operations();
    expect(bound.map(({ id }) => id).sort()).toEqual(declared.map(({ id }) => id).sort());
    // The very same object: no module declares a contract of its own.
    for (const operation of bound) expect(declared.includes(operation), operation.id).toBe(true);
  });

  it('describes every REST route and the addresses of the delivery plane in OpenAPI', () => {
    const document = openApiDocument(pipeline.operations(), 'http://127.0.0.1:9');
    const paths = document.paths as Record<string, Record<string, { operationId: string }>>;
    for (const { id, rest } of declared) {
      if (!rest) continue;
      const path = `/api${rest.path.replace(/:(\w+)/g, '{$1}')}`;
      expect(paths[path]?.[rest.method.toLowerCase()]?.operationId).toBe(id);
    }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(Object.keys(deliveryPaths)));
  });
});

describe('the tests of the repository', () => {
  const texts = ['packages', 'server', 'cli', 'sandbox', 'e2e'].flatMap((name) =>
    testTexts(join(root, name)),
  );

  it('are found', () => {
    expect(texts.length).toBeGreaterThan(50);
  });

  it('exercise every error that an operation declares', () => {
    const codes = new Set([...declared.flatMap(({ errors }) => errors), ...pipelineErrors]);
    const unseen = [...codes].filter((code) => !texts.some((text) => text.includes(`'${code}'`)));
    expect(unseen).toEqual([]);
  });

  function testTexts(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return /^(node_modules|dist)$/.test(entry.name) ? [] : testTexts(path);
      return /(\.test|-cases)\.tsx?$/.test(entry.name) && entry.name !== 'contract-surface.test.ts'
        ? [readFileSync(path, 'utf8')]
        : [];
    });
  }
});
