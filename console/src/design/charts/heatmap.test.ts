import { expect, it } from 'vitest';
import { shadeOf } from './heatmap.tsx';

it('has a shade for nothing alone, and the darkest for the most alone', () => {
  expect([0, 1, 25, 26, 50, 51, 75, 76, 100].map((value) => shadeOf(value, 100))).toEqual([
    0, 1, 1, 2, 2, 3, 3, 4, 4,
  ]);
  expect([shadeOf(0, 0), shadeOf(-1, 10), shadeOf(1, 1)]).toEqual([0, 0, 4]);
});
