/**
 * npm run test:soak: one delivery node under half of the most it can answer, for ten minutes, with ads, breaks, pixels and
 * an edit every ten seconds, while what it logs is taken off it. Fails when an answer fails, a record is dropped, or memory
 * does not stay level. Writes bench/results/soak.md.
 *
 * Reservations and tokens last a minute here, so that what a node holds for as long as they last is full after two.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { NodeStatus } from '../server/src/kernel/delivery-protocol.ts';
import { call, until } from '../server/src/skins/delivery/testing/call.ts';
import { PLANE_KEY, startFakeControl } from '../server/src/skins/delivery/testing/fake-control.ts';
import { NO_SPEND } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { forkNode } from '../server/src/skins/delivery/testing/start-node.ts';
import { benchNodeOptions } from './harness.ts';
import type { LoadOrder, LoadReport } from './load-generator.ts';
import { adPaths, benchSnapshot, PLAYER_HEADERS, pixelPaths, podPaths } from './world.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, 'line-items': { type: 'string', default: '10000' } },
});
const minutes = Number(values.minutes);
const lineItems = Number(values['line-items']);
if (!(minutes >= 1)) throw new RangeError('--minutes must be at least 1');
if (!(lineItems >= 1)) throw new RangeError('--line-items must be at least 1');
/** Growth from the first third after warming up to the last that counts as level. */
const LEVEL = 0.1;
const HELD_MS = 60_000;
const EVERY_MS = 10_000;

const work = mkdtempSync(join(tmpdir(), 'cuepoint-soak-'));
const control = await startFakeControl();
const children: ChildProcess[] = [];
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

const sumOf = (reports: readonly LoadReport[], name: 'notOk' | 'connectionErrors') =>
  reports.reduce((sum, one) => sum + one[name], 0);
const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

