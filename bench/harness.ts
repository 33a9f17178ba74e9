import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INVALID_TRAFFIC } from '../server/src/kernel/delivery-protocol.ts';
import { call, until } from '../server/src/skins/delivery/testing/call.ts';
import { PLANE_KEY } from '../server/src/skins/delivery/testing/fake-control.ts';
import { forkNode, nodeOptions } from '../server/src/skins/delivery/testing/start-node.ts';
import type { LoadOrder, LoadReport } from './load-generator.ts';
import type { Measured, Series } from './tables.ts';
import { benchPlaces } from './world.ts';

/** A server under load, with the process whose CPU time is its own. */
export interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

/** What is asked, apart from how fast. */
export type Load = Pick<LoadOrder, 'connections' | 'pathsFile' | 'headers'>;
type NodeOptions = Awaited<ReturnType<typeof nodeOptions>>;

/** Settings of a node of the bench's world, behind a proxy on loopback that it trusts; its data lie in `work`. */
export function benchNodeOptions(
  work: string,
  controlOrigin: string,
  over: Partial<NodeOptions> = {},
): Promise<NodeOptions> {
  const geoDatabase = join(work, 'places.mmdb');
  writeFileSync(geoDatabase, benchPlaces());
  return nodeOptions({
    controlOrigin,
    dataDir: join(work, 'node'),
    trustedProxies: ['127.0.0.0/8'],
    geoDatabase,
    // The generator is one household that reports as fast as it can: that alone would make its events invalid.
    trafficChecks: INVALID_TRAFFIC.filter((check) => !/rate|speed/.test(check)),
    planeKey: PLANE_KEY,
    ...over,
  });
}

const WARM_MS = 700;
export const CHILD_ARGUMENTS = ['--import', 'tsx', '--conditions=@cuepoint/source'];

/** The processes of one bench: servers in turn, and one generator that asks them. */
export class Harness {
  readonly #rounds: number;
  readonly #runMs: number;
  readonly #children: ChildProcess[] = [];
  #generator: ChildProcess | undefined;

  constructor(rounds: number, runMs: number) {
    this.#rounds = rounds;
    this.#runMs = runMs;
  }

  #start(file: string): ChildProcess {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], { execArgv: CHILD_ARGUMENTS });
    this.#children.push(child);
    return child;
  }

  /** A bare node:http server that answers these bytes. */
  async startFloor(body: Buffer, type: string, name: string): Promise<Contestant> {
    const child = this.#start('./floor-server.ts');
    child.send({ body: body.toString('base64'), type });
    const { port } = await reply<{ port: number }>(child);
    return { name, port, pid: child.pid! };
  }

  /** A delivery node that has its snapshot. */
  async startNode(name: string, options: NodeOptions, nodeArguments: readonly string[] = []) {
    const { child, publicPort, internalPort } = await forkNode(options, nodeArguments);
    this.#children.push(child);
    await until(async () => (await call(internalPort, '/readyz')).status === 200, 120_000);
    return { name, port: publicPort, pid: child.pid!, internalPort, child };
  }

  async measure(contestant: Contestant, order: Omit<LoadOrder, 'port'>): Promise<Measured> {
    this.#generator ??= this.#start('./load-generator.ts');
    const generator = this.#generator;
    const before = cpuMicroseconds(contestant.pid);
    generator.send({ ...order, port: contestant.port });
    const report = await reply<LoadReport>(generator);
    generator.removeAllListeners('exit');
    // The warm-up's requests are in the CPU time too: scale to the measured part.
    const measuredShare = order.runMs / (order.runMs + order.warmMs);
    const cpu = (cpuMicroseconds(contestant.pid) - before) * measuredShare;
    return { ...report, cpuMicrosecondsPerRequest: cpu / Math.max(1, report.requests) };
  }

  /** Every contestant at every rate, in turn, round after round. */
  async alternate(
    contestants: readonly Contestant[],
    rates: readonly (number | null)[],
    load: Load,
    { runMs = this.#runMs, rounds = this.#rounds } = {},
  ): Promise<Series[]> {
    const series = contestants.flatMap((contestant) =>
      rates.map((rate) => ({ contestant, rate, rounds: [] as Measured[] })),
    );
    for (let round = 0; round < rounds; round++)
      for (const { contestant, rate, rounds: measured } of series) {
        measured.push(await this.measure(contestant, { ...load, rate, warmMs: WARM_MS, runMs }));
        process.stderr.write('.');
      }
    process.stderr.write('\n');
    return series.map(({ contestant, ...rest }) => ({ contestant: contestant.name, ...rest }));
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

function reply<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a bench process left with code ${code}`)));
  });
}

/** CPU time of a process so far, in microseconds. */
function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
