import { type ChosenAd, MAX_STREAM_KEYS } from '@cuepoint/decisioning';
import { describe, expect, it } from 'vitest';
import { Streams } from './streams.ts';

const HOUR_MS = 3_600_000;

/** An ad of a brand, category and file of its own. */
const ad = (n: number) =>
  ({
    lineItem: { brandKey: 1000 + n, labelKeys: [], separatesStream: false },
    creative: { categoryKeys: [2000 + n], domainKey: 3000 + n, fingerprintKey: 4000 + n },
  }) as unknown as ChosenAd;
const KEYS_OF_ONE = 8;

describe('what streams have shown', () => {
  it('is kept by account and session, as pairs, and forgotten after six hours of silence', () => {
    const streams = new Streams();
    streams.add('acc_1', 's', [ad(1)], 0);
    streams.add('acc_1', 's', [ad(2)], HOUR_MS);
    expect(streams.keysOf('acc_1', 's', HOUR_MS)).toHaveLength(2 * KEYS_OF_ONE);
    expect(streams.keysOf('acc_2', 's', HOUR_MS)).toEqual([]);
    expect(streams.keysOf('acc_1', 't', HOUR_MS)).toEqual([]);
    expect(streams.keysOf('acc_1', 's', 7 * HOUR_MS - 1)).toHaveLength(2 * KEYS_OF_ONE);
    expect(streams.keysOf('acc_1', 's', 7 * HOUR_MS)).toEqual([]);
    streams.add('acc_1', 's', [ad(3)], 7 * HOUR_MS);
    expect(streams.keysOf('acc_1', 's', 7 * HOUR_MS)).toHaveLength(KEYS_OF_ONE);
    streams.add('acc_1', 'silent', [], 0);
    expect(streams.size).toBe(1);
  });

  it('is bounded by session, by sessions and in all, the longest silent forgotten first', () => {
    const one = new Streams();
    for (let n = 0; n < 200; n++) one.add('acc_1', 's', [ad(n)], n);
    expect(one.keysOf('acc_1', 's', 200)).toHaveLength(MAX_STREAM_KEYS);
    const few = new Streams(3);
    for (const id of ['a', 'b', 'c', 'a', 'd']) few.add('acc_1', id, [ad(1)], 0);
    expect(['a', 'b', 'c', 'd'].filter((id) => few.keysOf('acc_1', id, 0).length > 0)).toEqual([
      'a',
      'c',
      'd',
    ]);
    const small = new Streams(100, 4 * KEYS_OF_ONE);
    for (const id of ['a', 'b', 'c']) small.add('acc_1', id, [ad(1)], 0);
    small.add('acc_1', 'd', [ad(1), ad(2), ad(3)], 0);
    expect(['a', 'b', 'c', 'd'].filter((id) => small.keysOf('acc_1', id, 0).length > 0)).toEqual(['c', 'd']);
  });
});
