import { afterEach, expect, it } from 'vitest';
import { until } from '../testing/call.ts';
import { PLANE_KEY, startFakeControl } from '../testing/fake-control.ts';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { SnapshotPuller } from './puller.ts';

const warnings: Error[] = [];
const keep = (warning: Error) => warnings.push(warning);
afterEach(() => process.off('warning', keep));

it('leaves nothing behind from one question to the next', async () => {
  process.on('warning', keep);
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
