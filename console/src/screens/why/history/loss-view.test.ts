import type { LossDay, LossHistory } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { OTHER, partsOf, sentenceOf, seriesOf, stackedDays } from './loss-view.ts';

const reasons = Array.from({ length: 9 }, (_, at) => ({ reason: `reason_${at}`, count: 90 - at }));
const day = (more: Partial<LossDay> = {}): LossDay => ({
  day: '2026-11-17',
  startAt: '2026-11-17T00:00:00.000Z',
  endAt: '2026-11-18T00:00:00.000Z',
  requests: 1000,
  known: 1000,
  served: 100,
  servedShare: 0.1,
  lost: reasons.map(({ reason }) => ({ reason, count: 100, share: 0.1 })),
  ...more,
});

describe('the strip of lost requests', () => {
  it('colours seven reasons and puts the rest together, so that nothing is left out', () => {
    const series = seriesOf({ reasons });
    expect(series).toHaveLength(8);
    expect(series.at(-1)!.name).toBe(OTHER);
    const parts = partsOf(day(), series);
    expect(parts.at(-1)!.share).toBeCloseTo(0.2);
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(0.9);
    expect(seriesOf({ reasons: reasons.slice(0, 7) })).toHaveLength(7);
  });

  it('says a day in words: exact, of a sample, unknown, empty', () => {
    expect(
      sentenceOf(
        day({ lost: reasons.slice(0, 1).map(({ reason }) => ({ reason, count: 9, share: 0.3 })) }),
        'counted',
        0,
      ),
    ).toBe('17 Nov: 1,000 requests, 30.0\u00a0% lost: reason_0 30.0\u00a0%.');
    expect(sentenceOf(day({ known: 20, lost: [] }), 'explained', 2)).toBe(
      '17 Nov: 20 of 1,000 requests explained, 0.0\u00a0% lost. 2 changes.',
    );
    expect(sentenceOf(day({ known: 0, lost: [] }), 'explained', 0)).toBe(
      '17 Nov: 0 of 1,000 requests explained.',
    );
    expect(sentenceOf(day({ requests: 0, known: 0, lost: [] }), 'counted', 1)).toBe(
      '17 Nov: no request. 1 change.',
    );
  });

  it('puts the numbers of changes above their days', () => {
    const change = { id: 'a', day: '2026-11-17' } as NonNullable<LossHistory['changes']>[number];
    const history = {
      basis: 'counted',
      reasons,
      days: [day({ day: '2026-11-16' }), day()],
      changes: [{ ...change, day: '2026-11-16' }, change, change],
    } as unknown as LossHistory;
    expect(stackedDays(history).map(({ marks }) => marks)).toEqual([[1], [2, 3]]);
    expect(stackedDays({ ...history, changes: null }).map(({ marks }) => marks)).toEqual([[], []]);
  });
});
