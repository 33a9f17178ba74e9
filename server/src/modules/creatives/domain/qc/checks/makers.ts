import type { VideoMeasurement } from '@cuepoint/media';
import type { CheckDefinition, Observation } from '../check.ts';
import { judgeNumber, limitWords, listWords, nearestNumber } from '../limits.ts';
import type { RuleLimits, SpecRule } from '../spec-pack.ts';
import { type Unit, withUnit } from '../units.ts';

type Head = Pick<CheckDefinition, 'label' | 'family' | 'needs'>;

interface NumberCheck extends Head {
  unit: Unit;
  read(measurement: VideoMeasurement): number | null;
  /** Rounding of the tools, either side of every limit, unless the rule gives its own tolerance. */
  tolerance?: number;
  /** Whole sentences. `target` is the nearest accepted value, with unit. */
  remedy: { below: (target: string) => string; above: (target: string) => string };
}

/** A check of one number against min, max and oneOf. */
export function numberCheck(check: NumberCheck): CheckDefinition {
  const { label, family, needs, unit, read } = check;
  return {
    label,
    family,
    needs,
    accepts: ['min', 'max', 'recommended', 'oneOf', 'tolerance'],
    requires: ['min', 'max', 'oneOf'],
    oneOfKind: 'number',
    observe({ measurement, rule }) {
      const limit = limitWords(rule, unit, rule.tolerance ? `within ${withUnit(rule.tolerance, unit)}` : '');
      const value = read(measurement);
      if (value === null) return [noValue(label, limit)];
      const verdict = judgeNumber(value, rule, rule.tolerance ?? check.tolerance ?? 0);
      const seen = { measured: withUnit(value, unit), measuredValue: value, limit };
      if (verdict === 'ok') return [{ outcome: 'ok', ...seen, remedy: '' }];
      const target = targetOf(verdict, value, rule);
      const side = target === null || target > value ? 'below' : 'above';
      return [{ outcome: 'bad', ...seen, remedy: check.remedy[side](withUnit(target ?? 0, unit)) }];
    },
  };
}

interface TextCheck extends Head {
  read(measurement: VideoMeasurement): string | null;
  matches?: (value: string, accepted: string) => boolean;
  words?: (value: string) => string;
  remedy: (accepted: string) => string;
}

/** A check of one name against the accepted ones. */
export function textCheck(check: TextCheck): CheckDefinition {
  const { label, family, needs, read, remedy } = check;
  const words = check.words ?? ((value: string) => value);
  const matches =
    check.matches ?? ((value: string, accepted: string) => value.toLowerCase() === accepted.toLowerCase());
  return {
    label,
    family,
    needs,
    accepts: ['oneOf', 'recommended'],
    requires: ['oneOf'],
    oneOfKind: 'text',
    observe({ measurement, rule }) {
      const accepted = (rule.oneOf ?? []).map(String);
      const named = accepted.map(words);
      const limit =
        listWords(named, 'text') +
        (rule.recommended === undefined ? '' : `; recommended ${words(String(rule.recommended))}`);
      const value = read(measurement);
      if (value === null) return [noValue(label, limit)];
      const ok = accepted.some((one) => matches(value, one));
      const seen = { measured: words(value), measuredValue: value, limit };
      return [
        ok
          ? { outcome: 'ok', ...seen, remedy: '' }
          : { outcome: 'bad', ...seen, remedy: remedy(listWords(named, 'text')) },
      ];
    },
  };
}

interface FlagCheck extends Head {
  read(measurement: VideoMeasurement): boolean | null;
  words: { yes: string; no: string };
  remedy: { yes: string; no: string };
}

/** A yes-or-no check; yes is wanted unless the rule expects no. */
export function flagCheck(check: FlagCheck): CheckDefinition {
  const { label, family, needs, read, words, remedy } = check;
  return {
    label,
    family,
    needs,
    accepts: ['expected'],
    requires: [],
    observe({ measurement, rule }) {
      const wanted = rule.expected ?? true;
      const limit = wanted ? words.yes : words.no;
      const value = read(measurement);
      if (value === null) return [noValue(label, limit)];
      const seen = { measured: value ? words.yes : words.no, measuredValue: value, limit };
      if (value === wanted) return [{ outcome: 'ok', ...seen, remedy: '' }];
      return [{ outcome: 'bad', ...seen, remedy: wanted ? remedy.yes : remedy.no }];
    },
  };
}

export function noValue(label: string, limit: string): Observation {
  return {
    outcome: 'no_value',
    measured: 'the file does not say',
    measuredValue: null,
    limit,
    remedy: `Check the ${label.charAt(0).toLowerCase()}${label.slice(1)} by hand: it could not be read from the file.`,
  };
}

function targetOf(
  verdict: 'below' | 'above' | 'unlisted',
  value: number,
  rule: SpecRule & RuleLimits,
): number | null {
  if (verdict === 'below') return rule.min ?? null;
  if (verdict === 'above') return rule.max ?? null;
  return nearestNumber(value, rule.oneOf ?? []);
}
