import { describe, expect, it } from 'vitest';
import { placeRecords } from './words.ts';

describe('what a place of an erasure held', () => {
  const at = { place: 'archive' as const, at: null, problem: null };
  it('is counted where somebody counts, and left out where nobody can', () => {
    expect(placeRecords({ ...at, state: 'erased', records: 1204 })).toBe('1,204 records');
    expect(placeRecords({ ...at, state: 'pending', records: 1 })).toBe('1 record');
    expect(placeRecords({ ...at, state: 'expiring', records: null })).toBe('');
    expect(placeRecords({ ...at, state: 'holds_none', records: 0 })).toBe('');
  });
});
