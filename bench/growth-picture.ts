import type { DecisionCost } from './decision-cost.ts';
import { median, type Series } from './tables.ts';

interface Line {
  readonly name: string;
  readonly color: string;
  /** Line items, and microseconds. */
  readonly points: readonly (readonly [number, number])[];
}

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 60;
const RIGHT = 230;
const TOP = 40;
const BOTTOM = 50;

/** Slope in a picture of logarithms, by least squares: cost grows with size to this power. */
export function exponent(points: Line['points']): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** How cost grows with the number of line items, both axes logarithmic: the decision by itself, and whole requests. */
export function growthPicture(costs: readonly DecisionCost[], sizes: readonly Series[]): string {
  const lines: Line[] = [
    {
      name: 'decision, one slot',
      color: '#0b6e99',
      points: costs.map((one) => [one.lineItems, one.decideMicroseconds]),
    },
    {
      name: 'decision, break of six',
      color: '#7a5195',
      points: costs.map((one) => [one.lineItems, one.podMicroseconds[6]]),
    },
    {
      name: 'CPU of a whole request',
      color: '#b3541e',
      points: sizes
        .filter(({ rate }) => rate === null)
        .map(({ contestant, rounds }) => [
          Number.parseInt(contestant, 10),
          median(rounds.map((round) => round.cpuMicrosecondsPerRequest)),
        ]),
    },
  ];
  const x = (size: number) => LEFT + ((Math.log10(size) - 3) / 2) * (WIDTH - LEFT - RIGHT);
  const y = (micros: number) => HEIGHT - BOTTOM - ((Math.log10(micros) + 1) / 4) * (HEIGHT - TOP - BOTTOM);
  const text = (atX: number, atY: number, words: string, more = '') =>
    `<text x="${atX.toFixed(1)}" y="${atY.toFixed(1)}" ${more}>${words}</text>`;
  const grid = [0.1, 1, 10, 100, 1000].flatMap((micros) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(micros)}" y2="${y(micros)}" stroke="#ddd"/>`,
    text(LEFT - 8, y(micros) + 4, `${micros}`, 'text-anchor="end"'),
  ]);
  const ticks = [1000, 10_000, 100_000].map((size) =>
    text(x(size), HEIGHT - BOTTOM + 20, size.toLocaleString('en'), 'text-anchor="middle"'),
  );
  const drawn = lines.flatMap(({ name, color, points }) => [
    `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points.map(([size, micros]) => `${x(size).toFixed(1)},${y(micros).toFixed(1)}`).join(' ')}"/>`,
    ...points.map(
      ([size, micros]) =>
        `<circle cx="${x(size).toFixed(1)}" cy="${y(micros).toFixed(1)}" r="4" fill="${color}"><title>${size} line items: ${micros.toFixed(2)} µs</title></circle>`,
    ),
    text(
      WIDTH - RIGHT + 12,
      y(points.at(-1)![1]) + 4,
      `${name}: ^${exponent(points).toFixed(2)}`,
      `fill="${color}"`,
    ),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${text(LEFT, 22, 'Microseconds by number of line items (both logarithmic; ^ is the power of growth)', 'font-weight="bold"')}
${[...grid, ...ticks, ...drawn].join('\n')}
${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'line items', 'text-anchor="middle"')}
</svg>
`;
}
