import { countKey, type EventRecord, type LogPosition } from '../../kernel/delivery-protocol.ts';
import { comparePositions, type RawEntry } from './log/reader.ts';

/**
 * Spend and impressions that events of a log hold between two positions, by the key of their pot; negative when `to` comes
 * first.
 *
 * @param entries event records from one position to a later one
 * @param dayKeyOf the pot of the day an event is paid from, where those are summed too
 */
export async function ownSpendIn(
  entries: (from: LogPosition, to: LogPosition) => AsyncIterable<RawEntry>,
  from: LogPosition,
  to: LogPosition,
  dayKeyOf: (event: EventRecord) => string | null = () => null,
): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const isBackwards = comparePositions(from, to) > 0;
  const [start, end] = isBackwards ? [to, from] : [from, to];
  const add = (key: string, amount: number) =>
    sums.set(key, (sums.get(key) ?? 0) + (isBackwards ? -amount : amount));
  for await (const entry of entries(start, end)) {
    const event = JSON.parse(entry.payload) as EventRecord;
    if (event.event !== 'impression' || event.duplicate || (event.invalid ?? null) !== null) continue;
    if (event.flightId !== null) add(countKey(event.flightId), 1);
    if (event.spendMicros === 0) continue;
    add(event.lineItemId, event.spendMicros);
    if (event.flightId !== null) add(event.flightId, event.spendMicros);
    const day = dayKeyOf(event);
    if (day !== null) add(day, event.spendMicros);
  }
  return sums;
}
