import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../testing/call.ts';
import { answerEngine, answerProblem, faceAnswers } from '../testing/face-answers.ts';
import { type RunningFaces, startFaces } from '../testing/start-faces.ts';

/* The same answers are held against the published schemas by tools/conformance/faces.ts, for who has them. */

let faces: RunningFaces;
beforeAll(async () => {
  faces = await startFaces(answerEngine());
});
afterAll(() => faces.close());

it.each(faceAnswers())('$name: our reader, our lint and a player take it', async (answer) => {
  const { status, body } = await call(faces.port, answer.path);
  expect(status).toBe(200);
  expect(await answerProblem(body, answer)).toBeUndefined();
  expect(faces.unservable).toEqual([]);
});
