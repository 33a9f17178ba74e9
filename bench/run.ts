/**
 * npm run bench [-- --rounds 3 --seconds 2.5 --line-items 1000 --name first]
 * Decision path and event ingestion of one delivery node, beside a bare node:http server that answers the same bytes,
 * in turn, in the same run. Prints tables; writes everything measured to bench/results/<name>.json.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { call, until } from '../server/src/skins/delivery/testing/call.ts';
import { PLANE_KEY, startFakeControl } from '../server/src/skins/delivery/testing/fake-control.ts';
import { forkNode, nodeOptions } from '../server/src/skins/delivery/testing/start-node.ts';
import { decisionCost } from './decision-cost.ts';
import type { LoadOrder, LoadReport } from './load-generator.ts';
import { profileSummary } from './profile-summary.ts';
import { adPaths, benchSnapshot, PLAYER_HEADERS, pixelPaths } from './world.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2.5' },
    'line-items': { type: 'string', default: '1000' },
    name: { type: 'string', default: 'latest' },
  },
});
const rounds = Number(values.rounds);
const runMs = Number(values.seconds) * 1000;
const lineItems = Number(values['line-items']);
for (const [name, value] of Object.entries({ rounds, seconds: runMs, 'line-items': lineItems }))
  if (!(value > 0)) throw new RangeError(`--${name} must be a number above 0`);
const AD_RATES = [1000, 5000, 10_000];
const PIXEL_RATES = [3000];
const CONNECTIONS = { ads: 32, pixels: 128 };

interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}
interface Measured extends LoadReport {
  readonly cpuMicrosecondsPerRequest: number;
}
interface Series {
  readonly contestant: string;
  readonly rate: number | null;
  readonly rounds: Measured[];
}

const work = mkdtempSync(join(tmpdir(), 'cuepoint-bench-'));
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const childArguments = ['--import', 'tsx', '--conditions=@cuepoint/source'];
const children: ChildProcess[] = [];

function start(file: string): ChildProcess {
  const child = fork(here(file), [], { execArgv: childArguments });
  children.push(child);
  return child;
}

function reply<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a bench process left with code ${code}`)));
  });
}

async function startFloor(body: Buffer, type: string): Promise<Contestant> {
  const child = start('./floor-server.ts');
  child.send({ body: body.toString('base64'), type });
  const { port } = await reply<{ port: number }>(child);
  return { name: 'node:http floor, same bytes', port, pid: child.pid! };
}

/** CPU time of a process so far, in microseconds. */
function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function measure(
  generator: ChildProcess,
  contestant: Contestant,
  order: Omit<LoadOrder, 'port'>,
): Promise<Measured> {
  const before = cpuMicroseconds(contestant.pid);
  generator.send({ ...order, port: contestant.port });
  const report = await reply<LoadReport>(generator);
  generator.removeAllListeners('exit');
  // The warm-up's requests are in the CPU time too: scale to the measured part.
  const measuredShare = order.runMs / (order.runMs + order.warmMs);
  const cpu = (cpuMicroseconds(contestant.pid) - before) * measuredShare;
  return { ...report, cpuMicrosecondsPerRequest: cpu / Math.max(1, report.requests) };
}

