import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CapRules,
  type CapWindow,
  compileCaps,
  ExposureTable,
  encodeShard,
  encodeTable,
  restoreShard,
} from '../index.ts';
import { CapModel, mulberry32, workersOnOneIdentity } from './frequency.fixture.ts';

const RESERVATION_MS = 600_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SCOPE = 77;
const options = { reservationMs: RESERVATION_MS, maxEntries: 1_000_000 };

/** Reserves and shows at once. */
function show(table: ExposureTable, rules: CapRules, atMs: number, [high, low] = [1, 2]): boolean {
  if (!table.reserve(high!, low!, SCOPE, rules, atMs, atMs)) return false;
  table.commit(high!, low!, SCOPE, rules, atMs, atMs);
  return true;
}

describe('a sliding window', () => {
  it.each([
    [[0, 10, 20, 30, 3600, 3601, 3610, 3625], 3, [1, 1, 1, 0, 1, 0, 1, 1]],
    [[3500, 3550, 3590, 3601, 3610, 3650, 7100], 3, [1, 1, 1, 0, 0, 0, 1]],
    [[0, 3600], 1, [1, 1]],
  ])('of an hour over the seconds %j with cap %i lets in %j', (seconds, cap, expected) => {
    const table = new ExposureTable(options);
    const rules = compileCaps([{ cap, window: 'hour' }]);
    expect(seconds.map((second) => Number(show(table, rules, 1e12 + second * 1000)))).toEqual(expected);
  });

  it('holds several rules of one scope at once and says how much room is left', () => {
    const table = new ExposureTable(options);
    const rules = compileCaps([
      { cap: 2, window: 'hour' },
      { cap: 3, window: 'day' },
    ]);
    expect(table.room(1, 2, SCOPE, rules, 0)).toBe(2);
    expect(show(table, rules, 0)).toBe(true);
    expect(show(table, rules, 1000)).toBe(true);
    expect(table.room(1, 2, SCOPE, rules, 2000)).toBe(0);
    expect(table.nextFreeAt(1, 2, SCOPE, rules, 2000)).toBe(HOUR);
    expect(table.room(1, 2, SCOPE, rules, HOUR)).toBe(1);
    expect(show(table, rules, HOUR)).toBe(true);
    expect(table.nextFreeAt(1, 2, SCOPE, rules, HOUR + 1)).toBe(DAY);
    expect(table.room(1, 2, SCOPE, rules, DAY - 1)).toBe(0);
    expect(table.room(1, 2, SCOPE, rules, DAY)).toBe(1);
    // Another identity and another scope know nothing of it.
    expect(table.room(1, 3, SCOPE, rules, 2000)).toBe(2);
    expect(table.room(1, 2, SCOPE + 1, rules, 2000)).toBe(2);
  });

  it('never frees a lifetime', () => {
    const table = new ExposureTable(options);
    const rules = compileCaps([{ cap: 300, window: 'lifetime' }]);
    for (let n = 0; n < 300; n++) expect(show(table, rules, n * DAY)).toBe(true);
    expect(show(table, rules, 10_000 * DAY)).toBe(false);
    expect(table.nextFreeAt(1, 2, SCOPE, rules, 10_000 * DAY)).toBe(Number.POSITIVE_INFINITY);
  });

  it('allows everything and keeps nothing without rules', () => {
    const table = new ExposureTable(options);
    const rules = compileCaps([]);
    expect(table.room(1, 2, SCOPE, rules, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(show(table, rules, 0)).toBe(true);
    expect(table.stats.entries).toBe(0);
  });
});

describe('a reservation', () => {
  const rules = compileCaps([{ cap: 1, window: 'minute' }]);

  it('counts at once, however long its impression takes, and no longer than its time', () => {
    const table = new ExposureTable(options);
    expect(table.reserve(1, 2, SCOPE, rules, 0, 0)).toBe(true);
    expect(table.reserve(1, 2, SCOPE, rules, 0, 0)).toBe(false);
    expect(table.reserve(1, 2, SCOPE, rules, RESERVATION_MS - 1, RESERVATION_MS - 1)).toBe(false);
    expect(table.nextFreeAt(1, 2, SCOPE, rules, 5)).toBe(RESERVATION_MS);
    expect(table.room(1, 2, SCOPE, rules, RESERVATION_MS)).toBe(1);
  });

  it('becomes an exposure at the time of the impression', () => {
    const table = new ExposureTable(options);
    table.reserve(1, 2, SCOPE, rules, 0, 0);
    expect(table.commit(1, 2, SCOPE, rules, 0, 90_000)).toBe(true);
    expect(table.nextFreeAt(1, 2, SCOPE, rules, 90_000)).toBe(150_000);
    expect(table.stats.late).toBe(0);
  });

  it('can be given back; an impression that comes all the same counts, and is named late', () => {
    const table = new ExposureTable(options);
    table.reserve(1, 2, SCOPE, rules, 0, 0);
    expect(table.release(1, 2, SCOPE, 0)).toBe(true);
    expect(table.release(1, 2, SCOPE, 0)).toBe(false);
    expect(table.reserve(1, 2, SCOPE, rules, 1000, 1000)).toBe(true);
    expect(table.commit(1, 2, SCOPE, rules, 0, 2000)).toBe(false);
    expect(table.commit(1, 2, SCOPE, rules, 1000, 3000)).toBe(true);
    expect(table.stats.late).toBe(1);
    // Two exposures under a cap of one: room only when both have left.
    expect(table.nextFreeAt(1, 2, SCOPE, rules, 4000)).toBe(63_000);
  });

  it('that has run out is late even while nobody has cleared it away', () => {
    const table = new ExposureTable(options);
    table.reserve(1, 2, SCOPE, rules, 0, 0);
    expect(table.commit(1, 2, SCOPE, rules, 0, RESERVATION_MS)).toBe(false);
    expect(table.stats.late).toBe(1);
  });
});

describe('any order of events', () => {
  const windows: CapWindow[] = ['minute', 'hour', 'day', 'week', 'lifetime'];
  const anyRules = fc.array(
    fc.record({ cap: fc.integer({ min: 1, max: 6 }), window: fc.constantFrom(...windows) }),
    { minLength: 1, maxLength: 3 },
  );
  const anyStep = fc.record({
    act: fc.constantFrom('reserve' as const, 'commit' as const, 'release' as const, 'late' as const),
    afterMs: fc.oneof(
      fc.integer({ min: 0, max: 90_000 }),
      fc.integer({ min: 0, max: 2 * DAY }),
      fc.constantFrom(60_000, HOUR, DAY, RESERVATION_MS),
    ),
    pick: fc.nat(20),
    who: fc.nat(2),
  });

  it('gives the room a plain list of exposures gives', () => {
    fc.assert(
      fc.property(anyRules, fc.array(anyStep, { maxLength: 60 }), (caps, steps) => {
        const table = new ExposureTable(options);
        const rules = compileCaps(caps);
        const models = [0, 1, 2].map(() => new CapModel(caps, RESERVATION_MS));
        const open: { who: number; atMs: number }[] = [];
        let now = 1e12;
        for (const { act, afterMs, pick, who } of steps) {
          now += afterMs;
          if (act === 'reserve') {
            const may = models[who]!.room(now) > 0;
            expect(table.reserve(who, 9, SCOPE, rules, now, now)).toBe(may);
            if (may) {
              models[who]!.reserve(now);
              open.push({ who, atMs: now });
            }
          } else if (act === 'late') {
            expect(table.commit(who, 9, SCOPE, rules, -1, now)).toBe(false);
            models[who]!.commit(-1, now);
          } else if (open.length > 0) {
            const [one] = open.splice(pick % open.length, 1) as [(typeof open)[number]];
            if (act === 'commit') {
              table.commit(one.who, 9, SCOPE, rules, one.atMs, now);
              models[one.who]!.commit(one.atMs, now);
            } else {
              table.release(one.who, 9, SCOPE, one.atMs);
              models[one.who]!.release(one.atMs);
            }
          }
          for (const [who, model] of models.entries()) {
            expect(table.room(who, 9, SCOPE, rules, now)).toBe(model.room(now));
            const free = table.nextFreeAt(who, 9, SCOPE, rules, now);
            expect(model.nextFreeAt(now)).toBe(free);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never passes a cap with 16 workers on one identity and 100,000 events', () => {
    const outcome = workersOnOneIdentity(2026, 100_000);
    expect(outcome.shown).toBeGreaterThan(2500);
    expect(outcome.late).toBe(0);
    expect(outcome.violations).toEqual([]);
  });
});

describe('the table', () => {
  it('grows, clears away what has run out, and stays the size of what is alive', () => {
    const table = new ExposureTable(options);
    const rules = compileCaps([{ cap: 3, window: 'hour' }]);
    const random = mulberry32(1);
    const word = () => Math.floor(random() * 2 ** 32);
    // 500 new viewers a minute: 30,000 matter at any time.
    let bytesEarly = 0;
    let refused = 0;
    for (let minute = 0; minute < 12 * 60; minute++) {
      for (let n = 0; n < 500; n++) if (!show(table, rules, minute * 60_000, [word(), word()])) refused++;
      if (minute === 4 * 60) bytesEarly = table.stats.bytes;
    }
    expect(refused).toBe(0);
    const { entries, bytes } = table.stats;
    expect(entries).toBeGreaterThanOrEqual(30_000);
    expect(entries).toBeLessThan(75_000);
    expect(bytes).toBeLessThan(1.25 * bytesEarly);
    expect(bytes / entries).toBeLessThan(100);
  });

  it('finds every one of many identities again', () => {
    const table = new ExposureTable(options);
    const rules = compileCaps([{ cap: 40, window: 'week' }]);
    const shown = new Map<string, number>();
    const random = mulberry32(5);
    for (let n = 0; n < 60_000; n++) {
      // Few different words: long runs of neighbours in the table.
      const [high, low] = [Math.floor(random() * 300), Math.floor(random() * 30)];
      if (show(table, rules, n, [high, low]))
        shown.set(`${high}.${low}`, (shown.get(`${high}.${low}`) ?? 0) + 1);
    }
    expect(table.stats.entries).toBe(shown.size);
    for (const [key, count] of shown) {
      const [high, low] = key.split('.').map(Number) as [number, number];
      expect(table.room(high, low, SCOPE, rules, 60_000)).toBe(40 - count);
    }
  });

  it('that is full turns newcomers away and says so, and takes them in again when it has room', () => {
    const table = new ExposureTable({ ...options, maxEntries: 100 });
    const rules = compileCaps([{ cap: 2, window: 'hour' }]);
    for (let n = 0; n < 100; n++) expect(show(table, rules, n, [n, 0])).toBe(true);
    expect(table.isFull).toBe(true);
    expect(table.room(500, 0, SCOPE, rules, 200)).toBe(0);
    expect(table.reserve(500, 0, SCOPE, rules, 200, 200)).toBe(false);
    // A late impression of a newcomer is counted as lost to memory, not forgotten silently.
    table.commit(500, 0, SCOPE, rules, 0, 200);
    expect(table.stats).toMatchObject({ entries: 100, refused: 2, late: 1, unrecorded: 1 });
    // Who is known goes on.
    expect(table.room(7, 0, SCOPE, rules, 200)).toBe(1);
    // The question alone finds what has run out.
    let room = 0;
    for (let n = 0; n < 200 && room === 0; n++) room = table.room(500, 0, SCOPE, rules, 3 * HOUR);
    expect(room).toBe(2);
    expect(show(table, rules, 3 * HOUR, [500, 0])).toBe(true);
  });

  it('forgets scopes that are no longer named', () => {
    const table = new ExposureTable(options);
    const rules = compileCaps([{ cap: 1, window: 'lifetime' }]);
    for (let n = 0; n < 1000; n++) show(table, rules, 0, [n, n]);
    table.keepScopes(new Set([SCOPE + 1]));
    for (let n = 0; n < 5000; n++) table.reserve(n, n, SCOPE + 1, rules, 0, 0);
    table.keepScopes(undefined);
    expect(table.room(5, 5, SCOPE, rules, 0)).toBe(1);
    expect(table.room(5, 5, SCOPE + 1, rules, 0)).toBe(0);
  });

  it('refuses options and rules it cannot hold', () => {
    expect(() => new ExposureTable({ reservationMs: 0, maxEntries: 1 })).toThrow('reservationMs 0');
    expect(() => new ExposureTable({ reservationMs: 1, maxEntries: 1.5 })).toThrow('maxEntries 1.5');
    expect(() => compileCaps([{ cap: 0, window: 'day' }])).toThrow(
      'frequencyCaps[0].cap 0 must be a whole number from 1 to 1000 in a day',
    );
    expect(() => compileCaps([{ cap: 1, window: 'month' as 'week' }])).toThrow(
      "frequencyCaps[0].window 'month' must be one of minute, hour, day, week, lifetime",
    );
    expect(() => compileCaps(Array.from({ length: 9 }, () => ({ cap: 1, window: 'day' as const })))).toThrow(
      'at most 8',
    );
  });
});

describe('a checkpoint', () => {
  function busyTable(): { table: ExposureTable; rules: CapRules } {
    const table = new ExposureTable(options);
    const rules = compileCaps([
      { cap: 3, window: 'hour' },
      { cap: 9, window: 'lifetime' },
    ]);
    const random = mulberry32(9);
    for (let n = 0; n < 20_000; n++) {
      const high = Math.floor(random() * 4000);
      const at = n * 500;
      if (table.reserve(high, high * 31, SCOPE, rules, at, at) && random() < 0.8)
        table.commit(high, high * 31, SCOPE, rules, at, at + 100);
    }
    return { table, rules };
  }

  it('brings back a table that answers the same and encodes to the same', () => {
    const { table, rules } = busyTable();
    const now = 20_000 * 500;
    const restored = new ExposureTable(options);
    const parts = encodeTable(table, now);
    expect(parts).toHaveLength(1024);
    const count = parts.reduce((sum, part) => sum + restoreShard(restored, part, now), 0);
    expect(count).toBe(restored.stats.entries);
    expect(count).toBeGreaterThan(3000);
    for (let at = now; at < now + 2 * HOUR; at += HOUR / 3) {
      for (let high = 0; high < 4000; high += 7) {
        const key = [high, high * 31, SCOPE, rules, at] as const;
        expect(restored.room(...key)).toBe(table.room(...key));
        expect(restored.nextFreeAt(...key)).toBe(table.nextFreeAt(...key));
      }
    }
    const sorted = (one: ExposureTable) => {
      const entries: string[] = [];
      for (let shard = 0; shard < 1024; shard++)
        one.visit(shard, now, (entry) => entries.push(JSON.stringify(entry)));
      return entries.sort();
    };
    expect(sorted(restored)).toEqual(sorted(table));
  });

  it('that is torn or not one is refused with what is wrong', () => {
    const { table } = busyTable();
    const now = 20_000 * 500;
    const part = encodeShard(table, 3, now);
    const fresh = () => new ExposureTable(options);
    expect(() => restoreShard(fresh(), part.slice(0, 8), now)).toThrow('not a checkpoint');
    expect(() => restoreShard(fresh(), part.slice(0, part.byteLength - 9), now)).toThrow(
      /ends within entry \d+ of \d+/,
    );
    expect(() => restoreShard(fresh(), new ArrayBuffer(64), now)).toThrow('not a checkpoint');
    const later = part.slice(0);
    new DataView(later).setUint32(4, 2, true);
    expect(() => restoreShard(fresh(), later, now)).toThrow('version 2, 1 is accepted');
    const twice = fresh();
    restoreShard(twice, part, now);
    expect(() => restoreShard(twice, part, now)).toThrow('come twice');
    expect(() => restoreShard(new ExposureTable({ ...options, maxEntries: 2 }), part, now)).toThrow(
      'more entries than maxEntries 2',
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 200 }), (bytes) => {
        const forged = new Uint8Array(part.slice(0, 16 + bytes.length));
        forged.set(bytes, 16);
        try {
          restoreShard(fresh(), forged.buffer, now);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
