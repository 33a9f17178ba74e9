import { addSpend, type NodeSpendSums } from './compare-node-spend.ts';
import { addHour, type EventRow, type HourRow, hourOfEvent } from './derive-rows.ts';
import { addExposure, copyReach, type ReachRow } from './reach-rows.ts';

/** What records add up to. */
export interface Sums {
  /** By `hourKey`. */
  hours: Map<string, HourRow>;
  /** By `reachKey`. */
  reach: Map<string, ReachRow>;
  nodeSpend: NodeSpendSums;
}

export function noSums(): Sums {
  return { hours: new Map(), reach: new Map(), nodeSpend: new Map() };
}

/** What one stored event of a node's log adds. */
export function addEvent(sums: Sums, node: string, row: EventRow): void {
  addHour(sums.hours, hourOfEvent(row));
  addExposure(sums.reach, row);
  addSpend(sums.nodeSpend, node, row);
}

export function copySums({ hours, reach, nodeSpend }: Sums): Sums {
  const copied = <T extends object>(rows: Map<string, T>) =>
    new Map([...rows].map(([key, row]) => [key, { ...row }]));
  return { hours: copied(hours), reach: copyReach(reach), nodeSpend: copied(nodeSpend) };
}
