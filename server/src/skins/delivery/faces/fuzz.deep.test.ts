import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { fuzzFaces, rawAnswers } from '../testing/fuzz-run.ts';
import { type RunningFaces, standardFakeEngine, startFaces } from '../testing/start-faces.ts';

const MIB = 1024 * 1024;
const SEEDS = [11, 22, 33, 44, 55];
const INPUTS_EACH = 24_000;

let faces: RunningFaces;
beforeAll(async () => {
  // Over a whole node instead: `startNode({ controlOrigin })` has the port as `publicPort`.
  faces = await startFaces(standardFakeEngine());
});
afterAll(() => faces.close());

it.each(SEEDS)(
  `answers ${INPUTS_EACH} strange requests of seed %i without a fault and keeps nothing of them`,
  async (seed) => {
    const { inputs, statuses, problems, heapGrowth } = await fuzzFaces(faces.port, {
      seed,
      inputs: INPUTS_EACH,
    });
    console.log(
      `seed ${seed}: ${inputs} inputs`,
      Object.fromEntries(statuses),
      `heap ${(heapGrowth / MIB).toFixed(1)} MiB`,
    );
    expect(problems).toEqual([]);
    expect(faces.faults).toEqual([]);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(INPUTS_EACH / 10);
    expect(heapGrowth).toBeLessThan(24 * MIB);
  },
);

it('survives bytes that are no request, many times over', async () => {
  for (let round = 0; round < 50; round++)
    for (const line of await rawAnswers(faces.port)) expect(line).toMatch(/^($|HTTP\/1\.1 [1234]\d\d )/);
  expect((await call(faces.port, '/vast?pl=main')).status).toBe(200);
  expect(faces.faults).toEqual([]);
}, 300_000);
