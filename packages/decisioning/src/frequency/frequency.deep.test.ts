import { expect, it } from 'vitest';
import { compileCaps, ExposureTable } from '../index.ts';
import { CapModel, mulberry32, workersOnOneIdentity } from './frequency.fixture.ts';

it('16 workers on one identity never pass a cap, 20 seeds of 100,000 events', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { shown, late, violations } = workersOnOneIdentity(seed, 100_000);
    expect(shown).toBeGreaterThan(2500);
    expect(late).toBe(0);
    expect(violations).toEqual([]);
  }
});

it('a table that grows and clears away answers like plain lists, over two million events of a simulated week', () => {
  const caps = [
    { cap: 2, window: 'minute' as const },
    { cap: 4, window: 'hour' as const },
    { cap: 9, window: 'day' as const },
  ];
  const rules = compileCaps(caps);
  const reservationMs = 600_000;
  const table = new ExposureTable({ reservationMs, maxEntries: 10_000_000 });
  const models = new Map<number, CapModel>();
  const random = mulberry32(77);
  let wrong = 0;
  let now = 1_700_000_000_000;
  for (let event = 0; event < 2_000_000; event++) {
    now += Math.floor(random() * 600);
    // A few viewers come often, most once or twice; they change in the course of the week.
    const viewer = Math.floor(random() ** 4 * 60_000) + Math.floor(event / 100_000) * 20_000;
    const [high, low] = [Math.imul(viewer, 0x9e3779b1), viewer % 7];
    let model = models.get(viewer);
    if (!model) {
      model = new CapModel(caps, reservationMs);
      models.set(viewer, model);
    }
    const room = model.room(now);
    if (table.room(high, low, 5, rules, now) !== room) wrong++;
    if (table.reserve(high, low, 5, rules, now, now) !== room > 0) wrong++;
    if (room === 0) continue;
    model.reserve(now);
    const fate = random();
    if (fate < 0.8) {
      table.commit(high, low, 5, rules, now, now + 50);
      model.commit(now, now + 50);
    } else if (fate < 0.9) {
      table.release(high, low, 5, now);
      model.release(now);
    }
  }
  expect(wrong).toBe(0);
  // Far fewer than were ever seen: what is older than a day is gone.
  expect(table.stats.entries).toBeLessThan(models.size * 0.6);
});
