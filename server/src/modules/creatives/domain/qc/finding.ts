import type { QcCheck, RuleSeverity, SpecConfidence } from './spec-pack.ts';

/** One rule of a pack held against one measured file. */
export interface QcFinding {
  rule: string;
  check: QcCheck;
  /** `warn` and `block`: the rule is not met. */
  status: 'passed' | 'warn' | 'block' | 'not_measured';
  /** What the rule would do when not met. */
  severity: RuleSeverity;
  /** Human text with unit, e.g. "12.4 Mbps". */
  measured: string;
  measuredValue: number | string | boolean | null;
  /** Human text with unit, e.g. "at least 15 Mbps". */
  limit: string;
  /** Where in the file, when it is at a place. */
  timecodeMs: number | null;
  /** What to do about it; empty when passed. */
  remedy: string;
  source: string;
  confidence: SpecConfidence;
  /** Why there is no value: the file has no such stream, or the file and tools do not say. */
  notMeasuredBecause: 'stream_absent' | 'no_value' | null;
}

export interface QcVerdict {
  /** `warn` also when a blocking rule could not be measured: unproven is not passed. */
  verdict: 'pass' | 'warn' | 'block';
  blocks: number;
  warns: number;
  passes: number;
  notMeasured: number;
}

/**
 * The findings of one pack in one word. A rule about a stream that is absent does not
 * count against the file: whether the stream must be there is a rule of its own.
 */
export function packVerdict(findings: readonly QcFinding[]): QcVerdict {
  const count = (status: QcFinding['status']) =>
    findings.filter((finding) => finding.status === status).length;
  const unproven = findings.some(
    ({ severity, notMeasuredBecause }) => severity === 'block' && notMeasuredBecause === 'no_value',
  );
  const blocks = count('block');
  const warns = count('warn');
  const verdict = blocks > 0 ? 'block' : warns > 0 || unproven ? 'warn' : 'pass';
  return { verdict, blocks, warns, passes: count('passed'), notMeasured: count('not_measured') };
}
