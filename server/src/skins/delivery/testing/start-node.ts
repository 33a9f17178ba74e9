import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { type RunningDelivery, runDelivery } from '../main.ts';
import type { DeliveryOptions } from '../options.ts';
import { PLANE_KEY } from './fake-control.ts';

export async function nodeOptions(
  over: Partial<DeliveryOptions> & { controlOrigin: string },
): Promise<DeliveryOptions> {
  const dataDir = over.dataDir ?? (await mkdtemp(join(tmpdir(), 'cuepoint-delivery-')));
  return {
    publicPort: 0,
    publicHost: '127.0.0.1',
    internalPort: 0,
    dataDir,
    mediaDir: join(dataDir, 'media'),
    planeKey: PLANE_KEY,
    nodeId: 'node-1',
    publicBaseUrl: 'http://ads.example',
    drainMs: 300,
    // Most tests report as fast as they can, and name no agent.
    trafficChecks: [],
    ...over,
  };
}

/** A node in this process. */
export async function startNode(
  over: Partial<DeliveryOptions> & { controlOrigin: string },
): Promise<RunningDelivery & { options: DeliveryOptions }> {
  const options = await nodeOptions(over);
  const running = await runDelivery({ ...options, handleSignals: false, logger: pino({ level: 'silent' }) });
  return { ...running, options };
}

export interface ChildNode {
  readonly child: ChildProcess;
  readonly publicPort: number;
  readonly internalPort: number;
}

/** Its connection to Redis, which the process opens by itself; `clockMs` is by how much its clock is ahead. */
export interface ChildRedis {
  readonly url: string;
  readonly timeLimitMs: number;
  readonly clockMs?: number;
}

/** A node in a process of its own, as it runs in production. */
export function forkNode(
  options: DeliveryOptions,
  nodeArguments: readonly string[] = [],
  redis: ChildRedis | null = null,
): Promise<ChildNode> {
  const child = fork(
    fileURLToPath(new URL('./delivery-child.ts', import.meta.url)),
    [JSON.stringify(options), JSON.stringify(redis)],
    {
      execArgv: [...nodeArguments, '--import', 'tsx', '--conditions=@cuepoint/source'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve({ child, ...(message as { publicPort: number; internalPort: number }) });
    });
    child.once('exit', (code) => reject(new Error(`the node left with code ${code} before it was up`)));
  });
}
