import type { RuleLimits } from './spec-pack.ts';
import { type Unit, withUnit } from './units.ts';

export type NumberVerdict = 'ok' | 'below' | 'above' | 'unlisted';

/** A number against min, max and oneOf, each widened by the tolerance. */
export function judgeNumber(value: number, limits: RuleLimits, tolerance: number): NumberVerdict {
  const { min, max, oneOf } = limits;
  if (min !== undefined && value < min - tolerance) return 'below';
  if (max !== undefined && value > max + tolerance) return 'above';
  if (oneOf === undefined) return 'ok';
  return oneOf.some((one) => typeof one === 'number' && Math.abs(value - one) <= tolerance)
    ? 'ok'
    : 'unlisted';
}

/** The accepted number nearest to the measured one. */
export function nearestNumber(value: number, oneOf: readonly (number | string)[]): number | null {
  const numbers = oneOf.filter((one) => typeof one === 'number');
  return numbers.reduce<number | null>(
    (best, one) => (best === null || Math.abs(one - value) < Math.abs(best - value) ? one : best),
    null,
  );
}

/** The limits in words: "15 Mbps to 30 Mbps", "one of 15.000 s, 30.000 s", with tolerance and recommendation. */
export function limitWords(limits: RuleLimits, unit: Unit, toleranceWords = ''): string {
  const { min, max, oneOf, recommended } = limits;
  const words: string[] = [];
  if (min !== undefined && max !== undefined) {
    words.push(
      min === max ? `exactly ${withUnit(min, unit)}` : `${withUnit(min, unit)} to ${withUnit(max, unit)}`,
    );
  } else if (min !== undefined) words.push(`at least ${withUnit(min, unit)}`);
  else if (max !== undefined) words.push(`at most ${withUnit(max, unit)}`);
  if (oneOf !== undefined) words.push(listWords(oneOf, unit));
  const tolerance = toleranceWords === '' ? '' : ` (${toleranceWords})`;
  const advice = recommended === undefined ? '' : `; recommended ${withUnit(recommended, unit)}`;
  return `${words.join(', ')}${tolerance}${advice}`;
}

export function listWords(oneOf: readonly (number | string)[], unit: Unit): string {
  const values = oneOf.map((one) => withUnit(one, unit));
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}
