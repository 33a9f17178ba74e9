export type Scale = (value: number) => number;

/** A straight line from a domain to a range. An empty domain maps to the start of the range. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const width = to - from;
  return (value) => (width === 0 ? start : start + ((value - from) / width) * (end - start));
}

const niceSteps = [1, 2, 2.5, 3, 4, 5, 6, 10];

/**
 * Round values from zero to at least `max`, so that bars have a zero base and
 * the chart wastes as little height as round steps allow.
 * @param most how many intervals there may be
 */
export function ticks(max: number, most = 4): number[] {
  if (!(max > 0)) return [0];
  const power = 10 ** Math.floor(Math.log10(max / most));
  let best = { step: 10 * power, steps: Math.ceil(max / (10 * power)) };
  for (const nice of niceSteps) {
    const step = nice * power;
    const steps = Math.ceil(max / step - 1e-9);
    if (steps > most || steps < 2) continue;
    if (best.steps < 2 || step * steps < best.step * best.steps - power * 1e-9) best = { step, steps };
  }
  return Array.from({ length: best.steps + 1 }, (_, at) => Number((at * best.step).toPrecision(12)));
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
