/**
 * One node's pixels without HTTP: the address checked, filtered, booked and logged, over and over on one thread, answered once
 * their records are on the disk. For profiles, and for figures of CPU that no load generator is part of.
 *
 *     node --import tsx --conditions=@cuepoint/source bench/hot-pixels.ts [line items] [decisions a round]
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveTracking } from '../server/src/skins/delivery/event-routes.ts';
import { TrafficFilter } from '../server/src/skins/delivery/traffic/traffic-filter.ts';
import { askFor, aTurn, openBareNode, timeRounds } from './bare-node.ts';
import { pixelPaths } from './world.ts';

const ROUNDS = 8;
const lineItems = Number(process.argv[2] ?? 10_000);
const decisions = Number(process.argv[3] ?? 20_000);
const node = await openBareNode(lineItems);
const { engine } = node;
const parts = {
  ...node,
  traffic: new TrafficFilter({
    viewers: node.viewers,
    hosting: () => null,
    durationMs: (id) => engine.state?.creatives.get(id)?.durationMs,
    hasBegun: (claims) => engine.events.hasBegun(claims),
  }),
};
let answered = 0;
let refused = 0;
const response = {
  writeHead() {},
  end() {
    answered++;
  },
} as unknown as ServerResponse;
const refuse = () => {
  refused++;
};
// Made before anything is timed; of seconds that are far enough back for what plays at the speed of a viewer.
const now = Math.floor(Date.now() / 1000) - 60;
const rounds = Array.from({ length: ROUNDS }, (_, round) => pixelPaths(decisions, now - round));

await timeRounds(ROUNDS, rounds[0]!.length, async (round) => {
  answered = 0;
  refused = 0;
  const paths = rounds[round]!;
  for (let n = 0; n < paths.length; n++) {
    const request = askFor(paths[n]!) as unknown as IncomingMessage;
    serveTracking(parts, request, response, paths[n]!.slice('/t/'.length), '', refuse);
    if (n % 128 === 127) await aTurn();
  }
  while (answered + refused < paths.length) await aTurn();
  return `${lineItems} line items, ${node.log.batches} batches so far, ${refused} refused`;
});
await node.close();
