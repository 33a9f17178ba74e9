/**
 * `npm run test:faults -- --seed 1 --rounds 300 [--store embedded]`: the fault campaign, over real processes. Every twenty
 * rounds begin with a new installation. A round that fails ends it, with the command that repeats it: one seed is the
 * faults of one round, so what came before in the same installation is repeated too.
 */
import { parseArgs } from 'node:util';
import { startFaultyInstallation } from '../server/src/testing/faults/installation.ts';
import { faultRound } from '../server/src/testing/faults/round.ts';

const ROUNDS_EACH = 20;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '20' },
    minutes: { type: 'string' },
    store: { type: 'string', default: 'postgres' },
  },
});
const number = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} is "${text}": expected a whole number above 0`);
  process.exit(2);
};
const { store } = values;
if (store !== 'postgres' && store !== 'embedded') {
  console.error(`--store is "${store}": expected postgres or embedded`);
  process.exit(2);
}
const first = number('seed', values.seed);
const rounds = number('rounds', values.rounds);
const until =
  values.minutes === undefined
    ? Number.POSITIVE_INFINITY
    : performance.now() + number('minutes', values.minutes) * 60_000;

const sums = { rounds: 0, ads: 0, acknowledged: 0, unanswered: 0 };
const kinds = new Map<string, number>();
while (sums.rounds < rounds && performance.now() < until && process.exitCode === undefined) {
  const began = first + sums.rounds;
  const world = await startFaultyInstallation(store);
  if (world === null) process.exit(1);
  const campaign = { acknowledged: new Set<string>(), sent: new Set<string>() };
  for (let n = 0; n < ROUNDS_EACH && sums.rounds < rounds && performance.now() < until; n++) {
    const round = await faultRound(world, campaign, began + n);
    sums.rounds++;
    sums.ads += round.ads;
    sums.acknowledged += round.acknowledged;
    sums.unanswered += round.unanswered;
    for (const line of round.done) {
      const kind = line.replace(/^\S+ s /, '');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const isGood = round.faults.length === 0;
    console.log(
      `${isGood ? 'ok  ' : 'FAIL'} seed ${round.seed}: ${round.ads} ads, ${round.acknowledged} events acknowledged, ${round.unanswered} not; ${round.done.join(', ')}; ${round.seconds.toFixed(0)} s`,
    );
    if (isGood) continue;
    console.log(round.faults.join('\n'));
    console.log(`repeat it: npm run test:faults -- --seed ${began} --rounds ${n + 1} --store ${store}`);
    process.exitCode = 1;
    break;
  }
  await world.close();
}
console.log(`faults: ${JSON.stringify(Object.fromEntries([...kinds].sort()))}`);
console.log(
  `${sums.rounds} rounds from seed ${first}: ${sums.ads} ads, ${sums.acknowledged} events acknowledged and counted once, ${sums.unanswered} not answered${process.exitCode ? '; the last round failed' : '; nothing lost, doubled or overspent'}`,
);
