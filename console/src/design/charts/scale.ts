export type Scale = (value: number) => number;

/** A straight line from a domain to a range. An empty domain maps to the start of the range. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const width = to - from;
  return (value) => (width === 0 ? start : start + ((value - from) / width) * (end - start));
}

/**
 * Round values from zero to at least `max`, so that bars have a zero base.
 * @param about how many grid lines are wanted, including zero
 */
export function ticks(max: number, about = 5): number[] {
  if (!(max > 0)) return [0];
  const rough = max / Math.max(1, about - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const steps = Math.ceil(max / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

export function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

/** SVG path through points; a null value breaks the line. */
export function linePath(points: readonly { x: number; y: number | null }[]): string {
  let path = '';
  let drawing = false;
  for (const { x, y } of points) {
    if (y === null) {
      drawing = false;
      continue;
    }
    path += `${drawing ? 'L' : 'M'}${round1(x)} ${round1(y)}`;
    drawing = true;
  }
  return path;
}

/** Index of the point whose x lies nearest; -1 without points. */
export function nearest(xs: readonly number[], x: number): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [at, value] of xs.entries()) {
    const away = Math.abs(value - x);
    if (away < distance) {
      best = at;
      distance = away;
    }
  }
  return best;
}
