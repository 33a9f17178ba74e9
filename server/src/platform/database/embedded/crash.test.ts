import { expect, it } from 'vitest';
import { runCrashRounds } from './crash-rounds.ts';

it('loses nothing acknowledged when the process is killed while writing, 5 times', {
  timeout: 120_000,
}, async () => {
  const outcome = await runCrashRounds(5);
  console.info(
    `acknowledged ${outcome.acknowledged}, stored ${outcome.stored}, lost ${outcome.lost.length}, torn ${outcome.torn.length}`,
  );
  expect(outcome.acknowledged).toBeGreaterThan(25);
  expect(outcome.lost).toEqual([]);
  expect(outcome.torn).toEqual([]);
  expect(outcome.stored).toBeGreaterThanOrEqual(outcome.acknowledged);
});
