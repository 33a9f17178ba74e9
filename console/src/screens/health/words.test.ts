import { expect, it } from 'vitest';
import { lagText } from './words.ts';

it('says how much waits, and that it is not known', () => {
  const lag = (lagRecords: number | null, hasMore: boolean, lagBytes: number | null) =>
    lagText({ lagRecords, hasMore, lagBytes } as never);
  expect(lag(null, false, null)).toBeNull();
  expect(lag(1, false, null)).toBe('1 record');
  expect(lag(1000, true, 4100)).toBe('more than 1,000 records, 4.1 kB');
});
