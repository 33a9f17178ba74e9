import type { TailRecord, TailStats } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { readLiveSearch, tailQuery } from './search.ts';
import { emptyTail, MOST_ROWS, ratesOf, reduceTail, type TailAction } from './tail-state.ts';

const record = (n: number) => ({ kind: 'request', decisionId: `dec_${n}` }) as TailRecord;
const records = (from: number, to: number): TailAction => ({
  type: 'records',
  records: Array.from({ length: to - from }, (_, at) => record(from + at)),
});
const stats = (more: Partial<TailStats>): TailAction => ({
  type: 'stats',
  stats: {
    seconds: 1,
    seen: 0,
    matched: 0,
    sent: 0,
    sampledOut: 0,
    dropped: 0,
    gaps: [],
    sources: [],
    ...more,
  },
});
const after = (...actions: TailAction[]) => actions.reduce(reduceTail, emptyTail);

describe('the live tail on the screen', () => {
  it('shows the newest first, and no more than it can', () => {
    const { rows } = after(records(0, 5), records(5, MOST_ROWS + 3));
    expect(rows).toHaveLength(MOST_ROWS);
    expect(rows[0]!.record.decisionId).toBe(`dec_${MOST_ROWS + 2}`);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(MOST_ROWS);
  });

  it('stands still while paused, counts all that matched meanwhile, and goes on with the newest of it', () => {
    const paused = after(
      records(0, 3),
      { type: 'pause' },
      records(3, 8),
      stats({ sampledOut: 40, dropped: 2 }),
    );
    expect(paused.rows.map(({ record: { decisionId } }) => decisionId)).toEqual(['dec_2', 'dec_1', 'dec_0']);
    expect([paused.held.length, paused.heldMatched]).toEqual([5, 47]);
    const on = reduceTail(paused, { type: 'resume' });
    expect(on.rows).toHaveLength(8);
    expect(on.rows[0]!.record.decisionId).toBe('dec_7');
    expect([on.held.length, on.heldMatched]).toEqual([0, 0]);
  });

  it('says how much of what matched is shown', () => {
    expect(ratesOf(emptyTail)).toBeNull();
    const all = after(stats({ seconds: 2, seen: 40, matched: 20, sent: 20 }));
    expect(ratesOf(all)).toEqual({ seen: 20, matched: 10, shown: 10, share: 1 });
    const sampled = after(stats({ seen: 400, matched: 400, sent: 40, sampledOut: 350, dropped: 10 }));
    expect(ratesOf(sampled)!.share).toBeCloseTo(0.1);
    expect(sampled.left).toEqual({ sampledOut: 350, dropped: 10 });
  });

  it('keeps its question in the address', () => {
    const search = readLiveSearch({
      event: 'error',
      invalid: 'maybe',
      problems: 'true',
      id: 7,
      reason: 'x'.repeat(65),
      open: 'dec_1',
    });
    expect(search).toEqual({ event: 'error', problems: true, id: '7', open: 'dec_1' });
    expect(String(tailQuery(search))).toBe('id=7&event=error&problems=true');
  });
});
