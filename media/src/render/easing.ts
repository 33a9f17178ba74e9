export function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

export function lerp(from: number, to: number, amount: number): number {
  return from + (to - from) * amount;
}

/** How far `at` has come between two instants, 0 to 1. */
export function progress(at: number, start: number, end: number): number {
  return clamp01((at - start) / (end - start));
}

export function easeOut(x: number): number {
  return 1 - (1 - x) ** 3;
}

export function easeInOut(x: number): number {
  return x < 0.5 ? 4 * x ** 3 : 1 - (2 - 2 * x) ** 3 / 2;
}

/** Runs a little past its goal and settles. */
export function easeOutBack(x: number): number {
  const k = 1.25;
  return 1 + (k + 1) * (x - 1) ** 3 + k * (x - 1) ** 2;
}
