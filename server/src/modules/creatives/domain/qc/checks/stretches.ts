import type { Stretch, VideoMeasurement } from '@cuepoint/media';
import type { CheckDefinition } from '../check.ts';
import type { QcCheck, SpecRule } from '../spec-pack.ts';
import { timecode, withUnit } from '../units.ts';

const EDGE_MS = 100;

const WORDS: Readonly<Record<Stretch['kind'], { label: string; remedy: string }>> = {
  black: { label: 'Black picture', remedy: 'Cut the black, or put picture there' },
  frozen: { label: 'Frozen picture', remedy: 'Check that the picture is meant to stand still' },
  silent: { label: 'Silence', remedy: 'Check the mix' },
};

/** One observation per stretch that is too long, so that each can be jumped to. */
function stretchCheck(kind: Stretch['kind']): CheckDefinition {
  const { label, remedy } = WORDS[kind];
  return {
    label,
    family: 'stretches',
    needs: [kind === 'silent' ? 'audio' : 'video'],
    accepts: ['max', 'where'],
    requires: ['max'],
    observe({ measurement, rule }) {
      const longest = rule.max ?? 0;
      const place = rule.where === 'edges' ? ' at the start or end' : ' in a row';
      const limit = `at most ${withUnit(longest, 'ms')} ${kind}${place}`;
      const tooLong = relevant(measurement, kind, rule).filter(
        ({ startMs, endMs }) => endMs - startMs > longest,
      );
      if (tooLong.length === 0) {
        return [
          {
            outcome: 'ok',
            measured: `none longer than ${withUnit(longest, 'ms')}`,
            measuredValue: 0,
            limit,
            remedy: '',
          },
        ];
      }
      return tooLong.map(({ startMs, endMs }) => ({
        outcome: 'bad',
        measured: `${withUnit(endMs - startMs, 'ms')} ${kind} from ${timecode(startMs)}`,
        measuredValue: endMs - startMs,
        limit,
        timecodeMs: startMs,
        remedy: `${remedy}: ${timecode(startMs)} to ${timecode(endMs)}.`,
      }));
    },
  };
}

function relevant(
  { stretches, durationMs }: VideoMeasurement,
  kind: Stretch['kind'],
  rule: SpecRule,
): Stretch[] {
  return stretches.filter(
    (stretch) =>
      stretch.kind === kind &&
      (rule.where !== 'edges' || stretch.startMs <= EDGE_MS || stretch.endMs >= durationMs - EDGE_MS),
  );
}

/** What a viewer would take for a fault. */
export const stretchChecks = {
  black: stretchCheck('black'),
  frozen: stretchCheck('frozen'),
  silent: stretchCheck('silent'),
} satisfies Partial<Record<QcCheck, CheckDefinition>>;
