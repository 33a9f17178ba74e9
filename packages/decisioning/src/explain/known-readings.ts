import type { Examined, Readings } from '../decide/readings.ts';
import type { IndexedAssignment, IndexedLineItem } from '../index/model.ts';

/** What a decision read of one line item. */
export interface KnownReading {
  readonly affordable: number;
  readonly passRate: number;
  readonly room: number;
  readonly sequence: number;
  readonly creativeRooms: readonly number[] | null;
}

/** Of a line item that was never asked: nothing stands in its way. */
const NOT_ASKED: KnownReading = {
  affordable: Number.POSITIVE_INFINITY,
  passRate: 1,
  room: Number.POSITIVE_INFINITY,
  sequence: 0,
  creativeRooms: null,
};

/** Readings by line item id: of a log record, or taken at one moment for a preview. */
export class KnownReadings implements Readings {
  readonly #known: ReadonlyMap<string, KnownReading>;

  constructor(known: ReadonlyMap<string, KnownReading>) {
    this.#known = known;
  }

  static of(examined: readonly Examined[]): KnownReadings {
    return new KnownReadings(new Map(examined.map((one) => [one.item.id, one])));
  }

  reading(id: string): KnownReading {
    return this.#known.get(id) ?? NOT_ASKED;
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  affordable(item: IndexedLineItem): number {
    return this.reading(item.id).affordable;
  }

  passRate(item: IndexedLineItem): number {
    return this.reading(item.id).passRate;
  }

  room(item: IndexedLineItem): number {
    return this.reading(item.id).room;
  }

  creativeRoom(item: IndexedLineItem, assignment: IndexedAssignment): number {
    const rooms = this.reading(item.id).creativeRooms;
    return rooms?.[item.assignments.indexOf(assignment)] ?? Number.POSITIVE_INFINITY;
  }

  sequence(item: IndexedLineItem): number {
    return this.reading(item.id).sequence;
  }

  /** The same with one line item's reading changed. */
  with(id: string, change: Partial<KnownReading>): KnownReadings {
    return new KnownReadings(new Map(this.#known).set(id, { ...this.reading(id), ...change }));
  }
}
