import { addHour, type EventRow, type HourRow, hourOfEvent } from './derive-rows.ts';
import { addExposure, copyReach, type ReachRow } from './reach-rows.ts';

/** What records add up to. */
export interface Sums {
  /** By `hourKey`. */
  hours: Map<string, HourRow>;
  /** By `reachKey`. */
  reach: Map<string, ReachRow>;
}

export function noSums(): Sums {
  return { hours: new Map(), reach: new Map() };
}

/** What one stored event adds. */
export function addEvent(sums: Sums, row: EventRow): void {
  addHour(sums.hours, hourOfEvent(row));
  addExposure(sums.reach, row);
}

export function copySums({ hours, reach }: Sums): Sums {
  return { hours: new Map([...hours].map(([key, row]) => [key, { ...row }])), reach: copyReach(reach) };
}
