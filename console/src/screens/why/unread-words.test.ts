import { describe, expect, it } from 'vitest';
import { nowWords, unreadWords } from './unread-words.ts';

describe('what was not read', () => {
  it('is named in a row', () => {
    expect(unreadWords(['budget'])).toBe('budgets');
    expect(unreadWords(['budget', 'pacing', 'frequency_cap'])).toBe('budgets, pacing and frequency caps');
  });
  it('is told as of now', () => {
    expect(nowWords({ impressionsLeft: 1200, passRate: 0.25, exposuresLeft: 0 })).toMatch(
      /^1,200 impressions left, 25.* of requests let in, 0 exposures left for this viewer$/,
    );
    expect(nowWords({ impressionsLeft: null, passRate: 1, exposuresLeft: null })).toMatch(
      /^no limit of impressions, 100.* of requests let in$/,
    );
  });
});
