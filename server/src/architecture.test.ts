import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from './testing/walls/read-source.ts';
import { findViolations, isTestFile, moduleCycle, moduleTable } from './testing/walls/walls.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workspaces = ['packages', 'media', 'server', 'cli', 'sandbox', 'console', 'bench', 'e2e', 'tools'];

/** Least numbers of files each part had when this was written: a walk that sees nothing must not pass. */
const atLeast: Record<string, number> = {
  packages: 80,
  media: 30,
  server: 200,
  sandbox: 20,
  console: 60,
  cli: 1,
};

function sources(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|results)$/.test(entry.name) ? [] : sources(path);
    if (!/\.(ts|tsx|mts|mjs)$/.test(entry.name)) return [];
    return [{ path: relative(root, path).split(sep).join('/'), source: readFileSync(path, 'utf8') }];
  });
}

const files = workspaces.flatMap((name) => sources(join(root, name)));

describe('the walls of the house', () => {
  it('saw the whole repository', () => {
    for (const [name, least] of Object.entries(atLeast)) {
      const count = files.filter((file) => file.path.startsWith(`${name}/`)).length;
      expect(count, `files seen in ${name}/`).toBeGreaterThanOrEqual(least);
    }
    expect(files.filter((file) => !isTestFile(file.path)).length).toBeGreaterThan(300);
  });

  it('are kept by every file', () => {
    const found = findViolations(files).map(({ path, wall, what }) => `${path} [${wall}] ${what}`);
    expect(found).toEqual([]);
  });

  it('name every module there is, without a cycle', () => {
    const folders = readdirSync(join(root, 'server/src/modules'), { withFileTypes: true });
    const modules = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(modules.sort()).toEqual(Object.keys(moduleTable).sort());
    for (const allowed of Object.values(moduleTable)) {
      for (const name of allowed) expect(Object.keys(moduleTable)).toContain(name);
    }
    expect(moduleCycle(moduleTable)).toBeNull();
  });

  it('are matched by the dependencies the packages declare', () => {
    const allowed: Record<string, string[]> = { contract: ['zod'], client: ['@cuepoint/contract'] };
    const names = readdirSync(join(root, 'packages'));
    expect(names.length).toBeGreaterThanOrEqual(6);
    for (const name of names) {
      const text = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
      const manifest = JSON.parse(text) as Record<string, object | undefined>;
      expect(Object.keys(manifest.dependencies ?? {}), name).toEqual(allowed[name] ?? []);
      expect(manifest.peerDependencies ?? manifest.optionalDependencies, name).toBeUndefined();
      expect(Object.keys(manifest.exports ?? {}), `${name} has an exports map`).toContain('.');
    }
  });
});

