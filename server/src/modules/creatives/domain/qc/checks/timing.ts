import type { VideoMeasurement } from '@cuepoint/media';
import type { CheckDefinition, CheckInput, Observation } from '../check.ts';
import { judgeNumber, limitWords, nearestNumber } from '../limits.ts';
import type { QcCheck, SpecRule } from '../spec-pack.ts';
import { withUnit } from '../units.ts';
import { flagCheck, numberCheck } from './makers.ts';

// Durations are measured in whole milliseconds: half of one is measurement, not the file.
const ROUNDING_MS = 0.5;

/** Which length a creative may have: exact lists hold to half a frame, or as the rule says. */
const duration: CheckDefinition = {
  label: 'Duration',
  family: 'timing',
  needs: [],
  accepts: ['min', 'max', 'recommended', 'oneOf', 'tolerance', 'toleranceFrames', 'byMarket'],
  requires: ['min', 'max', 'oneOf', 'byMarket'],
  oneOfKind: 'number',
  observe: ({ measurement, rule, market }) => [
    rule.byMarket === undefined
      ? observeLength(measurement, rule)
      : observeMarketLength({ measurement, rule, market }, rule.byMarket),
  ],
};

function observeLength(measurement: VideoMeasurement, rule: SpecRule): Observation {
  const value = measurement.durationMs;
  const verdict = judgeNumber(value, rule, toleranceMs(measurement, rule));
  const limit = limitWords(rule, 'ms', toleranceWords(rule));
  const seen = { measured: withUnit(value, 'ms'), measuredValue: value, limit };
  if (verdict === 'ok') return { outcome: 'ok', ...seen, remedy: '' };
  const edge = verdict === 'below' ? rule.min : rule.max;
  const target = verdict === 'unlisted' ? nearestNumber(value, rule.oneOf ?? []) : (edge ?? null);
  return { outcome: 'bad', ...seen, remedy: recut(value, target) };
}

function observeMarketLength(
  { measurement, rule, market }: CheckInput,
  byMarket: NonNullable<SpecRule['byMarket']>,
): Observation {
  const own =
    byMarket.find(({ markets }) => market !== null && markets.includes(market))?.oneOf ??
    (market !== null ? rule.oneOf : undefined);
  if (own !== undefined) {
    const observed = observeLength(measurement, { ...rule, oneOf: own });
    return { ...observed, limit: `${observed.limit} in ${market}` };
  }
  // The market is unknown, or the destination says nothing of it: sure only where all lists agree.
  const lists = [
    ...byMarket.map(({ markets, oneOf }) => ({ where: markets.join(', '), oneOf })),
    ...(rule.oneOf === undefined ? [] : [{ where: 'other markets', oneOf: rule.oneOf }]),
  ];
  const results = lists.map(({ where, oneOf }) => ({
    where,
    ...observeLength(measurement, { ...rule, oneOf }),
  }));
  const refused = results.filter(({ outcome }) => outcome === 'bad');
  const limit = results.map(({ where, limit: words }) => `${where}: ${words}`).join('; ');
  const measured = withUnit(measurement.durationMs, 'ms');
  const seen = { measured, measuredValue: measurement.durationMs, limit };
  if (refused.length === 0) return { outcome: 'ok', ...seen, remedy: '' };
  if (refused.length === results.length) return { outcome: 'bad', ...seen, remedy: refused[0]?.remedy ?? '' };
  const which =
    market === null
      ? 'Say which market the creative is for'
      : `The destination states no lengths for ${market}; ask it`;
  return {
    outcome: 'unclear',
    ...seen,
    remedy: `${which}: ${measured} is refused in ${refused.map(({ where }) => where).join(', ')}.`,
  };
}

function toleranceMs({ video }: VideoMeasurement, rule: SpecRule): number {
  const frameMs = video && video.fps > 0 ? 1000 / video.fps : 0;
  return (rule.tolerance ?? 0) + (rule.toleranceFrames ?? 0) * frameMs + ROUNDING_MS;
}

function toleranceWords({ tolerance, toleranceFrames }: SpecRule): string {
  const words = [
    ...(tolerance ? [withUnit(tolerance, 'ms')] : []),
    ...(toleranceFrames ? [toleranceFrames === 0.5 ? 'half a frame' : `${toleranceFrames} frames`] : []),
  ];
  return words.length === 0 ? '' : `within ${words.join(' and ')}`;
}

function recut(value: number, target: number | null): string {
  if (target === null) return 'Recut to an accepted length.';
  const off = withUnit(Math.abs(target - value), 'ms');
  return value > target
    ? `Trim ${off} to reach ${withUnit(target, 'ms')}.`
    : `Extend by ${off} to reach ${withUnit(target, 'ms')}.`;
}

const audioLength: CheckDefinition = {
  label: 'Audio length',
  family: 'timing',
  needs: ['video', 'audio'],
  accepts: ['max'],
  requires: ['max'],
  observe({ measurement: { video, audio }, rule }) {
    const difference = (audio?.durationMs ?? 0) - (video?.durationMs ?? 0);
    const limit = `within ${withUnit(rule.max ?? 0, 'ms')} of the video`;
    const side = difference < 0 ? 'shorter' : 'longer';
    const measured =
      difference === 0
        ? 'as long as the video'
        : `${withUnit(Math.abs(difference), 'ms')} ${side} than the video`;
    const seen = { measured, measuredValue: difference, limit };
    if (Math.abs(difference) <= (rule.max ?? 0)) return [{ outcome: 'ok', ...seen, remedy: '' }];
    return [{ outcome: 'bad', ...seen, remedy: 'Pad or trim the audio to the length of the video.' }];
  },
};

/** Length and frame rate. */
export const timingChecks = {
  duration,
  audio_length: audioLength,
  frame_rate: numberCheck({
    label: 'Frame rate',
    family: 'timing',
    needs: ['video'],
    unit: 'fps',
    read: ({ video }) => video?.fps ?? null,
    // Tells 23.976 from 24 and 29.97 from 30, and forgives an average over a short file.
    tolerance: 0.01,
    remedy: {
      below: (target) => `Export natively at ${target}; converting this file duplicates frames.`,
      above: (target) => `Export natively at ${target}; converting this file drops frames.`,
    },
  }),
  frame_rate_constant: flagCheck({
    label: 'Constant frame rate',
    family: 'timing',
    needs: ['video'],
    read: ({ video }) => video?.fpsConstant ?? null,
    words: { yes: 'constant', no: 'variable' },
    remedy: { yes: 'Export with a constant frame rate.', no: 'Export with a variable frame rate.' },
  }),
} satisfies Partial<Record<QcCheck, CheckDefinition>>;
