import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@cuepoint/client';
import type { CampaignDetail } from '@cuepoint/contract';
import { type Database, openDatabase } from '../../platform/database/index.ts';
import { loadKeyRing } from '../../platform/keys/key-ring.ts';
import { nodeOptions } from '../../skins/delivery/testing/start-node.ts';
import { type ControlApp, startControlApp } from '../control-app.ts';
import { startPostgres } from '../postgres-server.ts';
import { redisMissingReason, startRedis, type TestRedis } from '../redis-server.ts';
import { freePort } from '../served-app.ts';
import { tenantObjects } from '../tenant-objects.ts';
import { type CutProxy, startCutProxy } from './cut-proxy.ts';
import { databasePart, nodePart, type Part, redisPart, rolePart } from './parts.ts';

const NODES = ['node-a', 'node-b'] as const;
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** What is sold in it: one budget that runs out, one line item that is capped, one that always serves. */
export interface Sold {
  readonly tight: CampaignDetail;
  readonly capped: CampaignDetail;
  readonly ample: CampaignDetail;
}

/** A control plane, a worker and two delivery nodes that share budgets and caps, each a process, on their own PostgreSQL and Redis. */
export interface FaultyInstallation {
  readonly parts: readonly Part[];
  readonly links: ReadonlyMap<string, CutProxy>;
  readonly nodes: readonly {
    readonly id: string;
    readonly publicPort: number;
    readonly internalPort: number;
    readonly dataDir: string;
  }[];
  /** Null where only the control plane can read it. */
  readonly database: Database | null;
  readonly client: Client;
  readonly planeKey: string;
  readonly accountId: string;
  readonly placement: string;
  readonly sold: Sold;
  close(): Promise<void>;
}

export type Store = 'postgres' | 'embedded';

/**
 * @param store PostgreSQL with a control plane and a worker apart, or the embedded database with both in one process
 * @returns null, with the reason printed, where no PostgreSQL is installed
 */