async function alternate(
  generator: ChildProcess,
  contestants: readonly Contestant[],
  rates: readonly number[],
  order: Pick<LoadOrder, 'connections' | 'pathsFile' | 'headers'>,
): Promise<Series[]> {
  const series = contestants.flatMap((contestant) =>
    [null, ...rates].map((rate) => ({ contestant: contestant.name, rate, rounds: [] as Measured[] })),
  );
  for (let round = 0; round < rounds; round++)
    for (const contestant of contestants)
      for (const one of series.filter((candidate) => candidate.contestant === contestant.name)) {
        one.rounds.push(
          await measure(generator, contestant, { ...order, rate: one.rate, warmMs: 700, runMs }),
        );
        process.stderr.write('.');
      }
  process.stderr.write('\n');
  return series;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function table(title: string, series: readonly Series[]): string {
  const maximum = (name: string) =>
    median(
      series
        .find((one) => one.contestant === name && one.rate === null)!
        .rounds.map((round) => round.perSecond),
    );
  const floor = series[0]!.contestant;
  const lines = series.map((one) => {
    const of = (pick: (round: Measured) => number) => median(one.rounds.map(pick));
    const ratio = one.rate === null ? (maximum(one.contestant) / maximum(floor)).toFixed(2) : '';
    const times = [of((r) => r.p50Ms), of((r) => r.p99Ms), of((r) => r.p999Ms)]
      .map((ms) => ms.toFixed(2))
      .join(' / ');
    const bad = one.rounds.reduce((sum, round) => sum + round.notOk + round.connectionErrors, 0);
    const spread = `${Math.min(...one.rounds.map((r) => r.perSecond)).toFixed(0)} to ${Math.max(...one.rounds.map((r) => r.perSecond)).toFixed(0)}`;
    return `| ${one.contestant} | ${one.rate ?? 'maximum'} | ${of((r) => r.perSecond).toFixed(0)} (${spread}) | ${ratio} | ${of((r) => r.cpuMicrosecondsPerRequest).toFixed(1)} | ${times} | ${of((r) => r.bytesPerAnswer)} | ${bad} |`;
  });
  return [
    `\n${title}`,
    '| server | asked for /s | answered /s, median (least to most) | of floor | CPU µs each | p50 / p99 / p99.9 ms | bytes | bad |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

async function swapMilliseconds(internalPort: number): Promise<number> {
  const { body } = await call(internalPort, '/metrics');
  return Number(/cuepoint_delivery_snapshot_swap_milliseconds ([\d.]+)/.exec(body)?.[1]);
}

const startedAt = new Date().toISOString();
const loadBefore = loadavg()[0]!;
const control = await startFakeControl();
try {
  const costs = decisionCost([1000, 10_000, 100_000]);
  control.publish(benchSnapshot(lineItems));
  const options = await nodeOptions({
    controlOrigin: control.origin,
    dataDir: join(work, 'node'),
    trustedProxies: ['127.0.0.0/8'],
    countryHeader: 'X-Country',
    planeKey: PLANE_KEY,
  });
  const node = await forkNode(options);
  children.push(node.child);
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  const delivery = {
    name: `delivery node, ${lineItems} line items`,
    port: node.publicPort,
    pid: node.child.pid!,
  };

  const adFile = join(work, 'ads.txt');
  writeFileSync(adFile, adPaths().join('\n'));
  const pixelFile = join(work, 'pixels.txt');
  writeFileSync(pixelFile, pixelPaths(50_000, Math.floor(Date.now() / 1000)).join('\n'));

  const sample = await call(node.publicPort, adPaths()[1]!, { headers: PLAYER_HEADERS });
  if (!sample.body.includes('<Ad '))
    throw new Error(`the bench world serves no ad: ${sample.status} ${sample.body}`);
  const generator = start('./load-generator.ts');
  const ads = await alternate(
    generator,
    [await startFloor(sample.bytes, 'application/xml; charset=utf-8'), delivery],
    AD_RATES,
    { connections: CONNECTIONS.ads, pathsFile: adFile, headers: PLAYER_HEADERS },
  );

  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const durable = { ...delivery, name: 'delivery node, durable pixels' };
  const pixels = await alternate(
    generator,
    [{ ...(await startFloor(gif, 'image/gif')), name: 'node:http floor, stores nothing' }, durable],
    PIXEL_RATES,
    { connections: CONNECTIONS.pixels, pathsFile: pixelFile, headers: PLAYER_HEADERS },
  );
  const swapMs = await swapMilliseconds(node.internalPort);
  const metrics = (await call(node.internalPort, '/metrics')).body
    .split('\n')
    .filter((line) => /^cuepoint_delivery|^process_resident/.test(line));

  // A profile of the busy node, from a process of its own so that profiling slows nothing above.
  const profileDir = join(work, 'profile');
  mkdirSync(profileDir);
  const profiled = await forkNode({ ...options, dataDir: join(work, 'profiled') }, [
    '--cpu-prof',
    `--cpu-prof-dir=${profileDir}`,
  ]);
  children.push(profiled.child);
  await until(async () => (await call(profiled.internalPort, '/readyz')).status === 200);
  await measure(
    generator,
    { name: 'profiled', port: profiled.publicPort, pid: profiled.child.pid! },
    {
      connections: CONNECTIONS.ads,
      pathsFile: adFile,
      headers: PLAYER_HEADERS,
      rate: null,
      warmMs: 500,
      runMs: 3000,
    },
  );
  const left = new Promise((resolve) => profiled.child.once('exit', resolve));
  profiled.child.kill('SIGTERM');
  await left;
  const profile = readdirSync(profileDir)
    .map((file) => profileSummary(join(profileDir, file)))
    .sort((one, other) => other.length - one.length)[0];

  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadBefore,
    loadAfter: loadavg()[0]!,
  };
  const output = [
    `machine: ${JSON.stringify(machine)}`,
    table(
      `Ad requests (GET /vast), ${CONNECTIONS.ads} connections, ${rounds} rounds of ${runMs / 1000} s`,
      ads,
    ),
    table(`Pixels (GET /t), ${CONNECTIONS.pixels} connections, acknowledged after fdatasync`, pixels),
    '\nThe decision alone, one thread',
    '| line items | µs a decision | ms to build the index |',
    '|---|---|---|',
    ...costs.map(
      (cost) =>
        `| ${cost.lineItems} | ${cost.decideMicroseconds.toFixed(2)} | ${cost.buildIndexMs.toFixed(0)} |`,
    ),
    `\nTaking over a snapshot of ${lineItems} line items held the serving thread for ${swapMs.toFixed(0)} ms (first one, cold).`,
  ].join('\n');
  console.log(output);
  const result = {
    startedAt,
    command: 'npm run bench',
    rounds,
    runMs,
    lineItems,
    machine,
    ads,
    pixels,
    costs,
    swapMs,
    profile,
    metrics,
  };
  mkdirSync(here('./results'), { recursive: true });
  writeFileSync(here(`./results/${values.name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(here(`./results/${values.name}.md`), `${output}\n`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await control.close();
  rmSync(work, { recursive: true, force: true });
}
