/**
 * An amount in units of currency as integer micros, exactly: 24.1 is 24,100,000.
 * @returns undefined unless it is a plain decimal with at most six places and a safe integer in micros
 */
export function microsOf(amount: number | string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(String(amount).trim()) ?? [];
  if (whole === undefined) return undefined;
  const micros = Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
  return Number.isSafeInteger(micros) ? micros : undefined;
}
