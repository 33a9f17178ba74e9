import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Role, roles } from '@cuepoint/contract';
import { pino } from 'pino';
import { addStartingCatalogue } from '#modules/governance';
import { createInventory } from '#modules/inventory';
import { type ComposeOptions, type ControlPlane, composeControl } from '../compose.ts';
import { loadConfig } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { createIds } from '../kernel/ids.ts';
import { type Principal, permissionsOf, systemPrincipal } from '../kernel/principal.ts';
import type { RedisPort } from '../kernel/redis-port.ts';
import type { Database } from '../platform/database/index.ts';
import { createControlMetrics } from '../platform/telemetry/metrics.ts';
import { sandboxAt } from '../processes/supervisor.ts';
import { createLocalCaller, type LocalCaller } from '../skins/local/caller.ts';
import { createControlServer } from '../skins/rest/server.ts';
import { openEmbeddedTestDatabase } from './database-suite.ts';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process.ts';

export interface Tenant {
  accountId: string;
  users: Record<Role, { userId: string; email: string }>;
  /** An API key of each role, without scopes. */
  keys: Record<Role, string>;
  /** Calls as the product itself, for preparing a test. */
  caller: LocalCaller;
  principal(role: Role): Principal;
}

export interface ControlApp {
  origin: string;
  dataDir: string;
  quarantineDir: string;
  database: Database;
  plane: ControlPlane;
  sandbox: SandboxProcess | null;
  tenants: [Tenant, Tenant];
  /** What was logged as an error: a test that expects no fault looks here. */
  faults: object[];
  localToken: string;
  /** Signs a member in by link; answers the `Cookie` header. */
  signIn(role: Role, tenant?: 0 | 1): Promise<string>;
  close(): Promise<void>;
}

export interface ControlAppOptions {
  /** Starts the stand-in platforms; without, calls to them find nobody. */
  sandbox?: boolean;
  /** Runs the workers: generation, measurement, deployment, demo. */
  work?: boolean;
  publicUrl?: string;
  maxUploadMegabytes?: number;
  liveHeartbeatMs?: number;
  keyRoles?: readonly Role[];
  /** Internal origins of delivery nodes; without, the only one is away. */
  deliveryOrigins?: readonly string[];
  /** Delivery nodes share budgets. */
  budgetLeases?: 'on' | 'off';
  tcfVendorId?: number;
  /** A migrated database that its owner closes; without, an embedded one in memory. */
  database?: Database;
  /** A folder that stays when it is closed; without, one of its own. */
  dataDir?: string;
  /** By which it tells nodes news and reads their records. The caller closes it. */
  redis?: RedisPort;
}

/** Shared by the planes of a test. */
export const TEST_PLANE_KEY = 'k'.repeat(32);

/** Nobody listens there: a delivery node that is away. */
const nowhere = 'http://127.0.0.1:9';

