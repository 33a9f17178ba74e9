import { describe, expect, it } from 'vitest';
import { tagDecisions } from './fetch-tag.ts';

describe('what a tag decided', () => {
  it('is read from the headers, break by break', () => {
    const headers = new Headers({
      'X-Cuepoint-Decision': 'dec_1, dec_2',
      'X-Cuepoint-Reason': 'ad, no_line_item',
    });
    expect(tagDecisions(headers)).toEqual([
      { decisionId: 'dec_1', reason: null },
      { decisionId: 'dec_2', reason: 'no_line_item' },
    ]);
  });

  it('is nothing where the server told none', () => {
    expect(tagDecisions(new Headers())).toEqual([]);
  });
});
