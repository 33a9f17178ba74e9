import type { Attempt } from '@cuepoint/contract';
import { linear, round1, ticks } from '../../design/charts/scale.ts';
import { useWidth } from '../../design/charts/use-width.ts';

const colors: Record<Attempt['outcome'], string> = {
  ok: 'var(--ok)',
  found: 'var(--ok)',
  retry: 'var(--warn)',
  ambiguous: 'var(--warn)',
  permanent: 'var(--block)',
  not_found: 'var(--info)',
};

const rowHeight = 26;
const labelWidth = 22;

/** When each attempt ran, how long it took, and how long was waited before the next. */
export function AttemptTimeline({ attempts }: { attempts: readonly Attempt[] }) {
  const [ref, width] = useWidth<HTMLDivElement>(408);
  const starts = attempts.map((attempt) => Date.parse(attempt.startedAt));
  const zero = Math.min(...starts);
  const spanMs = Math.max(
    1000,
    ...attempts.map((attempt, at) => (starts[at] ?? zero) - zero + attempt.durationMs),
  );
  const x = linear(0, spanMs / 1000, labelWidth, width - 8);
  const grid = ticks(spanMs / 1000, 4).filter((value) => value * 1000 <= spanMs);
  const height = attempts.length * rowHeight;
  return (
    <div ref={ref}>
      <svg
        className="chart block"
        width={width}
        height={height + 20}
        role="img"
        aria-label={`${attempts.length} attempts over ${(spanMs / 1000).toFixed(1)} seconds; each is listed below`}
      >
        {grid.map((value) => (
          <g key={value}>
            <line className="grid" x1={round1(x(value))} x2={round1(x(value))} y1="0" y2={height} />
            <text x={round1(x(value))} y={height + 15} textAnchor={x(value) > width - 30 ? 'end' : 'start'}>
              +{value} s
            </text>
          </g>
        ))}
        {attempts.map((attempt, at) => {
          const from = ((starts[at] ?? zero) - zero) / 1000;
          const until = from + attempt.durationMs / 1000;
          const following = starts[at + 1];
          const next = following === undefined ? null : (following - zero) / 1000;
          const y = at * rowHeight + 4;
          const barEnd = Math.max(x(until), x(from) + 6);
          const toLeft = barEnd > width - 120;
          return (
            <g key={attempt.id}>
              <text className="name" x="0" y={y + 12}>
                {attempt.number}
              </text>
              {next !== null && x(next) > barEnd && (
                <rect
                  x={round1(barEnd)}
                  y={y + 7}
                  width={round1(x(next) - barEnd)}
                  height="2"
                  fill="var(--line-strong)"
                />
              )}
              <rect
                x={round1(x(from))}
                y={y + 1}
                width={round1(barEnd - x(from))}
                height="14"
                rx="1"
                fill={colors[attempt.outcome]}
              />
              <text
                className="halo second"
                x={round1(toLeft ? x(from) - 6 : barEnd + 6)}
                y={y + 12}
                textAnchor={toLeft ? 'end' : 'start'}
                style={{ stroke: 'var(--raised)' }}
              >
                {attempt.httpStatus ?? 'no answer'} {attempt.step}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