/** The whole control plane as users have it, on an embedded database in memory and a free port. */
export async function startControlApp(options: ControlAppOptions = {}): Promise<ControlApp> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'cuepoint-control-'));
  const sandbox = options.sandbox
    ? await startSandboxProcess(['--speed', '200', '--clip-lines', '270'])
    : null;
  const database = options.database ?? (await openEmbeddedTestDatabase());
  const publicUrl = options.publicUrl ?? nowhere;
  const { config } = loadConfig({
    env: {},
    flags: {
      dataDir,
      demoData: false,
      ...(options.maxUploadMegabytes ? { maxUploadMegabytes: options.maxUploadMegabytes } : {}),
      ...(options.budgetLeases ? { budgetLeases: options.budgetLeases } : {}),
      ...(options.tcfVendorId ? { tcfVendorId: options.tcfVendorId } : {}),
    },
    workingDir: dataDir,
  });
  const localToken = `local-${randomBytes(24).toString('base64url')}`;
  const faults: object[] = [];
  const log = pino(
    { level: 'error' },
    { write: (line: string) => void faults.push(JSON.parse(line) as object) },
  ) as unknown as ComposeOptions['log'];
  const plane = await composeControl({
    runtime: {
      config,
      publicUrl,
      publicPort: 9,
      controlPort: 0,
      controlOrigin: nowhere,
      deliveryInternalPort: 9,
      deliveryOrigins: options.deliveryOrigins ?? [nowhere],
      planeKey: TEST_PLANE_KEY,
      sandbox: sandboxAt(sandbox?.address ?? nowhere),
    },
    database,
    log,
    metrics: createControlMetrics(),
    redis: options.redis ?? null,
    localToken,
  });
  await plane.prepare();
  const quarantineDir = join(dataDir, 'quarantine');
  const app = await createControlServer({
    pipeline: plane.pipeline,
    events: plane.events,
    tail: plane.tail,
    newRequestId: plane.newRequestId,
    authenticate: plane.authenticate,
    publicUrl,
    secureCookies: publicUrl.startsWith('https:'),
    quarantineDir,
    maxUploadBytes: config.maxUploadMegabytes * 1_000_000,
    consoleDir: null,
    ready: plane.ready,
    log,
    extend: plane.extend,
    ...(options.liveHeartbeatMs ? { liveHeartbeatMs: options.liveHeartbeatMs } : {}),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  if (options.work) await plane.work();

  const { rows } = await database.ownerQuery('SELECT id FROM account');
  const first = String(rows[0]!.id);
  const second = await addAccount(database);
  const tenantOf = (accountId: string, domain: string) =>
    makeTenant(plane, accountId, domain, options.keyRoles ?? roles);
  const tenants: [Tenant, Tenant] = [
    await tenantOf(first, 'first.example'),
    await tenantOf(second, 'second.example'),
  ];

  return {
    origin,
    dataDir,
    quarantineDir,
    database,
    plane,
    sandbox,
    tenants,
    faults,
    localToken,
    async signIn(role, tenant = 0) {
      const { users, caller } = tenants[tenant];
      const link = await caller.call('accounts.createSignInLink', { email: users[role].email });
      const token = (link.output as { url: string }).url.split('#')[1];
      const answer = await fetch(`${origin}/api/v1/auth/link`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token }),
      });
      const cookie = answer.headers.get('set-cookie');
      if (!answer.ok || !cookie) throw new Error(`sign-in failed: ${await answer.text()}`);
      return cookie.split(';')[0]!;
    },
    async close() {
      await app.close();
      await plane.close();
      if (!options.database) await database.close();
      await sandbox?.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function addAccount(database: Database): Promise<string> {
  const ids = createIds(systemClock, randomBytes);
  const accountId = ids.next('account');
  await database.ownerQuery('INSERT INTO account (id, name) VALUES ($1, $2)', [accountId, 'Second account']);
  const inventory = createInventory({
    ids,
    random: randomBytes,
    clock: systemClock,
    publicUrl: nowhere,
  });
  await database.withTransaction({ role: 'app', accountId }, async (tx) => {
    await addStartingCatalogue(tx, accountId, ids, systemClock.now());
    await inventory.ensureDefaultInventory(tx, accountId);
  });
  return accountId;
}

async function makeTenant(
  plane: ControlPlane,
  accountId: string,
  domain: string,
  keyRoles: readonly Role[],
): Promise<Tenant> {
  const ids = createIds(systemClock, randomBytes);
  const caller = createLocalCaller(plane.pipeline, ids, systemPrincipal(accountId, 'test'));
  const users = {} as Tenant['users'];
  const keys = {} as Tenant['keys'];
  for (const role of roles) {
    const email = `${role}@${domain}`;
    const { output } = await caller.call('accounts.createUser', { email, displayName: `The ${role}`, role });
    users[role] = { userId: (output as { id: string }).id, email };
  }
  for (const role of keyRoles) {
    const { output } = await caller.call('accounts.createApiKey', { name: `${role} key`, role });
    keys[role] = (output as { secret: string }).secret;
  }
  return {
    accountId,
    users,
    keys,
    caller,
    principal: (role) => ({
      kind: 'user',
      id: users[role].userId,
      name: `The ${role}`,
      accountId,
      role,
      permissions: permissionsOf(role),
    }),
  };
}
