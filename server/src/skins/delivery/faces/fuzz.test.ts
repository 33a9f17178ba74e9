import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { fuzzFaces, rawAnswers } from '../testing/fuzz-run.ts';
import { type RunningFaces, standardFakeEngine, startFaces } from '../testing/start-faces.ts';

describe.each(['http', 'plain'] as const)('the %s listener', (listener) => {
  let faces: RunningFaces;
  beforeAll(async () => {
    faces = await startFaces(standardFakeEngine(), listener);
  });
  afterAll(() => faces.close());

  it('answers two thousand strange requests without a fault', async () => {
    const { inputs, statuses, problems } = await fuzzFaces(faces.port, { seed: 1, inputs: 2000 });
    expect(problems).toEqual([]);
    expect(faces.faults).toEqual([]);
    expect(inputs).toBe(2000);
    // Were all refused at the door, nothing behind it would have been tried.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(200);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(400);
  }, 180_000);

  it('survives bytes that are no request', async () => {
    for (const line of await rawAnswers(faces.port)) expect(line).toMatch(/^($|HTTP\/1\.1 [1234]\d\d )/);
    expect((await call(faces.port, '/vast?pl=main')).status).toBe(200);
    expect(faces.faults).toEqual([]);
  });
});
