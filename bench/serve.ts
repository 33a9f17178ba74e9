/**
 * A delivery node of the bench's world for another load generator to ask, until it is stopped:
 *
 *     node --import tsx --conditions=@cuepoint/source bench/serve.ts [line items] [http | plain] [port] [file for paths]
 *
 * Writes the paths to ask, one a line as `GET <path>`, and prints the origin and the headers a player sends.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeControl } from '../server/src/skins/delivery/testing/fake-control.ts';
import { benchNodeOptions, Harness } from './harness.ts';
import { adPaths, benchSnapshot, PLAYER_HEADERS } from './world.ts';

const [lineItems = '10000', listener = 'plain', port = '4790', pathsFile = 'bench-paths.txt'] =
  process.argv.slice(2);
if (listener !== 'http' && listener !== 'plain')
  throw new RangeError(`the listener is "${listener}"; accepted: http, plain`);
const work = mkdtempSync(join(tmpdir(), 'cuepoint-serve-'));
const control = await startFakeControl();
control.publish(benchSnapshot(Number(lineItems)));
const options = await benchNodeOptions(work, control.origin, { publicPort: Number(port), listener });
const harness = new Harness(1, 1000);
await harness.startNode('served', options);
writeFileSync(
  pathsFile,
  adPaths()
    // Generators that send no headers say the place this way.
    .map((path) => `GET ${path}&country=DE\n`)
    .join(''),
);
console.log(
  `http://127.0.0.1:${port} serves ${lineItems} line items; paths in ${pathsFile}; headers ${JSON.stringify(PLAYER_HEADERS)}`,
);
process.once('SIGINT', () => {
  harness.close();
  process.exit(0);
});
