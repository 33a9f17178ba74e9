/**
 * npm run bench [-- --rounds 3 --seconds 2.5 --line-items 10000 --name latest --only ads,pixels]
 * Decision path and event ingestion of one delivery node, beside a bare node:http server that answers the same bytes,
 * in turn, in the same run: one ad, breaks, edits while serving, readings logged or not, sizes, pixels. Then the decision
 * alone and what a snapshot takes in memory. Prints tables; writes everything measured to bench/results/<name>.json, and
 * how cost grows with size as a picture beside it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants, cpus, loadavg, release, setPriority, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeSnapshot } from '../server/src/kernel/delivery-protocol.ts';
import { call } from '../server/src/skins/delivery/testing/call.ts';
import { startFakeControl } from '../server/src/skins/delivery/testing/fake-control.ts';
import { NO_SPEND } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { decisionCost } from './decision-cost.ts';
import { growthPicture } from './growth-picture.ts';
import { benchNodeOptions, CHILD_ARGUMENTS, Harness } from './harness.ts';
import { profileSummary } from './profile-summary.ts';
import { costTable, memoryTable, plainTable, type Series, table } from './tables.ts';
import { adPaths, benchSnapshot, PLAYER_HEADERS, pixelPaths, podPaths } from './world.ts';

const SECTIONS = ['ads', 'breaks', 'edits', 'readings', 'sizes', 'pixels', 'decision', 'profile'] as const;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2.5' },
    'line-items': { type: 'string', default: '10000' },
    name: { type: 'string', default: 'latest' },
    only: { type: 'string', default: SECTIONS.join() },
  },
});
const rounds = Number(values.rounds);
const runMs = Number(values.seconds) * 1000;
const lineItems = Number(values['line-items']);
for (const [name, value] of Object.entries({ rounds, seconds: runMs, 'line-items': lineItems }))
  if (!(value > 0)) throw new RangeError(`--${name} must be a number above 0`);
const wanted = new Set(values.only.split(','));
for (const name of wanted)
  if (!SECTIONS.some((one) => one === name))
    throw new RangeError(`--only holds "${name}"; accepted: ${SECTIONS.join(', ')}`);
const has = (section: (typeof SECTIONS)[number]) => wanted.has(section);

const AD_RATES = [null, 1000, 5000, 10_000];
const SIZES = [1000, 10_000, 100_000];
const CONNECTIONS = { ads: 32, pixels: 128 };
const work = mkdtempSync(join(tmpdir(), 'cuepoint-bench-'));
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function memoryCost(size: number): { lineItems: number; sourceBytes: number; bytes: number } {
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', ...CHILD_ARGUMENTS, here('./memory-cost.ts'), String(size)],
    { encoding: 'utf8' },
  );
  return JSON.parse(output);
}

/** Snapshots in which one line item has another price, encoded beforehand: publishing one costs the bench nothing. */
function editedSnapshots(count: number) {
  const body = benchSnapshot(lineItems);
  return Array.from({ length: count }, (_, n) => {
    const edited = body.lineItems.map((item, at) =>
      at % Math.ceil(lineItems / 3) === n ? { ...item, cpmMicros: item.cpmMicros + 10_000 } : item,
    );
    const next = { ...body, lineItems: edited };
    return { body: next, encoded: encodeSnapshot(next, NO_SPEND, new Date().toISOString()) };
  });
}

