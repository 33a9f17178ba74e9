const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1,184,902 */
export function count(value: number): string {
  return whole.format(value);
}

/** 1.18m, 94k: for axes only. */
export function countAxis(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}m`;
  if (size >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

/** A share of one as "84.2 %". */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}\u00a0%`;
}

/** 12.4 MB, by powers of 1000 as file managers and specifications count. */
export function bytes(value: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(1)} ${unit}`;
  }
  return `${value} B`;
}

/** Milliseconds as seconds with the precision a specification is checked at: "30.000 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

/** Milliseconds as seconds, as short as they are exact: "30 s", "15.06 s". */
export function shortSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/** From the shortest to the longest length; the least there is counts as no lower limit: "up to 30 s". */
export function lengthRange(leastMs: number, mostMs: number): string {
  return leastMs <= 1
    ? `up to ${shortSeconds(mostMs)}`
    : `${shortSeconds(leastMs)} to ${shortSeconds(mostMs)}`;
}
