import type { VideoMeasurement } from '@cuepoint/media';
import type { Observation } from './check.ts';
import { CHECKS } from './checks/index.ts';
import type { QcFinding } from './finding.ts';
import { effectiveSeverity, type SpecPack, type SpecRule } from './spec-pack.ts';

export interface QcContext {
  /** ISO 3166 code of the creative's market: some destinations accept other lengths per market. */
  market?: string;
}

/**
 * A measured file held against a pack: one finding per rule, several where a rule is
 * broken at several places, none for rules of another codec. Pure; never measures.
 */
export function evaluateMeasurement(
  measurement: VideoMeasurement,
  pack: SpecPack,
  context: QcContext = {},
): QcFinding[] {
  const market = context.market ?? null;
  return pack.rules
    .filter((rule) => concerns(rule, measurement))
    .flatMap((rule) => {
      const check = CHECKS[rule.check];
      const absent = check.needs.find((stream) => measurement[stream] === null);
      const observations = absent ? [streamAbsent(absent)] : check.observe({ measurement, rule, market });
      return observations.map((observation) => toFinding(rule, observation, absent !== undefined));
    });
}

function concerns(rule: SpecRule, { video }: VideoMeasurement): boolean {
  return rule.onlyVideoCodecs === undefined || (video !== null && rule.onlyVideoCodecs.includes(video.codec));
}

function streamAbsent(stream: 'video' | 'audio'): Observation {
  const named = stream === 'audio' ? 'an audio stream' : 'a video stream';
  return {
    outcome: 'no_value',
    measured: `no ${stream} stream`,
    measuredValue: null,
    limit: `holds for a file with ${named}`,
    remedy: `Nothing to measure without ${named}.`,
  };
}

function toFinding(rule: SpecRule, observation: Observation, absent: boolean): QcFinding {
  const severity = effectiveSeverity(rule);
  const status = { ok: 'passed', bad: severity, unclear: 'warn', no_value: 'not_measured' } as const;
  return {
    rule: rule.id,
    check: rule.check,
    status: status[observation.outcome],
    severity,
    measured: observation.measured,
    measuredValue: observation.measuredValue,
    limit: observation.limit,
    timecodeMs: observation.timecodeMs ?? null,
    remedy: observation.remedy,
    source: rule.source,
    confidence: rule.confidence,
    notMeasuredBecause: observation.outcome !== 'no_value' ? null : absent ? 'stream_absent' : 'no_value',
  };
}
