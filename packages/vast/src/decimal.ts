/**
 * Reads an xs:decimal from 0 ("25.00", "+.5") into integer micros, exactly; undefined when it is not one, is
 * negative or has more than six decimals that count.
 */
export function readMicros(text: string): number | undefined {
  const match = /^\+?(?=\.?\d)(\d{0,9})(?:\.(\d{0,6})0*)?$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
}

/** Formats integer micros as a decimal with at least two places. */
export function formatMicros(micros: number): string {
  if (!Number.isSafeInteger(micros) || micros < 0) {
    throw new RangeError(`an amount is a whole number of micros from 0, not ${micros}`);
  }
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${Math.floor(micros / 1_000_000)}.${fraction}`;
}