export async function startFaultyInstallation(store: Store = 'postgres'): Promise<FaultyInstallation | null> {
  const home = mkdtempSync(join(tmpdir(), 'cuepoint-faults-'));
  const undo: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const planes = store === 'postgres' ? await overPostgres(home, undo) : await overEmbedded(home);
    if (planes !== null) return { ...(await assemble(planes, home, undo)), close };
    await close();
    return null;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens a connection that can be cut, by what it joins; answers its port. */
type Link = (name: string, port: number) => Promise<number>;

/** A furnished database, and what runs on it. */
interface Planes {
  readonly furnished: Awaited<ReturnType<typeof furnish>>;
  /** Data directory of the control plane. */
  readonly dataDir: string;
  /** To read it from outside; null when only the control plane can. */
  readonly database: Database | null;
  /** Null where each node is alone with its caps. */
  readonly redis: TestRedis | null;
  /** What is started already, and what is to be. */
  parts(settings: object, controlPort: number, link: Link): Promise<{ running: Part[]; planes: Part[] }>;
}

async function overPostgres(home: string, undo: (() => unknown)[]): Promise<Planes | null> {
  const server = await startPostgres({ keeps: true });
  if (server === null) return null;
  undo.push(() => server.stop());
  const missing = redisMissingReason();
  if (missing !== null) console.warn(`faults: without Redis: ${missing}`);
  const redis = missing === null ? await startRedis(1) : null;
  if (redis) undo.push(() => redis.stop());
  const databaseUrl = await server.createDatabase();
  // What a test arranges and reads from outside is of all accounts: no login of the product may do that.
  const database = await openDatabase({
    url: server.adminUrl.replace(/[^/]+$/, new URL(databaseUrl).pathname.slice(1)),
  });
  undo.push(() => database.close());
  await database.ownerQuery('ALTER ROLE cuepoint_owner BYPASSRLS');
  const owner = await openDatabase({ url: databaseUrl });
  await owner.migrate();
  const dirs = { control: join(home, 'control'), worker: join(home, 'worker') };
  const furnished = await furnish(owner, dirs.control);
  await owner.close();
  await database.ownerQuery('ALTER ROLE cuepoint_owner NOBYPASSRLS');
  mkdirSync(dirs.worker);
  copyFileSync(join(dirs.control, 'keys.json'), join(dirs.worker, 'keys.json'));
  return {
    furnished,
    dataDir: dirs.control,
    database,
    redis,
    async parts(settings, controlPort, link) {
      const of = async (role: 'control' | 'worker') => {
        const url = new URL(databaseUrl);
        url.port = String(await link(`${role} to database`, Number(url.port)));
        const port = role === 'control' ? controlPort : 0;
        const redisUrl = redis && (await redisLink(redis, role, link));
        return {
          ...settings,
          ...(redisUrl === null ? {} : { redisUrl }),
          role,
          dataDir: dirs[role],
          databaseUrl: url.href,
          controlPort: port,
        };
      };
      return {
        running: [databasePart(server), ...(redis ? [redisPart(redis)] : [])],
        planes: [
          rolePart('control', await of('control'), controlPort),
          rolePart('worker', await of('worker'), null),
        ],
      };
    },
  };
}

/** The address of Redis for one process, over a connection of its own that can be cut. */
async function redisLink({ url }: TestRedis, who: string, link: Link): Promise<string> {
  const address = new URL(url);
  address.port = String(await link(`${who} to redis`, Number(address.port)));
  return address.href;
}

async function overEmbedded(home: string): Promise<Planes> {
  const dataDir = join(home, 'control');
  mkdirSync(dataDir, { recursive: true });
  const database = await openDatabase({ url: `pglite:${join(dataDir, 'database')}` });
  await database.migrate();
  const furnished = await furnish(database, dataDir);
  await database.close();
  return {
    furnished,
    dataDir,
    database: null,
    redis: null,
    parts: async (settings, controlPort) => ({
      running: [],
      planes: [rolePart('control and worker', { ...settings, dataDir, controlPort }, controlPort)],
    }),
  };
}

async function assemble(
  { furnished, dataDir, database, redis, parts: partsOf }: Planes,
  home: string,
  undo: (() => unknown)[],
): Promise<Omit<FaultyInstallation, 'close'>> {
  const { token, ...known } = furnished;
  const planeKey = loadKeyRing(dataDir).plane;
  const links = new Map<string, CutProxy>();
  const link: Link = async (name, port) => {
    const proxy = await startCutProxy(() => port);
    links.set(name, proxy);
    undo.push(() => proxy.close());
    return proxy.port;
  };
  const controlPort = await freePort();
  const nodes = await Promise.all(
    NODES.map(async (id) => ({
      id,
      publicPort: await freePort(),
      internalPort: await freePort(),
      dataDir: join(home, id),
    })),
  );
  const origins: string[] = [];
  for (const { id, internalPort } of nodes)
    origins.push(`http://127.0.0.1:${await link(`planes to ${id}`, internalPort)}`);
  const settings = {
    planeKey,
    publicUrl: 'http://ads.example',
    deliveryOrigins: origins.join(','),
    budgetLeases: 'on',
    budgetLeaseSeconds: 10,
    metricsPort: 0,
    demoData: false,
    // Nobody is there: no campaign of it goes to a platform.
    sandboxOrigin: 'http://127.0.0.1:9',
    logLevel: 'silent',
  };
  const { running, planes } = await partsOf(settings, controlPort, link);
  const started = [...planes];
  for (const node of nodes) {
    const controlOrigin = `http://127.0.0.1:${await link(`${node.id} to control`, controlPort)}`;
    const { id: nodeId, ...ports } = node;
    const options = await nodeOptions({
      ...ports,
      nodeId,
      planeKey,
      controlOrigin,
      sharesBudgets: true,
      segmentBytes: 512 * 1024,
    });
    await mkdir(options.mediaDir, { recursive: true });
    const url = redis && (await redisLink(redis, node.id, link));
    started.push(nodePart(options, url === null ? null : { url, timeLimitMs: 20 }));
  }
  for (const part of started) undo.push(() => part.kill());
  for (const part of started) await part.start();
  const client = createClient({ origin: `http://127.0.0.1:${controlPort}`, token });
  return { ...known, parts: [...running, ...started], links, nodes, database, client, planeKey };
}

/** Campaigns with approved creatives, a key to change them by, and the keys of the installation in `dataDir`. */
async function furnish(database: Database, dataDir: string) {
  mkdirSync(dataDir, { recursive: true });
  const app = await startControlApp({ database, dataDir, keyRoles: ['admin'] });
  try {
    const { accountId, keys } = app.tenants[0];
    const { rows } = await database.ownerQuery('SELECT key FROM placement WHERE account_id = $1', [
      accountId,
    ]);
    const objects = tenantObjects(app, 0);
    const sold: Sold = {
      tight: await sell(app, objects, 'Tight', { cpm: 20, budget: 20_000_000 }),
      capped: await sell(app, objects, 'Capped', { cpm: 30, budget: 5_000_000_000 }),
      ample: await sell(app, objects, 'Ample', { cpm: 10, budget: 5_000_000_000 }),
    };
    const [capped] = sold.capped.lineItems;
    await app.tenants[0].caller.call(
      'campaigns.updateLineItem',
      {
        lineItemId: capped!.id,
        frequencyCaps: [{ scope: 'line_item', limit: CAP, unit: 'day', count: 1 }],
      },
      { ifMatch: capped!.version },
    );
    return { accountId, placement: String(rows[0]!.key), sold, token: keys.admin };
  } finally {
    await app.close();
  }
}

/** Exposures of a viewer a day, at each node. */
export const CAP = 3;

async function sell(
  app: ControlApp,
  objects: ReturnType<typeof tenantObjects>,
  label: string,
  { cpm, budget }: { cpm: number; budget: number },
): Promise<CampaignDetail> {
  const output = async <T>(operation: string, input: object, options = {}) =>
    (await app.tenants[0].caller.call(operation, input, options)).output as T;
  const campaign = await output<CampaignDetail>('campaigns.createCampaign', {
    ...(await objects.axes()),
    label,
    budgetMicros: budget,
    cpmMicros: cpm * 1_000_000,
    startOn: day(-1),
    endOn: day(20),
  });
  await objects.creative('approved', campaign.id);
  const [lineItem] = campaign.lineItems;
  await output(
    'campaigns.updateLineItem',
    { lineItemId: lineItem!.id, pacing: 'asap' },
    { ifMatch: lineItem!.version },
  );
  const { version } = await output<CampaignDetail>('campaigns.getCampaign', { campaignId: campaign.id });
  return output<CampaignDetail>(
    'campaigns.setCampaignStatus',
    { campaignId: campaign.id, status: 'active' },
    { ifMatch: version },
  );
}
