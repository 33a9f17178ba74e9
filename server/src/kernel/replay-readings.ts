import { type KnownReading, KnownReadings } from '@cuepoint/decisioning';
import type { DecisionRecord } from './delivery-protocol.ts';

const unlimited = (value: number): number => (value === -2 ? Number.POSITIVE_INFINITY : value);

/** The counters of a logged decision as the engine reads them. */
export function recordedReadings(readings: DecisionRecord['readings']): KnownReadings {
  return new KnownReadings(
    new Map(
      readings.map(([id, affordable, passRate, room, sequence, ...rooms]): [string, KnownReading] => [
        id,
        {
          affordable: unlimited(affordable),
          passRate,
          room: unlimited(room),
          sequence,
          creativeRooms: rooms.length === 0 ? null : rooms.map(unlimited),
        },
      ]),
    ),
  );
}
