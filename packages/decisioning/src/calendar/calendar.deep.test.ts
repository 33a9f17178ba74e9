import { expect, it } from 'vitest';
import { compileSchedule, zone } from '../index.ts';
import { walkMinutes } from './minute-walk.fixture.ts';

const PARTS = [
  { days: [1, 2, 3, 4, 5], fromMinute: 6 * 60 + 15, toMinute: 9 * 60 },
  { days: [3], fromMinute: 0, toMinute: 1440 },
  { days: [5, 6, 7], fromMinute: 22 * 60, toMinute: 2 * 60 + 30 },
];

it.each([
  ['Europe/Berlin', '2026-01-01'],
  ['America/New_York', '2026-01-01'],
  ['America/Sao_Paulo', '2017-01-01'],
  ['America/St_Johns', '2010-01-01'],
  ['Australia/Lord_Howe', '2026-01-01'],
  ['Africa/Casablanca', '2026-01-01'],
  ['Pacific/Apia', '2011-06-01'],
  ['Asia/Kathmandu', '2026-01-01'],
])('400 days of %s from %s, minute by minute', (name, from) => {
  const start = Date.parse(`${from}T00:00:00Z`);
  expect(walkMinutes(zone(name), PARTS, compileSchedule(PARTS), start, 400)).toBeGreaterThan(500);
});
