import { type KeyboardEvent, useState } from 'react';
import { Table, Td, Th, Tr } from '../table.tsx';
import { useWidth } from './use-width.ts';

interface HeatSide {
  id: string;
  name: string;
}

interface HeatmapProps {
  /** Says the measure. */
  title: string;
  rowsOf: string;
  rows: readonly HeatSide[];
  columns: readonly HeatSide[];
  /** A list a row, with a value a column. */
  cells: readonly (readonly number[])[];
  format: (value: number) => string;
  asTable?: boolean;
}

const ROW_HEIGHT = 16;
const SHADES = 5;

/** Which of the five shades a value has: the first is nothing, the others are quarters of the most. */
export function shadeOf(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.min(SHADES - 1, Math.max(1, Math.ceil((value / most) * (SHADES - 1))));
}

/** Values by two dimensions as shades; arrow keys read them one by one. The table twin holds every value. */
export function Heatmap(props: HeatmapProps) {
  return props.asTable ? <HeatTable {...props} /> : <HeatPlot {...props} />;
}

function HeatPlot({ title, rows, columns, cells, format }: HeatmapProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<{ row: number; column: number } | null>(null);
  const most = Math.max(0, ...cells.flat());
  const isShort = rows.every(({ name }) => name.length <= 4);
  const left = isShort ? 34 : 120;
  const step = Math.max(4, (width - left) / Math.max(1, columns.length));
  const height = rows.length * ROW_HEIGHT + 20;
  const isWide = columns.every(({ name }) => name.length <= 3);
  const every = isWide ? (step < 22 ? (columns.length > 12 ? 6 : 2) : 1) : 1;
  const spoken = (row: number, column: number) =>
    `${rows[row]?.name}, ${columns[column]?.name}: ${format(cells[row]?.[column] ?? 0)}`;
  const walk = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const within = (value: number, length: number) => Math.min(length - 1, Math.max(0, value));
    setAt((now) => ({
      row: within((now?.row ?? 0) + (now ? move[0] : 0), rows.length),
      column: within((now?.column ?? 0) + (now ? move[1] : 0), columns.length),
    }));
  };
  const current = at && at.row < rows.length && at.column < columns.length ? at : null;
  return (
    <div ref={ref}>
      <div
        role="slider"
        tabIndex={0}
        className="rounded-md"
        aria-label={`${title}. Arrow keys walk the cells.`}
        aria-valuemin={0}
        aria-valuemax={rows.length * columns.length - 1}
        aria-valuenow={current ? current.row * columns.length + current.column : 0}
        aria-valuetext={
          current
            ? spoken(current.row, current.column)
            : `${rows.length} by ${columns.length} values, the most ${format(most)}`
        }
        onKeyDown={walk}
        onBlur={() => setAt(null)}
        onPointerLeave={() => setAt(null)}
      >
        <svg className="chart block" width={width} height={height} aria-hidden="true">
          {rows.map((row, y) => (
            <g key={row.id}>
              <text x={0} y={y * ROW_HEIGHT + 12}>
                {row.name.length > 18 ? `${row.name.slice(0, 17)}…` : row.name}
              </text>
              {columns.map((column, x) => (
                <rect
                  key={column.id}
                  x={left + x * step}
                  y={y * ROW_HEIGHT}
                  width={Math.max(2, step - 1)}
                  height={ROW_HEIGHT - 1.5}
                  rx="1"
                  fill={`var(--seq-${shadeOf(cells[y]?.[x] ?? 0, most)})`}
                  stroke={current?.row === y && current.column === x ? 'var(--focus)' : undefined}
                  strokeWidth="2"
                  onPointerEnter={() => setAt({ row: y, column: x })}
                />
              ))}
            </g>
          ))}
          {columns.map((column, x) =>
            x % every === 0 || (isWide && x === columns.length - 1 && every > 2) ? (
              <text key={column.id} x={left + x * step + step / 2} y={height - 4} textAnchor="middle">
                {isWide ? column.name : fitted(column.name, step)}
              </text>
            ) : null,
          )}
        </svg>
      </div>
      <p className="h-5 truncate text-sm text-fg-2" aria-hidden="true">
        {current ? spoken(current.row, current.column) : ''}
      </p>
    </div>
  );
}

function HeatTable({ title, rowsOf, rows, columns, cells, format }: HeatmapProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className="overflow-x-auto" aria-label={`${title}, scrolls sideways`} tabIndex={0}>
      <Table
        label={title}
        columns={[rows.every(({ name }) => name.length <= 4) ? 64 : 160, ...columns.map(() => 72)]}
        style={{ minWidth: 160 + columns.length * 72 }}
        head={
          <>
            <Th>{rowsOf}</Th>
            {columns.map((column) => (
              <Th key={column.id} right>
                {column.name}
              </Th>
            ))}
          </>
        }
      >
        {rows.map((row, y) => (
          <Tr key={row.id}>
            <Td title={row.name}>{row.name}</Td>
            {columns.map((column, x) => (
              <Td key={column.id} right>
                {format(cells[y]?.[x] ?? 0)}
              </Td>
            ))}
          </Tr>
        ))}
      </Table>
    </section>
  );
}

/** As much of a name as a column is wide. */
function fitted(name: string, width: number): string {
  const letters = Math.max(1, Math.floor(width / 7));
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

/** The shades with the least and the most beside them. */
export function HeatLegend({ most }: { most: string }) {
  return (
    <span className="flex items-center gap-0.5 text-sm text-fg-3" aria-hidden="true">
      <span className="mr-1">0</span>
      {Array.from({ length: SHADES }, (_, shade) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shades are a fixed list
        <svg key={shade} width="14" height="8" aria-hidden="true">
          <rect width="14" height="8" rx="1" fill={`var(--seq-${shade})`} />
        </svg>
      ))}
      <span className="ml-1">{most}</span>
    </span>
  );
}
