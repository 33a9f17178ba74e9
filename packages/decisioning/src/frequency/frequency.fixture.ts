import { compileCaps, ExposureTable, type FrequencyCap } from '../index.ts';

const WINDOW_MS = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  lifetime: Number.POSITIVE_INFINITY,
};

/** A generator of numbers in [0, 1) for tests. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The definition of the caps on a plain list, remembering everything. */
export class CapModel {
  readonly #caps: readonly FrequencyCap[];
  readonly #reservationMs: number;
  #exposures: number[] = [];
  #open: number[] = [];

  constructor(caps: readonly FrequencyCap[], reservationMs: number) {
    this.#caps = caps;
    this.#reservationMs = reservationMs;
  }

  room(nowMs: number): number {
    const open = this.#open.filter((at) => at + this.#reservationMs > nowMs).length;
    const rooms = this.#caps.map(
      ({ cap, window }) => cap - open - this.#exposures.filter((at) => at > nowMs - WINDOW_MS[window]).length,
    );
    return Math.max(0, Math.min(...rooms));
  }

  /** The first instant with room among those at which something leaves. */
  nextFreeAt(nowMs: number): number {
    const instants = [
      nowMs,
      ...this.#open.map((at) => at + this.#reservationMs),
      ...this.#exposures.flatMap((at) => this.#caps.map(({ window }) => at + WINDOW_MS[window])),
    ].filter((at) => at >= nowMs && at < Number.POSITIVE_INFINITY);
    return Math.min(Number.POSITIVE_INFINITY, ...instants.filter((at) => this.room(at) > 0));
  }

  reserve(atMs: number): void {
    this.#open.push(atMs);
  }

  release(reservedAtMs: number): void {
    const index = this.#open.indexOf(reservedAtMs);
    if (index >= 0) this.#open.splice(index, 1);
  }

  commit(reservedAtMs: number, atMs: number): void {
    this.release(reservedAtMs);
    this.#exposures.push(atMs);
  }
}

/**
 * Sixteen workers serve one identity, each somewhere between question, reservation and impression when another goes on:
 * pods of up to four ads, impressions up to nine minutes later in any order, some never. Checked against nothing but
 * the impressions that were shown.
 */
export function workersOnOneIdentity(seed: number, events: number) {
  const caps: FrequencyCap[] = [
    { cap: 4, window: 'minute' },
    { cap: 60, window: 'hour' },
    { cap: 1000, window: 'day' },
  ];
  const rules = compileCaps(caps);
  const reservationMs = 600_000;
  const table = new ExposureTable({ reservationMs, maxEntries: 1000 });
  const random = mulberry32(seed);
  const workers = Array.from({ length: 16 }, () => ({
    wanted: 0,
    held: [] as { reservedAt: number; showAt: number }[],
  }));
  const shown: number[] = [];
  let now = 1_700_000_000_000;
  let late = 0;
  for (let event = 0; event < events; event++) {
    // Bursts within a millisecond, and pauses of seconds.
    now += random() < 0.5 ? 0 : Math.floor(random() * 12_000);
    const worker = workers[Math.floor(random() * workers.length)]!;
    const due = worker.held.findIndex(({ showAt }) => showAt <= now);
    if (due >= 0) {
      const [{ reservedAt, showAt }] = worker.held.splice(due, 1) as [{ reservedAt: number; showAt: number }];
      // Its time ran out unseen by the worker, or the player never came: nothing to do for the table.
      if (showAt === Number.POSITIVE_INFINITY || now >= reservedAt + reservationMs) continue;
      if (!table.commit(1, 2, 3, rules, reservedAt, now)) late++;
      shown.push(now);
    } else if (worker.wanted > 0) {
      worker.wanted--;
      if (!table.reserve(1, 2, 3, rules, now, now)) continue;
      const fate = random();
      if (fate < 0.1) table.release(1, 2, 3, now);
      else if (fate < 0.9)
        worker.held.push({ reservedAt: now, showAt: now + Math.floor(random() ** 3 * 540_000) });
    } else {
      worker.wanted = Math.min(4, table.room(1, 2, 3, rules, now));
    }
  }
  const violations: string[] = [];
  for (const { cap, window } of caps) {
    // `shown` ascends: too many within a window means the one `cap` places earlier has not left yet.
    for (let n = cap; n < shown.length; n++)
      if (shown[n - cap]! > shown[n]! - WINDOW_MS[window]) violations.push(`${window} at ${shown[n]}`);
  }
  return { shown: shown.length, late, violations };
}
