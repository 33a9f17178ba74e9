/**
 * npm run bench [-- --rounds 3 --seconds 2.5 --line-items 10000 --name latest]
 * Decision path and event ingestion of one delivery node, beside a bare node:http server that answers the same bytes,
 * in turn, in the same run: one ad, breaks, edits while serving, readings logged or not, pixels. Then the decision alone and
 * what a snapshot takes in memory. Prints tables; writes everything measured to bench/results/<name>.json.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, cpus, loadavg, release, setPriority, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeSnapshot, snapshotTag } from '../server/src/kernel/delivery-protocol.ts';
import { call, until } from '../server/src/skins/delivery/testing/call.ts';
import { PLANE_KEY, startFakeControl } from '../server/src/skins/delivery/testing/fake-control.ts';
import { NO_SPEND } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { forkNode, nodeOptions } from '../server/src/skins/delivery/testing/start-node.ts';
import { decisionCost } from './decision-cost.ts';
import type { LoadOrder, LoadReport } from './load-generator.ts';
import { profileSummary } from './profile-summary.ts';
import { type Measured, plainTable, type Series, table } from './tables.ts';
import { adPaths, benchPlaces, benchSnapshot, PLAYER_HEADERS, pixelPaths, podPaths } from './world.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2.5' },
    'line-items': { type: 'string', default: '10000' },
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

/** The middle of several runs at one rate, with how late the answers were. */
async function atRate(
  generator: ChildProcess,
  contestants: readonly Contestant[],
  rate: number | null,
  order: Pick<LoadOrder, 'connections' | 'pathsFile' | 'headers'>,
  ms = runMs,
  times = rounds,
): Promise<Series[]> {
  const series = contestants.map(({ name }) => ({ contestant: name, rate, rounds: [] as Measured[] }));
  for (let round = 0; round < times; round++)
    for (const [at, contestant] of contestants.entries()) {
      series[at]!.rounds.push(
        await measure(generator, contestant, { ...order, rate, warmMs: 700, runMs: ms }),
      );
      process.stderr.write('.');
    }
  process.stderr.write('\n');
  return series;
}

function memoryCost(lineItems: number): { lineItems: number; sourceBytes: number; bytes: number } {
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', ...childArguments, here('./memory-cost.ts'), String(lineItems)],
    { encoding: 'utf8' },
  );
  return JSON.parse(output);
}

