/**
 * `npm run test:soak [-- --minutes 30]`: the measurements that need time rather than cleverness. First a delivery node under
 * half of the most it can answer, a third of the time: its memory must stay level (bench/soak.ts). Then the fault campaign
 * over real processes, another third (tools/faults.ts). Then the crash rounds of the embedded database and of the delivery
 * log, again and again, until the time is up. Record the result in docs/ when it is worth keeping.
 */
import { parseArgs } from 'node:util';
import { bin, run } from './steps.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes is "${values.minutes}": expected a number above 0`);
  process.exit(2);
}
const suites = [
  ['vitest.deep.config.ts', 'server/src/platform/database/embedded/crash.deep.test.ts'],
  ['vitest.config.ts', 'server/src/skins/delivery/crash.test.ts'],
];
const until = performance.now() + minutes * 60_000;
const soakMinutes = Math.max(1, Math.round(minutes / 3));
const source = ['--import', 'tsx', '--conditions=@cuepoint/source'];
const node = [...source, 'bench/soak.ts', '--minutes', `${soakMinutes}`];
const load = await run(process.execPath, node);
console.log(load.output);
console.log(`${load.code === 0 ? 'ok  ' : 'FAIL'} delivery node under load ${load.seconds.toFixed(0)} s`);
if (load.code !== 0) process.exit(1);
const campaign = ['--seed', '1', '--rounds', '100000', '--minutes', `${soakMinutes}`];
const faults = await run(process.execPath, [...source, 'tools/faults.ts', ...campaign]);
console.log(faults.output);
console.log(`${faults.code === 0 ? 'ok  ' : 'FAIL'} fault campaign ${faults.seconds.toFixed(0)} s`);
if (faults.code !== 0) process.exit(1);
console.log(
  `soak: ${suites.map(([, file]) => file).join(' and ')}, again and again for the rest of ${minutes} minutes`,
);
let rounds = 0;
while (performance.now() < until && process.exitCode === undefined) {
  for (const [config, file] of suites) {
    const { code, output, seconds } = await run(bin('vitest'), ['run', '--config', config, file]);
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} round ${rounds + 1} ${file} ${seconds.toFixed(0)} s`);
    if (code === 0) continue;
    console.log(output);
    process.exitCode = 1;
    break;
  }
  rounds += 1;
}
console.log(`soak: ${rounds} rounds${process.exitCode ? ', the last one failed' : ', nothing lost'}`);
