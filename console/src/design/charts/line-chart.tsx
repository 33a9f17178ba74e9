import { type KeyboardEvent, useState } from 'react';
import { Table, Td, Th, Tr } from '../table.tsx';
import { linear, linePath, nearest, round1, ticks } from './scale.ts';
import { useWidth } from './use-width.ts';

interface LineSeries {
  name: string;
  look: LineLook;
  values: readonly (number | null)[];
  /** Fills down to zero. */
  area?: boolean;
}

interface LineChartProps {
  /** Says the measure. */
  title: string;
  /** Milliseconds since the epoch, ascending; one for each value of every series. */
  xs: readonly number[];
  series: readonly LineSeries[];
  /** `line` draws a vertical one, for the start of a day. */
  xTicks: readonly { at: number; label: string; line?: boolean }[];
  formatX: (at: number) => string;
  formatY: (value: number) => string;
  formatAxis: (value: number) => string;
  now?: { at: number; label: string } | undefined;
  /** The distance between plan and reality at this moment, drawn in the colour of a warning. */
  gap?: { at: number; from: number; to: number; label: string } | undefined;
  endLabel?: { value: number; text: string } | undefined;
  height?: number;
  asTable?: boolean;
}

const left = 46;
const right = 8;
const top = 12;
const bottom = 22;

/** Told apart by their strokes as well as by their colours. */
export const lineLooks = {
  actual: { stroke: 'var(--chart-actual)', strokeWidth: 2 },
  expected: { stroke: 'var(--chart-expected)', strokeWidth: 1.5, strokeDasharray: '2 3' },
  first: { stroke: 'var(--chart-1)', strokeWidth: 1.75 },
  second: { stroke: 'var(--chart-2)', strokeWidth: 1.75, strokeDasharray: '6 3' },
  third: { stroke: 'var(--chart-3)', strokeWidth: 1.75, strokeDasharray: '2 2' },
  fourth: { stroke: 'var(--chart-4)', strokeWidth: 1.75, strokeDasharray: '8 2 2 2' },
} as const;

export type LineLook = keyof typeof lineLooks;

/** Values over time. Arrow keys walk the points; the table twin holds every value exactly. */
export function LineChart(props: LineChartProps) {
  return props.asTable ? <LineTable {...props} /> : <LinePlot {...props} />;
}