/** Each breach must be found, or the check above proves nothing. */
describe('the checker of the walls', () => {
  const domain = 'server/src/modules/campaigns/domain/flight.ts';
  const operation = 'server/src/modules/campaigns/operations/pause.ts';
  const breaches: Array<[wall: string, path: string, source: string]> = [
    ['module table', operation, "import { listAll } from '#modules/creatives';"],
    ['module table', operation, "export * from '#modules/studio';"],
    ['module table', operation, "const studio = await import('#modules/studio');"],
    ['module table', operation, "let job: import('#modules/studio').Job;"],
    ['door', operation, "import { axes } from '../../governance/naming.ts';"],
    ['door', 'server/src/compose.ts', "import { t } from './modules/campaigns/tables.ts';"],
    ['door', 'server/src/modules/campaigns/x.test.ts', "import { t } from '../governance/tables.ts';"],
    ['module', operation, "import { createApp } from '../../../skins/rest/server.ts';"],
    ['module', operation, "import { openDatabase } from '../../../platform/database/index.ts';"],
    ['module', operation, "import { loadConfig } from '../../../config.ts';"],
    ['domain', domain, "import { readFileSync } from 'node:fs';"],
    ['domain', domain, "import { createHash, randomBytes } from 'node:crypto';"],
    ['domain', domain, "import { eq } from 'drizzle-orm';"],
    ['domain', domain, "import { campaign } from '../tables.ts';"],
    ['domain', domain, "import { ports } from '../ports.ts';"],
    ['domain', domain, "import { renderClip } from '@cuepoint/media';"],
    ['purity', domain, 'export const today = () => new Date();'],
    ['purity', domain, 'export const now = Date.now;'],
    ['purity', domain, 'export const now = Date();'],
    ['purity', domain, 'export const dice = () => Math.random();'],
    ['purity', domain, "export const dice = () => Math['random']();"],
    ['purity', domain, 'const { env } = process;'],
    ['purity', 'packages/vast/src/time.ts', 'export const at = performance.now();'],
    ['purity', 'packages/vast/src/time.ts', 'export const id = crypto.randomUUID();'],
    ['purity', 'packages/vast/src/load.ts', "export const load = () => fetch('http://127.0.0.1');"],
    ['purity', 'packages/vast/src/wait.ts', 'setTimeout(() => {}, 1);'],
    ['purity', 'packages/vast/src/load.ts', "const which = 'zod'; await import(which);"],
    ['package', 'packages/vast/src/a.ts', "import { z } from 'zod';"],
    ['package', 'packages/vast/src/a.ts', "import { join } from 'node:path';"],
    ['package', 'packages/vast/src/a.ts', "import { x } from '../../taxonomy/src/index.ts';"],
    ['package', 'packages/contract/src/a.ts', "import { decide } from '@cuepoint/decisioning';"],
    ['kernel', 'server/src/kernel/a.ts', "import { pino } from 'pino';"],
    ['kernel', 'server/src/kernel/a.ts', "import { openDatabase } from '../platform/database/index.ts';"],
    ['platform', 'server/src/platform/cache/a.ts', "import { findCampaign } from '#modules/campaigns';"],
    ['skin', 'server/src/skins/rest/a.ts', "import { findCampaign } from '#modules/campaigns';"],
    ['skin', 'server/src/skins/rest/a.ts', "import pg from 'pg';"],
    [
      'delivery plane',
      'server/src/skins/delivery/a.ts',
      "import { createPipeline } from '../../kernel/pipeline.ts';",
    ],
    ['compose', 'server/src/skins/rest/a.ts', "import { compose } from '../../compose.ts';"],
    ['compose', operation, "import { compose } from '../../../compose.ts';"],
    ['server', 'server/src/compose.ts', "import { startSandbox } from '@cuepoint/sandbox';"],
    ['server', 'server/src/x.test.ts', "import { startSandbox } from '../../sandbox/src/index.ts';"],
    ['sandbox', 'sandbox/src/amazon/a.ts', "import type { Ticket } from '@cuepoint/server';"],
    ['sandbox', 'sandbox/src/x.test.ts', "import { translate } from '../../server/src/compose.ts';"],
    ['media', 'media/src/a.ts', "import { z } from '@cuepoint/contract';"],
    ['console', 'console/src/a.tsx', "import { openDatabase } from '@cuepoint/server';"],
    ['console', 'console/src/a.tsx', "import { readFileSync } from 'node:fs';"],
    ['workspace', 'console/src/a.tsx', "import { Campaign } from '../../packages/contract/src/index.ts';"],
    [
      'workspace',
      'cli/src/a.ts',
      "import { startSupervisor } from '../../server/src/processes/supervisor.ts';",
    ],
    ['settings', 'cli/src/a.ts', 'export const port = process.env.PORT;'],
    ['settings', 'media/src/a.ts', "export const path = process['env'].PATH;"],
  ];
  it.each(breaches)('finds a breach of "%s" in %s: %s', (wall, path, source) => {
    expect(findViolations([{ path, source }]).map((violation) => violation.wall)).toContain(wall);
  });

  const lawful: Array<[path: string, source: string]> = [
    [
      operation,
      "import { loadAxes } from '#modules/governance'; import { Tx } from '../../../kernel/unit-of-work.ts';",
    ],
    [domain, "import { createHash } from 'node:crypto'; import type { Ports } from '../ports.ts';"],
    [domain, 'export const at = (now: Date) => new Date(now.getTime() + 1); type P = { process: string };'],
    [domain, "import type { VideoMeasurement } from '@cuepoint/media'; const x = { process: 1 }.process;"],
    ['server/src/config.ts', 'export const env = process.env;'],
    ['cli/src/main.ts', 'export const plain = process.env.NO_COLOR !== undefined;'],
    ['server/src/processes/control-process.ts', "import { compose } from '../compose.ts';"],
    ['packages/client/src/index.ts', "import { operations } from '@cuepoint/contract'; await fetch('/');"],
    ['tools/docs.ts', "import { settings } from '../server/src/config.ts'; process.env.CI;"],
    [
      'console/src/a.tsx',
      "import { operations } from '@cuepoint/contract'; import { useState } from 'react';",
    ],
  ];
  it.each(lawful)('lets %s be: %s', (path, source) => {
    expect(findViolations([{ path, source }])).toEqual([]);
  });

  it('finds a cycle of modules', () => {
    expect(moduleCycle({ a: ['b'], b: ['c'], c: ['a'] })).toEqual(['a', 'b', 'c', 'a']);
  });

  it('refuses a file that does not parse', () => {
    expect(() => findViolations([{ path: 'server/src/a.ts', source: 'import {' }])).toThrow('does not parse');
  });
});
