import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { until } from '../testing/call.ts';
import { PLANE_KEY, startFakeControl } from '../testing/fake-control.ts';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { SnapshotPuller } from './puller.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A puller over a control plane that answers as it is told. */
async function pulling(answer: (response: ServerResponse, count: number) => void) {
  let asked = 0;
  const problems: string[] = [];
  const held: string[] = ['one'];
  const server = createServer((_request, response) => answer(response, ++asked));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const puller = new SnapshotPuller({
    controlOrigin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    planeKey: 'k'.repeat(32),
    heldTag: () => held.at(-1),
    takesDifference: () => true,
    onSnapshot: async (text) => void held.push(text),
    onConfirmed: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
  puller.start();
  closers.push(() => puller.stop());
  return { puller, problems, held, asked: () => asked };
}

it('asks at once when it is told of a snapshot, though the control plane has just refused', async () => {
  let isRefusing = true;
  const { puller, held, asked, problems } = await pulling((response) =>
    isRefusing ? response.writeHead(503).end() : response.end('two'),
  );
  // Three refusals: the next question would come a second later.
  await until(() => asked() === 3);
  isRefusing = false;
  const toldAt = performance.now();
  puller.hurry('two');
  await until(() => held.at(-1) === 'two');
  expect(performance.now() - toldAt).toBeLessThan(500);
  expect(problems).toEqual(['the control plane answered 503 for the snapshot']);
});

it('asks anew on a connection that says nothing, once for each notice', async () => {
  const { puller, held, asked, problems } = await pulling((response, count) => {
    if (count > 2) response.end('two');
  });
  await until(() => asked() === 1);
  puller.hurry('one');
  await new Promise((resolve) => setTimeout(resolve, 500));
  // What is held is no news.
  expect(asked()).toBe(1);
  puller.hurry('two');
  await until(() => asked() === 2, 2000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(asked()).toBe(2);
  puller.hurry('two');
  await until(() => held.at(-1) === 'two', 2000);
  expect(problems).toEqual([]);
});

it('leaves nothing behind from one question to the next', async () => {
  const warnings: Error[] = [];
  const keep = (warning: Error) => warnings.push(warning);
  process.on('warning', keep);
  closers.push(() => process.off('warning', keep));
  const control = await startFakeControl();
  control.publish(sampleSnapshot());
  let pulls = 0;
  const puller = new SnapshotPuller({
    controlOrigin: control.origin,
    planeKey: PLANE_KEY,
    heldTag: () => undefined,
    takesDifference: () => true,
    onSnapshot: async () => void pulls++,
    onConfirmed: () => undefined,
    onProblem: () => undefined,
  });
  puller.start();
  await until(() => pulls >= 14);
  const startedAt = performance.now();
  await puller.stop();
  expect(performance.now() - startedAt).toBeLessThan(1000);
  await control.close();
  // Eleven listeners of one signal are what Node warns of.
  expect(warnings).toEqual([]);
});
