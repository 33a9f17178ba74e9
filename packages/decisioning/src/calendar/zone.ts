/**
 * Offsets of IANA zones without a formatter on the way: Intl.DateTimeFormat is asked once per zone and year, and what
 * is kept is the list of stretches with one offset. Which offsets a zone has comes from the time zone data of the
 * platform (`process.versions.tz`).
 */
const DAY_MS = 86_400_000;
export const FIRST_YEAR = 1970;
export const LAST_YEAR = 2199;
const FIRST_MS = Date.UTC(FIRST_YEAR, 0, 1);
const END_MS = Date.UTC(LAST_YEAR + 1, 0, 1);
/** Offsets beyond this are unknown to the time zone data: a local time lies this near to the same reading in UTC. */
const WIDEST_OFFSET_MS = 26 * 3_600_000;

/** Stretches of one UTC year with one offset each: `starts[0]` is the start of the year. */
interface YearOffsets {
  readonly endMs: number;
  readonly starts: readonly number[];
  readonly offsets: readonly number[];
}

/** One zone, with the offsets of the years that were asked for. Get it from {@link zone}, which keeps one per name. */
export class Zone {
  readonly name: string;
  readonly #formatter: Intl.DateTimeFormat;
  readonly #years: (YearOffsets | undefined)[] = [];
  /** The stretch of the last answer: most questions are about now. */
  #fromMs = 0;
  #untilMs = 0;
  #offsetMs = 0;

  constructor(name: string, formatter: Intl.DateTimeFormat) {
    this.name = name;
    this.#formatter = formatter;
  }

  /** Offset at an instant, ms east of UTC. Throws RangeError outside the years 1970 to 2199. */
  offsetAt(atMs: number): number {
    if (!(atMs >= this.#fromMs && atMs < this.#untilMs)) this.#find(atMs);
    return this.#offsetMs;
  }

  /** What a clock on the wall shows, as ms since 1970 read as if it were UTC. */
  wallAt(atMs: number): number {
    return atMs + this.offsetAt(atMs);
  }

  /**
   * The first instant after `atMs` at which the offset may be another one: the next change of the clocks or the next
   * new year (UTC), whichever comes first. For walking through stretches of one offset.
   */
  stretchEnd(atMs: number): number {
    this.offsetAt(atMs);
    return this.#untilMs;
  }

  /**
   * The first instant at which the wall shows `wallMs` or later. A reading that a change of the clocks skips gives the
   * instant of the change; one that comes twice gives the first.
   */
  firstInstantOf(wallMs: number): number {
    let at = Math.max(FIRST_MS, wallMs - WIDEST_OFFSET_MS);
    for (;;) {
      const offset = this.offsetAt(at);
      const end = this.#untilMs;
      const instant = Math.max(at, wallMs - offset);
      if (instant < end) return instant;
      at = end;
    }
  }

  #find(atMs: number): void {
    if (!(atMs >= FIRST_MS && atMs < END_MS))
      throw new RangeError(`instant ${atMs} must lie in the years ${FIRST_YEAR} to ${LAST_YEAR}`);
    let year = FIRST_YEAR + Math.floor(atMs / DAY_MS / 365.2425);
    if (atMs < Date.UTC(year, 0, 1)) year--;
    else if (atMs >= Date.UTC(year + 1, 0, 1)) year++;
    this.#years[year - FIRST_YEAR] ??= this.#readYear(year);
    const { starts, offsets, endMs } = this.#years[year - FIRST_YEAR]!;
    let piece = starts.length - 1;
    while (starts[piece]! > atMs) piece--;
    this.#fromMs = starts[piece]!;
    this.#untilMs = starts[piece + 1] ?? endMs;
    this.#offsetMs = offsets[piece]!;
  }

  /** One look a day, and a search to the second where two looks differ. No zone changes twice within a day. */
  #readYear(year: number): YearOffsets {
    const startMs = Date.UTC(year, 0, 1);
    const endMs = Date.UTC(year + 1, 0, 1);
    const starts = [startMs];
    const offsets = [this.#read(startMs)];
    for (let day = startMs; day < endMs; day += DAY_MS) {
      const before = offsets[offsets.length - 1]!;
      // The last look is just inside the year, so that the next year finds its own change at its start.
      const next = Math.min(day + DAY_MS, endMs - 1000);
      const after = this.#read(next);
      if (after === before) continue;
      let low = day / 1000;
      let high = next / 1000;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (this.#read(middle * 1000) === before) low = middle;
        else high = middle;
      }
      starts.push(high * 1000);
      offsets.push(after);
    }
    return { endMs, starts, offsets };
  }

  #read(atMs: number): number {
    let [year, month, day, hour, minute, second] = [0, 0, 0, 0, 0, 0];
    for (const { type, value } of this.#formatter.formatToParts(atMs)) {
      if (type === 'year') year = Number(value);
      else if (type === 'month') month = Number(value);
      else if (type === 'day') day = Number(value);
      else if (type === 'hour') hour = Number(value);
      else if (type === 'minute') minute = Number(value);
      else if (type === 'second') second = Number(value);
    }
    return Date.UTC(year, month - 1, day, hour, minute, second) - atMs;
  }
}

/** Kept for as long as the process lives: there are about 600 names, and what is kept of a year is a few numbers. */
const zones = new Map<string, Zone>();

/** The zone of an IANA name, e.g. `Europe/Berlin`. Throws RangeError when the platform does not know it. */
export function zone(name: string): Zone {
  let known = zones.get(name);
  if (!known) {
    known = new Zone(name, formatterOf(name));
    zones.set(name, known);
  }
  return known;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    throw new RangeError(`timeZone '${timeZone}' must be an IANA zone, e.g. 'Europe/Berlin' or 'UTC'`);
  }
}