function LinePlot(props: LineChartProps) {
  const { title, xs, series, xTicks, formatX, formatY, formatAxis, now, gap, endLabel, height = 268 } = props;
  const [ref, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const highest = Math.max(
    0,
    ...series.flatMap((line) => line.values.map((value) => value ?? 0)),
    endLabel?.value ?? 0,
  );
  const grid = ticks(highest, height < 200 ? 3 : 5);
  const x = linear(xs[0] ?? 0, xs.at(-1) ?? 1, left, width - right);
  const y = linear(0, grid.at(-1) || 1, height - bottom, top);
  const say = (index: number) =>
    `${formatX(xs[index] ?? 0)}: ${series
      .map((line) => {
        const value = line.values[index];
        return `${line.name} ${value === null || value === undefined ? 'not yet' : formatY(value)}`;
      })
      .join(', ')}`;
  const move = (event: KeyboardEvent) => {
    const last = xs.length - 1;
    const from = at ?? nearest(xs, now?.at ?? xs.at(-1) ?? 0);
    const steps: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      PageDown: from + 10,
      PageUp: from - 10,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (event.key === 'Escape') setAt(null);
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.min(last, Math.max(0, next)));
  };
  const shown = at === null ? null : Math.min(at, xs.length - 1);
  return (
    <div
      ref={ref}
      role="slider"
      tabIndex={0}
      aria-label={`${title}. Arrow keys walk the points.`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, xs.length - 1)}
      aria-valuenow={shown ?? 0}
      aria-valuetext={shown === null ? 'no point chosen' : say(shown)}
      onKeyDown={move}
      onBlur={() => setAt(null)}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const from = xs[0] ?? 0;
        const to = xs.at(-1) ?? 1;
        setAt(nearest(xs, linear(left, width - right, from, to)(event.clientX - box.left)));
      }}
      onPointerLeave={() => setAt(null)}
      className="relative rounded-md"
    >
      <svg className="chart block overflow-visible" width={width} height={height} aria-hidden="true">
        {grid.map((value) => (
          <g key={value}>
            <line className="grid" x1={left} x2={width - right} y1={round1(y(value))} y2={round1(y(value))} />
            <text x={left - 6} y={round1(y(value)) + 4} textAnchor="end">
              {formatAxis(value)}
            </text>
          </g>
        ))}
        {xTicks.map((tick) => {
          const tx = round1(x(tick.at));
          const anchor = tx < left + 24 ? 'start' : tx > width - 40 ? 'end' : 'middle';
          return (
            <g key={tick.at}>
              {tick.line && tx > left + 2 && (
                <line className="grid" x1={tx} x2={tx} y1={top} y2={height - bottom} />
              )}
              <text x={tx} y={height - 5} textAnchor={anchor}>
                {tick.label}
              </text>
            </g>
          );
        })}
        {series.map((line) => {
          const points = line.values.map((value, index) => ({
            x: x(xs[index] ?? 0),
            y: value === null ? null : y(value),
          }));
          const drawn = points.filter((point) => point.y !== null);
          const first = drawn[0];
          const last = drawn.at(-1);
          return (
            <g key={line.name}>
              {line.area && first && last && (
                <path
                  d={`${linePath(drawn)}L${round1(last.x)} ${height - bottom}L${round1(first.x)} ${height - bottom}Z`}
                  fill="var(--chart-band)"
                />
              )}
              <path d={linePath(points)} fill="none" {...lineLooks[line.look]} />
            </g>
          );
        })}
        {now && (
          <g>
            <line
              x1={round1(x(now.at))}
              x2={round1(x(now.at))}
              y1={top}
              y2={height - bottom}
              stroke="var(--accent-text)"
            />
            <text
              className="halo"
              x={round1(x(now.at)) + (x(now.at) < width / 3 ? 6 : -6)}
              y={top + 8}
              textAnchor={x(now.at) < width / 3 ? 'start' : 'end'}
              style={{ fill: 'var(--accent-text)' }}
            >
              {now.label}
            </text>
          </g>
        )}
        {gap && (
          <g>
            <line
              x1={round1(x(gap.at))}
              x2={round1(x(gap.at))}
              y1={round1(y(gap.from))}
              y2={round1(y(gap.to))}
              stroke="var(--warn)"
              strokeWidth="4"
            />
            <text
              className="halo"
              x={round1(x(gap.at)) + (x(gap.at) > width - 200 ? -8 : 10)}
              y={gapLabelY(y(gap.from), y(gap.to), height - bottom)}
              textAnchor={x(gap.at) > width - 200 ? 'end' : 'start'}
              style={{ fill: 'var(--warn)' }}
            >
              {gap.label}
            </text>
          </g>
        )}
        {endLabel && (
          <text className="halo second" x={width - right} y={round1(y(endLabel.value)) - 6} textAnchor="end">
            {endLabel.text}
          </text>
        )}
        {shown !== null && (
          <g>
            <line
              x1={round1(x(xs[shown] ?? 0))}
              x2={round1(x(xs[shown] ?? 0))}
              y1={top}
              y2={height - bottom}
              stroke="var(--line-strong)"
            />
            {series.map((line) => {
              const value = line.values[shown];
              return value === null || value === undefined ? null : (
                <circle
                  key={line.name}
                  cx={round1(x(xs[shown] ?? 0))}
                  cy={round1(y(value))}
                  r="3"
                  fill="var(--surface)"
                  stroke={lineLooks[line.look].stroke}
                  strokeWidth="1.5"
                />
              );
            })}
          </g>
        )}
      </svg>
      {shown !== null && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute z-10 rounded-md bg-raised px-2.5 py-1.5 text-sm shadow-float"
          style={{
            top: top + 4,
            ...(x(xs[shown] ?? 0) > width / 2
              ? { right: width - x(xs[shown] ?? 0) + 10 }
              : { left: x(xs[shown] ?? 0) + 10 }),
          }}
        >
          <div className="text-fg-3">{formatX(xs[shown] ?? 0)}</div>
          {series.map((line) => {
            const value = line.values[shown];
            return value === null || value === undefined ? null : (
              <div key={line.name} className="flex justify-between gap-4">
                <span className="text-fg-2">{line.name}</span>
                <span>{formatY(value)}</span>
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}

/** Below the gap, or above it where the axis is too near. */
function gapLabelY(from: number, to: number, floor: number): number {
  const below = Math.max(from, to) + 16;
  return round1(below > floor - 4 ? Math.min(from, to) - 8 : below);
}

function LineTable({ title, xs, series, formatX, formatY, height = 268 }: LineChartProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section aria-label={title} tabIndex={0} className="overflow-auto" style={{ maxHeight: height }}>
      <Table
        label={title}
        columns={[null, ...series.map(() => 160)]}
        head={
          <>
            <Th>Time</Th>
            {series.map((line) => (
              <Th key={line.name} right>
                {line.name}
              </Th>
            ))}
          </>
        }
      >
        {xs.map((at, index) => (
          <Tr key={at}>
            <Td className="text-fg-2">{formatX(at)}</Td>
            {series.map((line) => {
              const value = line.values[index];
              return (
                <Td key={line.name} right>
                  {value === null || value === undefined ? '' : formatY(value)}
                </Td>
              );
            })}
          </Tr>
        ))}
      </Table>
    </section>
  );
}
