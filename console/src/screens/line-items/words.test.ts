import { describe, expect, it } from 'vitest';
import { capSentence, daypartSentence, minuteClock, readMinute } from './words.ts';

describe('open hours in words', () => {
  it.each([
    [{ days: [1, 2, 3, 4, 5], fromMinute: 360, toMinute: 600 }, 'Mon to Fri 06:00 to 10:00'],
    [{ days: [7, 6], fromMinute: 1320, toMinute: 120 }, 'Sat, Sun 22:00 to 02:00 of the next day'],
    [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1440 }, 'Every day 00:00 to 24:00'],
    [{ days: [1, 3, 5], fromMinute: 1, toMinute: 2 }, 'Mon, Wed, Fri 00:01 to 00:02'],
  ])('%j', (daypart, text) => {
    expect(daypartSentence(daypart)).toBe(text);
  });

  it('are read as they are written', () => {
    for (const minute of [0, 1, 59, 60, 750, 1439, 1440])
      expect(readMinute(minuteClock(minute))).toBe(minute);
    for (const text of ['', '24:01', '1:60', '7', 'ab:cd', '-1:00']) expect(readMinute(text)).toBeNull();
  });
});

describe('caps in words', () => {
  it.each([
    [{ scope: 'campaign', limit: 3, unit: 'day', count: 1 } as const, 'At most 3 of the campaign in 1 day'],
    [
      { scope: 'creative', limit: 1, unit: 'hour', count: 6 } as const,
      'At most 1 of one creative in 6 hours',
    ],
    [{ scope: 'brand', limit: 9, unit: 'lifetime', count: 1 } as const, 'At most 9 of the brand in all'],
  ])('%j', (cap, text) => {
    expect(capSentence(cap)).toBe(text);
  });
});
