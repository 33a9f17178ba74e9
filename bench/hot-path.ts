/**
 * One node's ad request without HTTP: what is read, decided, signed, logged and written, over and over on one thread.
 * For profiles, and for figures of CPU that no load generator is part of.
 *
 *     node --import tsx --conditions=@cuepoint/source bench/hot-path.ts [line items] [requests]
 */
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { encodeSnapshot, openSnapshot } from '../server/src/kernel/delivery-protocol.ts';
import { AD_ROUTES } from '../server/src/skins/delivery/ad-routes.ts';
import { DeliveryMetrics } from '../server/src/skins/delivery/metrics.ts';
import { SnapshotDiffer } from '../server/src/skins/delivery/snapshot/differ.ts';
import { newEngine, openLog } from '../server/src/skins/delivery/testing/open-engine.ts';
import { NO_SPEND } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { GeoDatabase, IdentityKeys, ViewerReader } from '../server/src/skins/delivery/viewer/index.ts';
import { adPaths, benchPlaces, benchSnapshot, PLAYER_HEADERS } from './world.ts';

const lineItems = Number(process.argv[2] ?? 10_000);
const requests = Number(process.argv[3] ?? 60_000);
const { log, dir: work, remove } = await openLog({ segmentBytes: 64 * 1024 * 1024 });
const engine = newEngine(log);
const opened = openSnapshot(
  encodeSnapshot(benchSnapshot(lineItems), NO_SPEND, new Date().toISOString()).text,
);
if (!opened.ok) throw new Error(opened.problem);
await engine.take(new SnapshotDiffer().change(opened.header, opened.bodyText, opened.spend));

const placesFile = join(work, 'places.mmdb');
writeFileSync(placesFile, benchPlaces());
const places = new GeoDatabase(placesFile);
await places.refresh();
const viewers = new ViewerReader(['127.0.0.0/8'], undefined, {
  places,
  keys: new IdentityKeys('viewers of the bench'),
});
const parts = {
  engine,
  viewers,
  metrics: new DeliveryMetrics(),
  publicBaseUrl: 'http://ads.example',
  nowMs: Date.now,
  onUnservable: (error: Error) => {
    throw error;
  },
};
const headers = Object.fromEntries(
  Object.entries({ ...PLAYER_HEADERS, Host: 'ads.example' }).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]),
);
const socket = { remoteAddress: '127.0.0.1' };
// A socket takes a text by copying it out, whatever it was put together from.
const wire = Buffer.alloc(256 * 1024);
let bytes = 0;
let empty = 0;
const response = {
  writeHead() {},
  end(body: string) {
    bytes += wire.write(body, 'latin1');
    if (body.length < 1000) empty++;
  },
} as unknown as ServerResponse;
const paths = adPaths();
const answer = AD_ROUTES.get('/vast')!;

for (let round = 0; round < 5; round++) {
  bytes = 0;
  empty = 0;
  const before = process.cpuUsage();
  const startedAt = performance.now();
  for (let n = 0; n < requests; n++) {
    const url = paths[n % paths.length]!;
    const request = { method: 'GET', url, headers, socket } as unknown as IncomingMessage;
    answer(parts, request, response, url.slice(url.indexOf('?') + 1));
    if (n % 32 === 31) await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  const each = (total: number) => (total / requests).toFixed(1);
  console.log(
    `${lineItems} line items: ${each((performance.now() - startedAt) * 1000)} µs each, CPU ${each(user)} user and ${each(system)} system, ${(bytes / requests).toFixed(0)} bytes, ${empty} empty, dropped ${log.droppedRecords}`,
  );
}
places.close();
await remove();
