import { Table, Td, Th, Tr } from '../table.tsx';
import { linear, round1 } from './scale.ts';
import { useWidth } from './use-width.ts';

interface Bar {
  id: string;
  name: string;
  value: number;
  /** Of the period before; a mark on the bar. */
  before?: number | undefined;
}

interface BarChartProps {
  /** Says the measure. */
  title: string;
  /** What the bars are of. */
  of: string;
  bars: readonly Bar[];
  format: (value: number) => string;
  asTable?: boolean;
}

const rowHeight = 26;
const labelWidth = 180;
const valueWidth = 76;

/** Values side by side, with a base of zero. The table twin holds every value. */
export function BarChart(props: BarChartProps) {
  return props.asTable ? <BarTable {...props} /> : <BarPlot {...props} />;
}

function BarPlot({ title, bars, format }: BarChartProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const most = Math.max(1, ...bars.flatMap(({ value, before }) => [value, before ?? 0]));
  const x = linear(0, most, labelWidth, Math.max(labelWidth + 1, width - valueWidth));
  const said = bars.map((bar) => `${bar.name} ${format(bar.value)}`).join(', ');
  return (
    <div ref={ref}>
      <svg
        className="chart block"
        width={width}
        height={bars.length * rowHeight + 4}
        role="img"
        aria-label={`${title}: ${said}`}
      >
        {bars.map((bar, at) => {
          const y = at * rowHeight + 2;
          return (
            <g key={bar.id}>
              <text className="name" x={labelWidth - 10} y={y + 16} textAnchor="end">
                {bar.name.length > 26 ? `${bar.name.slice(0, 25)}…` : bar.name}
              </text>
              <rect
                x={labelWidth}
                y={y + 5}
                width={round1(x(most) - labelWidth)}
                height="14"
                rx="1"
                fill="var(--line)"
              />
              <rect
                x={labelWidth}
                y={y + 5}
                width={round1(Math.max(bar.value > 0 ? 1 : 0, x(bar.value) - labelWidth))}
                height="14"
                rx="1"
                fill="var(--chart-1)"
              />
              {bar.before !== undefined && (
                <rect x={round1(x(bar.before)) - 1} y={y + 2} width="2" height="20" fill="var(--text)" />
              )}
              <text className="strong" x={width} y={y + 16} textAnchor="end">
                {format(bar.value)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function BarTable({ title, of, bars, format }: BarChartProps) {
  const hasBefore = bars.some(({ before }) => before !== undefined);
  return (
    <Table
      label={title}
      columns={hasBefore ? [null, 140, 140] : [null, 140]}
      head={
        <>
          <Th>{of}</Th>
          <Th right>Value</Th>
          {hasBefore && <Th right>Before</Th>}
        </>
      }
    >
      {bars.map((bar) => (
        <Tr key={bar.id}>
          <Td>{bar.name}</Td>
          <Td right>{format(bar.value)}</Td>
          {hasBefore && <Td right>{bar.before === undefined ? '' : format(bar.before)}</Td>}
        </Tr>
      ))}
    </Table>
  );
}
