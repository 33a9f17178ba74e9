import { percent } from '../format/number.ts';
import { linear, linePath, round1 } from './scale.ts';

/** A trend without axes; the figure beside it says the value. */
export function Sparkline({
  values,
  label,
  width = 84,
  height = 24,
}: {
  values: readonly number[];
  label: string;
  width?: number;
  height?: number;
}) {
  if (values.length < 2) return <svg width={width} height={height} aria-hidden="true" />;
  const max = Math.max(...values);
  const min = Math.min(...values);
  const x = linear(0, values.length - 1, 1, width - 3);
  const y = max === min ? () => height / 2 : linear(min, max, height - 3, 3);
  const points = values.map((value, at) => ({ x: x(at), y: y(value) }));
  const last = points.at(-1);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={linePath(points)} fill="none" stroke="var(--text-2)" strokeWidth="1.25" />
      {last && <circle cx={round1(last.x)} cy={round1(last.y)} r="2" fill="var(--text-2)" />}
    </svg>
  );
}

/**
 * More than a tenth off its plan is a state, not a shade.
 * @param least what is promised of `expected`: less than all where a part is delivered as fast as possible
 */
export function isOffPace(actual: number, expected: number, least: number = expected): boolean {
  return (least > 0 && 1 - actual / least > 0.1) || (expected > 0 && actual / expected - 1 > 0.1);
}

/** Fill = delivered share of the budget; tick = share expected by now. */
export function PacingBar({
  actual,
  expected,
  off,
  width = 64,
}: {
  actual: number;
  expected: number;
  off: boolean;
  width?: number;
}) {
  const inner = width - 2;
  const filled = round1(Math.min(1, Math.max(0, actual)) * inner);
  const tick = round1(Math.min(1, Math.max(0, expected)) * inner);
  return (
    <svg
      width={width}
      height="12"
      viewBox={`0 0 ${width} 12`}
      role="img"
      aria-label={`${percent(actual)} of the budget spent, ${percent(expected)} expected by now`}
      className="flex-none"
    >
      <rect y="4" width={inner} height="4" rx="1" fill="var(--line-strong)" />
      <rect y="4" width={filled} height="4" rx="1" fill={off ? 'var(--warn)' : 'var(--text-2)'} />
      <rect x={Math.max(0, tick - 1)} y="1" width="2" height="10" fill="var(--text)" />
    </svg>
  );
}

/** A share of one as a bar from zero. */
export function ShareBar({
  share,
  width = 92,
  fill = 'var(--text-3)',
}: {
  share: number;
  width?: number;
  fill?: string;
}) {
  return (
    <svg width={width} height="8" viewBox={`0 0 ${width} 8`} aria-hidden="true" className="flex-none">
      <rect width={width} height="8" rx="1" fill="var(--line)" />
      <rect width={round1(Math.max(1, Math.min(1, share) * width))} height="8" rx="1" fill={fill} />
    </svg>
  );
}