const startedAt = new Date().toISOString();
const loadBefore = loadavg()[0]!;
const harness = new Harness(rounds, runMs);
const control = await startFakeControl();
try {
  const costs = has('decision') ? decisionCost(SIZES) : [];
  const memory = has('decision') ? SIZES.map(memoryCost) : [];
  control.publish(benchSnapshot(lineItems));
  const options = await benchNodeOptions(work, control.origin);
  const startNode = (name: string, over: Partial<typeof options>, nodeArguments: string[] = []) =>
    harness.startNode(name, { ...options, dataDir: join(work, name), ...over }, nodeArguments);
  const delivery = await startNode('delivery node', {});
  const plain = await startNode('delivery node, plain listener', { listener: 'plain' });
  const nodes = [delivery, plain];

  const file = (name: string, paths: readonly string[]) => {
    writeFileSync(join(work, name), paths.join('\n'));
    return join(work, name);
  };
  const sample = await call(delivery.port, adPaths()[1]!, { headers: PLAYER_HEADERS });
  if (!sample.body.includes('<Ad '))
    throw new Error(`the bench world serves no ad: ${sample.status} ${sample.body}`);
  const player = {
    connections: CONNECTIONS.ads,
    headers: PLAYER_HEADERS,
    pathsFile: file('ads.txt', adPaths()),
  };

  let ads: Series[] = [];
  if (has('ads')) {
    const type = 'application/xml; charset=utf-8';
    const floor = await harness.startFloor(sample.bytes, type, 'node:http floor, same bytes');
    ads = await harness.alternate([floor, ...nodes], AD_RATES, player);
  }

  const pods: Series[] = [];
  for (const most of has('breaks') ? [1, 4, 8] : []) {
    const asked = { ...player, pathsFile: file(`pods-${most}.txt`, podPaths(most)) };
    const names = nodes.map((one) => ({ ...one, name: `${one.name}, break of up to ${most}` }));
    pods.push(...(await harness.alternate(names, [null, 2000], asked)));
  }

  // One price changes every second, and the whole snapshot is another each time.
  let edited: Series[] = [];
  let edits = 0;
  if (has('edits')) {
    const variants = editedSnapshots(3);
    // The control plane has a machine of its own; here it may at least not take the node's turn.
    setPriority(constants.priority.PRIORITY_LOW);
    const editing = setInterval(() => {
      const { body, encoded } = variants[edits++ % variants.length]!;
      control.publishEncoded(body, encoded);
    }, 1000);
    edited = await harness.alternate(nodes, [5000, 10_000], player, { runMs: 8000 });
    clearInterval(editing);
  }

  let sampling: Series[] = [];
  if (has('readings')) {
    const unsampled = await startNode('no readings logged', { decisionSampleRate: 0 });
    const sampled = await startNode('readings of every decision logged', {});
    // Both are as new, and as warm, as each other.
    for (const one of [unsampled, sampled])
      await harness.measure(one, { ...player, rate: null, warmMs: 0, runMs: 6000 });
    sampling = await harness.alternate([unsampled, sampled], [5000], player, {
      runMs: 2000,
      rounds: 5 * rounds,
    });
    for (const { child } of [unsampled, sampled]) child.kill('SIGKILL');
  }

  const sizes: Series[] = [];
  for (const size of has('sizes') ? SIZES : []) {
    const other = await startFakeControl();
    other.publish(benchSnapshot(size));
    const node = await startNode(`${size} line items`, { controlOrigin: other.origin, listener: 'plain' });
    await harness.measure(node, { ...player, rate: null, warmMs: 0, runMs: 5000 });
    sizes.push(...(await harness.alternate([node], [null, 10_000], player)));
    node.child.kill('SIGKILL');
    await other.close();
  }

  let pixels: Series[] = [];
  if (has('pixels')) {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    const floor = await harness.startFloor(gif, 'image/gif', 'node:http floor, stores nothing');
    const durable = nodes.map((one) => ({ ...one, name: `${one.name}, durable pixels` }));
    pixels = await harness.alternate([floor, ...durable], [null, 3000], {
      connections: CONNECTIONS.pixels,
      pathsFile: file('pixels.txt', pixelPaths(50_000, Math.floor(Date.now() / 1000))),
      headers: PLAYER_HEADERS,
    });
  }

  const metrics = (await call(delivery.internalPort, '/metrics')).body
    .split('\n')
    .filter((line) => /^cuepoint_delivery|^process_resident|^nodejs_eventloop_lag_max/.test(line));

  // A profile of the busy node, from a process of its own so that profiling slows nothing above.
  let profile: ReturnType<typeof profileSummary> | undefined;
  if (has('profile')) {
    const profileDir = join(work, 'profile');
    mkdirSync(profileDir);
    const profiled = await startNode('profiled', { listener: 'plain' }, [
      '--cpu-prof',
      `--cpu-prof-dir=${profileDir}`,
    ]);
    await harness.measure(profiled, { ...player, rate: null, warmMs: 500, runMs: 5000 });
    const left = new Promise((resolve) => profiled.child.once('exit', resolve));
    profiled.child.kill('SIGTERM');
    await left;
    profile = readdirSync(profileDir)
      .map((name) => profileSummary(join(profileDir, name)))
      .sort((one, other) => other.length - one.length)[0];
  }

  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadBefore,
    loadAfter: loadavg()[0]!,
  };
  const spent = `${lineItems} line items, ${rounds} rounds of ${runMs / 1000} s`;
  const output = [
    `machine: ${JSON.stringify(machine)}`,
    ...(ads.length > 0
      ? [table(`Ad requests (GET /vast), ${CONNECTIONS.ads} connections, ${spent}`, ads)]
      : []),
    ...(pixels.length > 0
      ? [table(`Pixels (GET /t), ${CONNECTIONS.pixels} connections, acknowledged after fdatasync`, pixels)]
      : []),
    plainTable('Breaks (GET /vast), by most ads', pods),
    plainTable(`One price edited every second (${edits} snapshots of ${lineItems} line items)`, edited),
    plainTable(
      'What it costs to log readings, so that every decision can be explained and made again',
      sampling,
    ),
    plainTable('Ad requests by number of line items, plain listener', sizes),
    costTable(costs),
    memoryTable(memory),
  ]
    .filter((part) => part !== '')
    .join('\n');
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
    sizes,
    costs,
    memory,
    profile,
    metrics,
  };
  mkdirSync(here('./results'), { recursive: true });
  writeFileSync(here(`./results/${values.name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(here(`./results/${values.name}.md`), `${output}\n`);
  if (costs.length > 0 && sizes.length > 0)
    writeFileSync(here(`./results/${values.name}-growth.svg`), growthPicture(costs, sizes));
} finally {
  harness.close();
  await control.close();
  rmSync(work, { recursive: true, force: true });
}
