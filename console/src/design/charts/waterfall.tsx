import { moneyText } from '../format/money.ts';
import { linear, round1 } from './scale.ts';
import { useWidth } from './use-width.ts';

export interface WaterfallStep {
  name: string;
  detail: string;
  /** What is taken (`fee`), or what there is (`total`), with what remains after it; null where a path has no such step. */
  first: { amountMicros: number; remainingMicros: number } | null;
  second: { amountMicros: number; remainingMicros: number } | null;
  kind: 'total' | 'fee';
}

const labelWidth = 112;
const rowHeight = 38;

/** Two thin bars a step with the exact micros beside them. */
export function Waterfall({
  title,
  steps,
  currency,
}: {
  title: string;
  steps: readonly WaterfallStep[];
  currency: string;
}) {
  const [ref, width] = useWidth<HTMLDivElement>(372);
  const gross = Math.max(
    1,
    ...steps.flatMap((step) => [step.first?.amountMicros ?? 0, step.second?.amountMicros ?? 0]),
  );
  const x = linear(0, gross, labelWidth, width - 4);
  return (
    <div ref={ref}>
      <svg
        className="chart block overflow-visible"
        width={width}
        height={steps.length * rowHeight + 2}
        role="img"
        aria-label={`${title}: ${steps.map((step) => describe(step, currency)).join('; ')}`}
      >
        {steps.map((step, at) => {
          const y = at * rowHeight + 2;
          const textX =
            Math.min(
              ...[step.first, step.second].map((bar) => (bar ? x(Math.max(0, bar.remainingMicros)) : width)),
            ) - 6;
          return (
            <g key={step.name}>
              <text className="name" x="0" y={y + 13}>
                {step.name}
              </text>
              <text x="0" y={y + 28}>
                {step.detail}
              </text>
              {([step.first, step.second] as const).map((bar, which) => {
                const top = y + 3 + which * 15;
                const color = which === 0 ? 'var(--chart-1)' : 'var(--chart-2)';
                const key = which === 0 ? 'first' : 'second';
                if (!bar) {
                  return (
                    <text key={key} x={textX} y={top + 10.5} textAnchor="end">
                      none
                    </text>
                  );
                }
                if (step.kind === 'total') {
                  const end = x(Math.max(0, bar.amountMicros));
                  const fits = end - labelWidth > 72;
                  return (
                    <g key={key}>
                      <rect
                        x={labelWidth}
                        y={top}
                        width={Math.max(1.5, round1(end - labelWidth))}
                        height="13"
                        rx="1"
                        fill={color}
                      />
                      <text
                        x={round1(fits ? end - 6 : end + 6)}
                        y={top + 10.5}
                        textAnchor={fits ? 'end' : 'start'}
                        style={{ fill: fits ? 'var(--surface)' : 'var(--text-2)', fontWeight: 600 }}
                      >
                        {moneyText(bar.amountMicros, currency)}
                      </text>
                    </g>
                  );
                }
                const from = x(Math.max(0, bar.remainingMicros));
                const to = x(Math.max(0, bar.remainingMicros + bar.amountMicros));
                return (
                  <g key={key}>
                    <rect
                      x={round1(from)}
                      y={top}
                      width={Math.max(1.5, round1(to - from))}
                      height="13"
                      rx="1"
                      fill={color}
                    />
                    <text className="second" x={round1(textX)} y={top + 10.5} textAnchor="end">
                      {`\u2212${moneyText(bar.amountMicros, currency)}`}
                    </text>
                  </g>
                );
              })}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function describe(step: WaterfallStep, currency: string): string {
  const side = (bar: WaterfallStep['first']) => (bar ? moneyText(bar.amountMicros, currency) : 'none');
  return `${step.name} ${side(step.first)} and ${side(step.second)}`;
}
