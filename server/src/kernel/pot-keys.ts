/**
 * How the pots of budgets are called where nodes and the bank speak of them: a line item and a flight by their ids (their
 * money), and of a flight besides its impressions and the money of one of its local days.
 */
export const countKey = (flightId: string): string => `${flightId}#n`;
/** @param day days since 1970-01-01 in the flight's zone */
export const dayKey = (flightId: string, day: number): string => `${flightId}#d${day}`;

export type PotKey =
  | { readonly kind: 'money'; readonly id: string }
  | { readonly kind: 'count'; readonly id: string }
  | { readonly kind: 'day'; readonly id: string; readonly day: number };

/** Reads a key; null when it is none. */
export function readPotKey(key: string): PotKey | null {
  const parts = /^([A-Za-z0-9_-]+)(?:#(n|d(\d{1,6})))?$/.exec(key);
  if (!parts) return null;
  const id = parts[1]!;
  if (parts[2] === undefined) return { kind: 'money', id };
  return parts[2] === 'n' ? { kind: 'count', id } : { kind: 'day', id, day: Number(parts[3]) };
}
