import type { ChildProcess } from 'node:child_process';
import type { DeliveryOptions } from '../../skins/delivery/options.ts';
import { call } from '../../skins/delivery/testing/call.ts';
import { type ChildNode, type ChildRedis, forkNode } from '../../skins/delivery/testing/start-node.ts';
import { type Child, startChild } from '../child.ts';
import type { TestPostgres } from '../postgres-server.ts';
import type { TestRedis } from '../redis-server.ts';

const READY_MS = 240_000;

/** One thing of an installation that can be killed. What else an installation comes to rest on joins by another one. */
export interface Part {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /** Ends it at once: no word to anybody, nothing written that was not. */
  kill(): Promise<void>;
  /** Starts it; resolves when it serves. */
  start(): Promise<void>;
}

export function databasePart(server: TestPostgres): Part {
  return { name: 'database', weight: 2, kill: () => server.crash(), start: () => server.restart() };
}

/** It comes back empty. */
export function redisPart(server: TestRedis): Part {
  return { name: 'redis', weight: 2, kill: () => server.kill(), start: () => server.restart() };
}

const entries = {
  control: 'role.child.ts',
  worker: 'role.child.ts',
  'control and worker': 'control.child.ts',
} as const;

/** The control plane or the worker, as `cuepoint start --role` runs it, or both in one process. */
export function rolePart(name: keyof typeof entries, settings: object, readyPort: number | null): Part {
  let child: Child | undefined;
  return {
    name,
    weight: 1,
    kill: async () => child?.kill(),
    async start() {
      const until = performance.now() + READY_MS;
      for (;;) {
        child = startChild(new URL(`../../processes/testing/${entries[name]}`, import.meta.url), [
          JSON.stringify(settings),
        ]);
        const left = child.exited.then(() => false);
        const serves = readyPort === null ? paused(3000).then(() => true) : answers(readyPort);
        if (await Promise.race([left, serves])) return;
        await child.kill();
        // It leaves when its database is not there; whoever runs it starts it again.
        if (performance.now() > until) throw new Error(`${name} does not start: ${child.errors()}`);
      }
    },
  };
}

/** A delivery node, on the same ports whenever it starts. @param redis null where caps are counted by each node alone */
export function nodePart(options: DeliveryOptions, redis: ChildRedis | null): Part {
  let child: ChildProcess | undefined;
  return {
    name: options.nodeId,
    weight: 3,
    async kill() {
      const gone = child?.exitCode !== null || child.signalCode !== null;
      if (!child || gone) return;
      const left = new Promise((resolve) => child!.once('exit', resolve));
      child.kill('SIGKILL');
      await left;
    },
    async start() {
      const node: ChildNode = await forkNode(options, [], redis);
      child = node.child;
      if (!(await answers(node.internalPort))) throw new Error(`${options.nodeId} does not become ready`);
    },
  };
}

/** Whether `/readyz` says yes in time. */
async function answers(port: number): Promise<boolean> {
  for (const until = performance.now() + READY_MS; performance.now() < until; await paused(50)) {
    // Until it listens there is nobody to answer.
    const answer = await call(port, '/readyz').catch(() => undefined);
    if (answer?.status === 200) return true;
  }
  return false;
}

export const paused = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
