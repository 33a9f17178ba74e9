import { layoutSankey, linkPath, type SankeyFlow } from './sankey-layout.ts';
import { round1 } from './scale.ts';
import { useWidth } from './use-width.ts';

const fills = ['var(--text-3)', 'var(--chart-1)', 'var(--chart-2)'] as const;

/** Grey flows, two compared paths in colour, the fee kept as the foot of a node, working media in its own colour. */
export function Sankey({
  title,
  flows,
  height = 330,
  format,
  passedBy,
}: {
  title: string;
  flows: readonly SankeyFlow[];
  height?: number;
  format: (value: number) => string;
  /** Written where a column is passed by. */
  passedBy: string;
}) {
  const [ref, width] = useWidth<HTMLDivElement>(764);
  const { nodes, links } = layoutSankey(flows, width, height);
  const last = Math.max(0, ...nodes.map((node) => node.column));
  const drawn = [...links].sort((a, b) => a.highlight - b.highlight);
  return (
    <div ref={ref}>
      <svg
        className="chart over-flows block overflow-visible"
        width={width}
        height={height}
        role="img"
        aria-label={`${title}. ${nodes
          .filter((node) => node.name !== null)
          .map((node) =>
            node.column === last
              ? `${node.name} ${format(node.volume)}`
              : `${node.name} keeps ${format(node.fee)}`,
          )
          .join(', ')}.`}
      >
        {drawn.map((link) => (
          <path
            key={`${link.flow} ${round1(link.from.x)}`}
            d={linkPath(link)}
            fill={fills[link.highlight]}
            opacity={link.highlight ? 0.62 : 0.2}
          />
        ))}
        {nodes.map((node) => {
          const key = `${node.column} ${node.name ?? ''}`;
          if (node.name === null) {
            return (
              <text key={key} className="halo" x={node.x} y={round1(node.y - 4)}>
                {passedBy}
              </text>
            );
          }
          const arrives = node.column === last;
          const footHeight = node.volume > 0 ? (node.fee / node.volume) * node.height : 0;
          const labelX = arrives ? node.x + 10 : node.x + 18;
          const labelY = round1(arrives ? node.y - 10 : node.y + Math.min(node.height / 2 + 4, 16));
          return (
            <g key={key}>
              <rect
                x={round1(node.x)}
                y={round1(node.y)}
                width="10"
                height={round1(Math.max(1, node.height))}
                rx="1"
                fill={arrives ? 'var(--ok)' : 'var(--text-2)'}
              />
              {node.fee > 0 && !arrives && (
                <rect
                  x={round1(node.x)}
                  y={round1(node.y + node.height - footHeight)}
                  width="10"
                  height={round1(Math.max(1, footHeight))}
                  rx="1"
                  fill="var(--warn)"
                />
              )}
              <text
                className="halo name"
                x={labelX}
                y={labelY}
                textAnchor={arrives ? 'end' : 'start'}
                style={{ fontWeight: 540 }}
              >
                {arrives ? `${node.name} ${format(node.volume)}` : node.name}
              </text>
              {!arrives && node.fee > 0 && node.height > 26 && (
                <text className="halo" x={labelX} y={labelY + 14} style={{ fill: 'var(--warn)' }}>
                  fee {format(node.fee)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
