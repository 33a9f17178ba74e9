import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSnapshot, openSnapshot } from '../server/src/kernel/delivery-protocol.ts';
import { DeliveryMetrics } from '../server/src/skins/delivery/metrics.ts';
import { SnapshotDiffer } from '../server/src/skins/delivery/snapshot/differ.ts';
import { newEngine, openLog } from '../server/src/skins/delivery/testing/open-engine.ts';
import { NO_SPEND } from '../server/src/skins/delivery/testing/sample-snapshot.ts';
import { GeoDatabase, IdentityKeys, ViewerReader } from '../server/src/skins/delivery/viewer/index.ts';
import { benchPlaces, benchSnapshot, PLAYER_HEADERS } from './world.ts';

/** What a delivery node answers with, without a listener: a snapshot of the bench's world, a log on the disk, places. */
export async function openBareNode(lineItems: number) {
  const { log, dir, remove } = await openLog({ segmentBytes: 64 * 1024 * 1024 });
  const engine = newEngine(log);
  const opened = openSnapshot(
    encodeSnapshot(benchSnapshot(lineItems), NO_SPEND, new Date().toISOString()).text,
  );
  if (!opened.ok) throw new Error(opened.problem);
  await engine.take(new SnapshotDiffer().change(opened.header, opened.bodyText, opened.spend));
  const placesFile = join(dir, 'places.mmdb');
  writeFileSync(placesFile, benchPlaces());
  const places = new GeoDatabase(placesFile);
  await places.refresh();
  const viewers = new ViewerReader(['127.0.0.0/8'], undefined, {
    places,
    keys: new IdentityKeys('viewers of the bench'),
  });
  return {
    engine,
    viewers,
    log,
    metrics: new DeliveryMetrics(),
    nowMs: Date.now,
    async close() {
      places.close();
      await remove();
    },
  };
}

const headers = Object.fromEntries(
  Object.entries({ ...PLAYER_HEADERS, Host: 'ads.example' }).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]),
);
const socket = { remoteAddress: '127.0.0.1' };

/** A player's request as a listener would have read it. */
export const askFor = (url: string) => ({ method: 'GET', url, headers, socket });

/** Runs rounds of so many requests and prints what each cost; `run` returns what else there is to say. */
export async function timeRounds(
  rounds: number,
  each: number,
  run: (round: number) => Promise<string>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const more = await run(round);
    const { user, system } = process.cpuUsage(before);
    const [wall, inUser, inKernel] = [(performance.now() - startedAt) * 1000, user, system].map((total) =>
      (total / each).toFixed(1),
    );
    console.log(`${wall} µs each, CPU ${inUser} user and ${inKernel} system, ${more}`);
  }
}

/** Lets what waits for the disk or the next turn go on. */
export const aTurn = () => new Promise((resolve) => setImmediate(resolve));
