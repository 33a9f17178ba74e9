/**
 * One node's ad request without HTTP: what is read, decided, signed, logged and written, over and over on one thread.
 * For profiles, and for figures of CPU that no load generator is part of.
 *
 *     node --import tsx --conditions=@cuepoint/source bench/hot-path.ts [line items] [requests]
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AD_ROUTES } from '../server/src/skins/delivery/ad-routes.ts';
import { askFor, aTurn, openBareNode, timeRounds } from './bare-node.ts';
import { adPaths } from './world.ts';

const lineItems = Number(process.argv[2] ?? 10_000);
const requests = Number(process.argv[3] ?? 60_000);
const node = await openBareNode(lineItems);
const parts = {
  ...node,
  publicBaseUrl: 'http://ads.example',
  onUnservable: (error: Error) => {
    throw error;
  },
};
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

await timeRounds(5, requests, async () => {
  bytes = 0;
  empty = 0;
  for (let n = 0; n < requests; n++) {
    const url = paths[n % paths.length]!;
    answer(parts, askFor(url) as unknown as IncomingMessage, response, url.slice(url.indexOf('?') + 1));
    if (n % 32 === 31) await aTurn();
  }
  return `${lineItems} line items, ${(bytes / requests).toFixed(0)} bytes, ${empty} empty, dropped ${node.log.droppedRecords}`;
});
await node.close();
