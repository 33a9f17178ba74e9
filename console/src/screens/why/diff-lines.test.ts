import { describe, expect, it } from 'vitest';
import { diffLines } from './diff-lines.ts';

describe('a change as two lines', () => {
  it('says targeting as a sentence', () => {
    const country = (...values: string[]) => ({ dimension: 'country', operator: 'any_of', values });
    expect(diffLines('targeting', country('FR'), country('FR', 'DE'))).toEqual([
      { sign: '-', text: 'targeting: Country is FR' },
      { sign: '+', text: 'targeting: Country is FR or DE' },
    ]);
  });
  it('says everything else as it would be sent', () => {
    expect(diffLines('creatives', ['a'], ['a', 'b']).map((line) => line.text)).toEqual([
      'creatives: ["a"]',
      'creatives: ["a", "b"]',
    ]);
    expect(diffLines('dailyBudgetMicros', 5_000_000, null)[1]?.text).toBe('dailyBudgetMicros: null');
    expect(diffLines('flights[0].endAt', undefined, 'x')[0]?.text).toBe('flights[0].endAt: nothing');
  });
  it('cuts what nobody would read', () => {
    expect(diffLines('x', null, 'y'.repeat(5000))[1]?.text.length).toBeLessThan(700);
  });
  it('does not fail on targeting that is none', () => {
    expect(diffLines('targeting', null, 3)[1]?.text).toBe('targeting: 3');
  });
});
