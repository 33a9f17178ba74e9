/** `block`: players reject or misread it. `warn`: it costs delivery, money or measurement. `info`: worth knowing. */
export type LintSeverity = 'block' | 'warn' | 'info';

/** A rule as data: how bad, what to do, and where the standard says so. */
export interface LintRule {
  readonly severity: LintSeverity;
  readonly remedy: string;
  /** Section of VAST 4.2 unless another is named; it has the same number in 4.1 and 4.3. */
  readonly spec: string;
}

/** One rule. */
export function rule(severity: LintSeverity, spec: string, remedy: string): LintRule {
  return { severity, remedy, spec };
}
