import { expect, it } from 'vitest';
import { runCrashRounds } from './crash-rounds.ts';

it('loses nothing acknowledged when the process is killed while writing, 3 times', {
  timeout: 120_000,
}, async () => {
  const outcome = await runCrashRounds(3);
  console.info(
    `acknowledged ${outcome.acknowledged}, stored ${outcome.stored}, lost ${outcome.lost.length}, torn ${outcome.torn.length}`,
  );
  expect(outcome.acknowledged).toBeGreaterThan(15);
  expect(outcome.lost).toEqual([]);
  expect(outcome.torn).toEqual([]);
  expect(outcome.stored).toBeGreaterThanOrEqual(outcome.acknowledged);
});
