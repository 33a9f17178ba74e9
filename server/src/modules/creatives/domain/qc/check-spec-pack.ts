import type { CheckDefinition } from './check.ts';
import { CHECKS } from './checks/index.ts';
import { parseSize } from './checks/picture-size.ts';
import type { RuleLimits, SpecPack, SpecRule } from './spec-pack.ts';

const LIMITS: readonly (keyof RuleLimits)[] = [
  'min',
  'max',
  'recommended',
  'oneOf',
  'minSizes',
  'tolerance',
  'toleranceFrames',
  'byMarket',
  'expected',
  'where',
];

/**
 * Everything in an edited or imported pack that could not be evaluated as meant, one
 * sentence each; empty when the pack is sound.
 */
export function checkSpecPack(pack: SpecPack): string[] {
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9_]*$/.test(pack.id)) {
    problems.push(
      `id is "${pack.id}"; accepted: lower-case letters, digits and underscores, e.g. amazon_stv.`,
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(pack.effectiveOn)) {
    problems.push(`effectiveOn is "${pack.effectiveOn}"; accepted: an ISO date such as 2026-11-21.`);
  }
  const ids = pack.rules.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
    problems.push(`Rule id "${id}" is used twice; each rule needs its own.`);
  }
  for (const rule of pack.rules)
    problems.push(...checkRule(rule).map((problem) => `Rule "${rule.id}": ${problem}`));
  for (const stream of ['video', 'audio'] as const) {
    const speaksOf = pack.rules.some(({ check }) => CHECKS[check]?.needs.includes(stream));
    const asksFor = pack.rules.some(({ check }) => check === `${stream}_present`);
    if (speaksOf && !asksFor) {
      problems.push(
        `The pack has rules on ${stream} but none that says whether a file needs it; add a ${stream}_present rule.`,
      );
    }
  }
  return problems;
}

function checkRule(rule: SpecRule): string[] {
  const check: CheckDefinition | undefined = CHECKS[rule.check];
  if (!check) return [`check is "${rule.check}"; accepted: ${Object.keys(CHECKS).join(', ')}.`];
  const problems: string[] = [];
  for (const limit of LIMITS) {
    if (rule[limit] !== undefined && !check.accepts.includes(limit)) {
      problems.push(`${limit} means nothing for ${rule.check}; accepted: ${check.accepts.join(', ')}.`);
    }
  }
  if (check.requires.length > 0 && check.requires.every((limit) => rule[limit] === undefined)) {
    problems.push(`it limits nothing; give ${check.requires.join(' or ')}.`);
  }
  problems.push(...checkValues(rule, check));
  if (rule.severity === 'block' && rule.confidence === 'R' && rule.confirmedAt === undefined) {
    problems.push('an unconfirmed figure (R) cannot block; set severity to warn, or confirm it.');
  }
  if (rule.source.trim() === '') problems.push('source is empty; say where the figure comes from.');
  return problems;
}

function checkValues(rule: SpecRule, check: CheckDefinition): string[] {
  const problems: string[] = [];
  const { min, max, tolerance, toleranceFrames } = rule;
  for (const [name, value] of Object.entries({ min, max, tolerance, toleranceFrames })) {
    if (value !== undefined && !Number.isFinite(value))
      problems.push(`${name} is ${value}; accepted: a number.`);
  }
  if (min !== undefined && max !== undefined && min > max) problems.push(`min ${min} is above max ${max}.`);
  if (rule.oneOf?.length === 0) problems.push('oneOf is empty; nothing could pass.');
  const kind = check.oneOfKind === 'number' ? 'number' : 'string';
  for (const one of rule.oneOf ?? []) {
    if (typeof one !== kind) problems.push(`oneOf holds ${JSON.stringify(one)}; accepted: a ${kind}.`);
  }
  const sizes = [...(rule.minSizes ?? []), ...(check.oneOfKind === 'size' ? (rule.oneOf ?? []) : [])];
  for (const size of sizes) {
    if (parseSize(String(size)) === null)
      problems.push(`"${size}" is not a size; accepted: width x height such as 1920x1080.`);
  }
  return problems;
}
