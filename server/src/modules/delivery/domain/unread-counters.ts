import type { CountersNow, UnreadCounter } from '@cuepoint/contract';
import { draw, type IndexedLineItem, type KnownReading, type KnownReadings } from '@cuepoint/decisioning';

/**
 * Counters that a decision did not read of a line item, for it had found its ad before, or something else stood in the
 * way. The engine takes them as without limit when it decides again, so what they would have refused is not known.
 */
export function unreadCounters(
  item: IndexedLineItem,
  readings: KnownReadings,
  seed: number,
): UnreadCounter[] {
  const has: Record<UnreadCounter, boolean> = {
    budget: isBounded(item),
    pacing: item.source.pacing !== 'asap' && isBounded(item),
    frequency_cap: item.caps.length > 0,
  };
  const unread = (names: readonly UnreadCounter[]) => names.filter((name) => has[name]);
  if (!readings.has(item.id)) return unread(['budget', 'pacing', 'frequency_cap']);
  const { affordable, passRate } = readings.reading(item.id);
  // They are read one after another, and none behind the first that refuses.
  if (affordable < 1) return unread(['pacing', 'frequency_cap']);
  if (passRate < 1 && draw(seed, item.idHash) >= passRate) return unread(['frequency_cap']);
  return [];
}

function isBounded({ source }: IndexedLineItem): boolean {
  return (
    source.budgetMicros !== null ||
    source.flights.some(
      ({ budgetMicros, impressionGoal, dailyBudgetMicros }) =>
        budgetMicros !== null || impressionGoal !== null || dailyBudgetMicros !== null,
    )
  );
}

/** A reading of the moment, as people read it. @param isKnown whether there was somebody to count exposures for */
export function countersNow(
  { affordable, passRate, room, creativeRooms }: KnownReading,
  at: Date,
  isKnown: boolean,
): CountersNow {
  const rooms = [room, ...(creativeRooms === null ? [] : [Math.max(...creativeRooms)])];
  return {
    at: at.toISOString(),
    impressionsLeft: limited(Math.max(0, affordable)),
    passRate,
    exposuresLeft: isKnown ? limited(Math.max(0, Math.min(...rooms))) : null,
  };
}

function limited(count: number): number | null {
  return Number.isFinite(count) ? count : null;
}