/** Snapshots in which one line item has another price, encoded beforehand: publishing one costs the bench nothing. */
function editedSnapshots(lineItems: number, count: number): { text: string; tag: string }[] {
  const body = benchSnapshot(lineItems);
  return Array.from({ length: count }, (_, n) => {
    const edited = body.lineItems.map((item, at) =>
      at % Math.ceil(lineItems / 3) === n ? { ...item, cpmMicros: item.cpmMicros + 10_000 } : item,
    );
    const { text, header } = encodeSnapshot(
      { ...body, lineItems: edited },
      NO_SPEND,
      new Date().toISOString(),
    );
    return { text, tag: snapshotTag(header) };
  });
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
  const memory = [1000, 10_000, 100_000].map((count) => memoryCost(count));
  control.publish(benchSnapshot(lineItems));
  const geoDatabase = join(work, 'places.mmdb');
  writeFileSync(geoDatabase, benchPlaces());
  const options = await nodeOptions({
    controlOrigin: control.origin,
    dataDir: join(work, 'node'),
    trustedProxies: ['127.0.0.0/8'],
    geoDatabase,
    planeKey: PLANE_KEY,
  });
  const startNode = async (name: string, over: Partial<typeof options>) => {
    const started = await forkNode({ ...options, dataDir: join(work, name), ...over });
    children.push(started.child);
    await until(async () => (await call(started.internalPort, '/readyz')).status === 200);
    return { name, port: started.publicPort, pid: started.child.pid!, internalPort: started.internalPort };
  };
  const delivery = await startNode('delivery node', {});
  const plain = await startNode('delivery node, plain listener', { listener: 'plain' });

  const adFile = join(work, 'ads.txt');
  writeFileSync(adFile, adPaths().join('\n'));
  const pixelFile = join(work, 'pixels.txt');
  writeFileSync(pixelFile, pixelPaths(50_000, Math.floor(Date.now() / 1000)).join('\n'));

  const sample = await call(delivery.port, adPaths()[1]!, { headers: PLAYER_HEADERS });
  if (!sample.body.includes('<Ad '))
    throw new Error(`the bench world serves no ad: ${sample.status} ${sample.body}`);
  const generator = start('./load-generator.ts');
  const ads = await alternate(
    generator,
    [await startFloor(sample.bytes, 'application/xml; charset=utf-8'), delivery, plain],
    AD_RATES,
    { connections: CONNECTIONS.ads, pathsFile: adFile, headers: PLAYER_HEADERS },
  );

  const player = { connections: CONNECTIONS.ads, headers: PLAYER_HEADERS };
  const pods: Series[] = [];
  for (const most of [1, 4, 8]) {
    const podFile = join(work, `pods-${most}.txt`);
    writeFileSync(podFile, podPaths(most).join('\n'));
    const podNode = { ...delivery, name: `break of up to ${most}` };
    pods.push(...(await atRate(generator, [podNode], null, { ...player, pathsFile: podFile })));
    pods.push(...(await atRate(generator, [podNode], 5000, { ...player, pathsFile: podFile })));
  }

  // One price changes every second, and the whole snapshot is another each time.
  const variants = editedSnapshots(lineItems, 3);
  let edits = 0;
  const editing = setInterval(() => {
    const { text, tag } = variants[edits++ % variants.length]!;
    control.publishText(text, tag);
  }, 1000);
  // The control plane has a machine of its own; here it may at least not take the node's turn.
  setPriority(constants.priority.PRIORITY_LOW);
  const edited = await atRate(generator, [delivery, plain], 10_000, { ...player, pathsFile: adFile }, 8000);
  clearInterval(editing);

  const unsampled = await startNode('no readings logged', { decisionSampleRate: 0 });
  const sampled = await startNode('readings of every decision logged', {});
  // Both are as new, and as warm, as each other.
  for (const contestant of [unsampled, sampled])
    await measure(generator, contestant, {
      ...player,
      pathsFile: adFile,
      rate: null,
      warmMs: 0,
      runMs: 5000,
    });
  const sampling = await atRate(
    generator,
    [unsampled, sampled],
    5000,
    { ...player, pathsFile: adFile },
    2000,
    3 * rounds,
  );
  process.kill(unsampled.pid, 'SIGKILL');
  process.kill(sampled.pid, 'SIGKILL');

  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const durable = [delivery, plain].map((one) => ({ ...one, name: `${one.name}, durable pixels` }));
  const pixels = await alternate(
    generator,
    [{ ...(await startFloor(gif, 'image/gif')), name: 'node:http floor, stores nothing' }, ...durable],
    PIXEL_RATES,
    { connections: CONNECTIONS.pixels, pathsFile: pixelFile, headers: PLAYER_HEADERS },
  );
  const swapMs = await swapMilliseconds(delivery.internalPort);
  const metrics = (await call(delivery.internalPort, '/metrics')).body
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
      `Ad requests (GET /vast), ${lineItems} line items, ${CONNECTIONS.ads} connections, ${rounds} rounds of ${runMs / 1000} s`,
      ads,
    ),
    table(`Pixels (GET /t), ${CONNECTIONS.pixels} connections, acknowledged after fdatasync`, pixels),
    plainTable('Breaks (GET /vast), by most ads', pods),
    plainTable(`One price edited every second (${edits} snapshots of ${lineItems} line items)`, edited),
    plainTable(
      'What it costs to log readings, so that every decision can be explained and made again',
      sampling,
    ),
    '\nThe decision alone, one thread',
    '| line items | µs, one slot | µs, break of 4 / 6 / 8 | µs, tight break of 6, p50 / p99 | ms to build | ms to take one edit over |',
    '|---|---|---|---|---|---|',
    ...costs.map(
      (cost) =>
        `| ${cost.lineItems} | ${cost.decideMicroseconds.toFixed(2)} | ${[4, 6, 8].map((ads) => cost.podMicroseconds[ads as 4].toFixed(1)).join(' / ')} | ${cost.tightMicroseconds.p50.toFixed(0)} / ${cost.tightMicroseconds.p99.toFixed(0)} | ${cost.buildIndexMs.toFixed(0)} | ${cost.editMs.toFixed(1)} |`,
    ),
    '\nWhat a snapshot takes in memory, source and index',
    '| line items | MB of source | MB in all | MB per 10,000 |',
    '|---|---|---|---|',
    ...memory.map(
      ({ lineItems: count, sourceBytes, bytes }) =>
        `| ${count} | ${(sourceBytes / 1e6).toFixed(1)} | ${(bytes / 1e6).toFixed(1)} | ${((bytes / 1e6) * (10_000 / count)).toFixed(1)} |`,
    ),
    `\nTaking over the last snapshot of ${lineItems} line items took ${swapMs.toFixed(0)} ms in slices, with requests in between.`,
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
    pods,
    edited,
    sampling,
    costs,
    memory,
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