try {
  const body = benchSnapshot(lineItems);
  control.publish(body);
  const options = await benchNodeOptions(work, control.origin, {
    reservationTtlMs: HELD_MS,
    tokenTtlMs: HELD_MS,
    segmentBytes: 32 * 1024 * 1024,
    logMaxBytes: 128 * 1024 * 1024,
  });
  const node = await forkNode(options);
  children.push(node.child);
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  const pid = node.child.pid!;
  const status = async () =>
    (
      await call(node.internalPort, '/internal/status', { headers: { Authorization: `Bearer ${PLANE_KEY}` } })
    ).json<NodeStatus>();

  // Nine requests for one ad to one for a break of four.
  const ads = adPaths();
  const mixed = join(work, 'mixed.txt');
  writeFileSync(
    mixed,
    podPaths(4)
      .flatMap((pod, n) => [...Array.from({ length: 9 }, (_, at) => ads[(n * 9 + at) % ads.length]), pod])
      .join('\n'),
  );
  const start = () => {
    const child = fork(here('./load-generator.ts'), [], {
      execArgv: ['--import', 'tsx', '--conditions=@cuepoint/source'],
    });
    children.push(child);
    return child;
  };
  const run = (generator: ChildProcess, order: Omit<LoadOrder, 'port' | 'headers'>) =>
    new Promise<LoadReport>((resolve, reject) => {
      generator.once('message', (message) => resolve(message as LoadReport));
      generator.once('exit', (code) => reject(new Error(`the load generator left with code ${code}`)));
      generator.send({ ...order, port: node.publicPort, headers: PLAYER_HEADERS });
    });
  const asking = start();
  const reporting = start();
  const most = await run(asking, {
    connections: 32,
    rate: null,
    pathsFile: mixed,
    warmMs: 3000,
    runMs: 5000,
  });
  const rate = Math.floor(most.perSecond / 2);
  console.log(`at most ${most.perSecond.toFixed(0)} requests/s: ${rate}/s for ${minutes} minutes`);

  const samples: { second: number; residentMb: number; open: number }[] = [];
  const startedAt = performance.now();
  let edits = 0;
  let busy: Promise<void> = Promise.resolve();
  const edit = async () => {
    const { durableThrough } = await status();
    edits++;
    const edited = body.lineItems.map((item, at) =>
      at === (edits * 37) % lineItems ? { ...item, cpmMicros: item.cpmMicros + 10_000 } : item,
    );
    control.publish(
      { ...body, lineItems: edited },
      { ...NO_SPEND, ingestedThrough: { [options.nodeId]: durableThrough } },
    );
    const { body: metrics } = await call(node.internalPort, '/metrics');
    const open = Number(/cuepoint_delivery_open_reservations (\d+)/.exec(metrics)?.[1]);
    samples.push({
      second: Math.round((performance.now() - startedAt) / 1000),
      residentMb: residentMb(pid),
      open,
    });
  };
  const editing = setInterval(() => {
    busy = busy.then(edit);
  }, EVERY_MS);
  const runMs = minutes * 60_000;
  const answers: LoadReport[] = [];
  const reports: LoadReport[] = [];
  const until2 = performance.now() + runMs;
  const both = async (
    list: LoadReport[],
    generator: ChildProcess,
    next: () => Omit<LoadOrder, 'port' | 'headers'>,
  ) => {
    while (performance.now() < until2) {
      list.push(await run(generator, next()));
      generator.removeAllListeners('exit');
    }
  };
  const slice = Math.min(50_000, runMs);
  await Promise.all([
    both(answers, asking, () => ({ connections: 32, rate, pathsFile: mixed, warmMs: 100, runMs: slice })),
    both(reports, reporting, () => {
      const pixels = join(work, `pixels-${reports.length}.txt`);
      writeFileSync(pixels, pixelPaths(2000, Math.floor(Date.now() / 1000)).join('\n'));
      return { connections: 16, rate: 200, pathsFile: pixels, warmMs: 100, runMs: slice };
    }),
  ]);
  clearInterval(editing);
  await busy;

  const warm = samples.filter(({ second }) => second >= Math.min(150, minutes * 20));
  const third = Math.max(1, Math.floor(warm.length / 3));
  const before = median(warm.slice(0, third).map((one) => one.residentMb));
  const after = median(warm.slice(-third).map((one) => one.residentMb));
  const growth = after / before - 1;
  const { body: metrics } = await call(node.internalPort, '/metrics');
  const metric = (name: string) =>
    Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  const bad = [...answers, ...reports].reduce((sum, one) => sum + one.notOk + one.connectionErrors, 0);
  const dropped = metric('cuepoint_delivery_log_records_dropped_total');
  const total = answers.reduce((sum, one) => sum + one.requests, 0);
  const pixels = reports.reduce((sum, one) => sum + one.requests, 0);
  const problems = [
    ...(bad > 0
      ? [
          `${sumOf(answers, 'notOk')} ad requests and ${sumOf(reports, 'notOk')} pixels answered other than 200, ${sumOf([...answers, ...reports], 'connectionErrors')} connections broken`,
        ]
      : []),
    ...(dropped > 0 ? [`${dropped} records were dropped`] : []),
    ...(growth > LEVEL ? [`memory grew by ${(growth * 100).toFixed(0)} %`] : []),
  ];
  const report = [
    `${minutes} minutes at ${rate} ad requests/s (half of ${most.perSecond.toFixed(0)}) and 200 pixels/s, ${lineItems} line items, ${edits} edits; ${cpus().length} cores, Node ${process.version}.`,
    '',
    `- ${total} ad requests and ${pixels} pixels answered, ${bad} failed, ${dropped} log records dropped`,
    `- p50 / p99 / p99.9 of ad requests, median of ${answers.length} runs: ${median(answers.map((one) => one.p50Ms)).toFixed(2)} / ${median(answers.map((one) => one.p99Ms)).toFixed(2)} / ${median(answers.map((one) => one.p999Ms)).toFixed(2)} ms`,
    `- resident memory: ${before.toFixed(0)} MB after warming up, ${after.toFixed(0)} MB at the end (${growth >= 0 ? '+' : ''}${(growth * 100).toFixed(1)} %)`,
    `- every minute: ${samples
      .filter((_, at) => at % 6 === 5)
      .map((one) => `${one.residentMb.toFixed(0)} MB`)
      .join(', ')}`,
    '',
    problems.length === 0 ? 'Level.' : `Not as it should be: ${problems.join('; ')}.`,
  ].join('\n');
  console.log(report);
  for (const { firstNotOk } of [...answers, ...reports]) if (firstNotOk !== null) console.log(firstNotOk);
  writeFileSync(here('./results/soak.md'), `${report}\n`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  await control.close();
  rmSync(work, { recursive: true, force: true });
}
