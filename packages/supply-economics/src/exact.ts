/** One million: percentages are held as integer parts per million, so 12 % is 120 000. */
export const PPM = 1_000_000n;

/**
 * numerator / denominator to the nearest integer, a tie going to the even neighbour.
 * Half-even because always rounding ties up would favour one side of every fee row.
 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new RangeError('divideHalfEven: the denominator is 0.');
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n;
  const dividend = numerator < 0n ? -numerator : numerator;
  const divisor = denominator < 0n ? -denominator : denominator;
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return sign * (up ? quotient + 1n : quotient);
}

/** The ratio of two integers as a double, for display; the integers stay the truth. */
export function ratio(numerator: bigint, denominator: bigint): number {
  // Scaled in integers first: two large micros amounts would lose digits as doubles.
  const scaled = divideHalfEven(numerator * 1_000_000_000_000n, denominator);
  return Number(scaled) / 1e12;
}
