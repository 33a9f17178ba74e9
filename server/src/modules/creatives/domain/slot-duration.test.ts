import { expect, it } from 'vitest';
import { slotDurationMs } from './slot-duration.ts';

it.each([
  [15_015, 23.976, 15_000],
  [14_985, 29.97, 15_000],
  [30_030, 29.97, 30_030],
  [15_000, 25, 15_000],
  [15_042, 24, 15_042],
  [400, 25, 400],
])('%i ms at %f fps is planned as %i ms', (durationMs, fps, expected) => {
  expect(slotDurationMs(durationMs, fps)).toBe(expected);
});
