import type { LintRule } from './rule.ts';
import { AD_RULES, DOCUMENT_RULES } from './rules-ad.ts';
import { CREATIVE_RULES } from './rules-creative.ts';

export type { LintRule, LintSeverity } from './rule.ts';

/** Every rule of `lintVast` by its stable id. */
export const LINT_RULES = { ...DOCUMENT_RULES, ...AD_RULES, ...CREATIVE_RULES } as const satisfies Record<
  string,
  LintRule
>;

/** Stable id of a rule. */
export type LintRuleId = keyof typeof LINT_RULES;

/** One observation about a document. */
export interface LintFinding extends LintRule {
  readonly rule: LintRuleId;
  /** Elements from the root; positions from 1 where there are several. */
  readonly path: string;
  readonly message: string;
}

/** A finding of a rule at a place. */
export function finding(rule: LintRuleId, path: string, message: string): LintFinding {
  return { rule, path, message, ...LINT_RULES[rule] };
}
