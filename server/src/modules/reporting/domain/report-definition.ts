import { type ReportDefinition, resolvePeriod } from '@cuepoint/contract';
import { dayOf } from '../../../kernel/zoned-day.ts';
import { daysBetween } from './local-days.ts';

/** Two years and a leap day, and of hours a quarter: more belongs into an export of its own. */
export const MAX_DAYS = 732;
export const MAX_HOUR_DAYS = 92;

const DEFAULT_DAYS = 7;
const FILTERS = [
  'campaignId',
  'lineItemId',
  'creativeId',
  'placementId',
  'country',
  'device',
  'reason',
] as const;

/** What may be said of a definition; what is undefined was not said. */
export type SaidDefinition = { [K in keyof ReportDefinition]?: ReportDefinition[K] | undefined };

export type DefinitionResult =
  | { ok: true; definition: ReportDefinition }
  | { ok: false; field: string; problem: string };

/** A definition with what was said taken over, and what its period has no use for taken out. */
export function definitionOf(before: ReportDefinition | null, said: SaidDefinition): DefinitionResult {
  const merged = { ...before } as ReportDefinition;
  for (const [field, value] of Object.entries(said))
    if (value !== undefined) Object.assign(merged, { [field]: value });
  const refused = (field: string, problem: string) => ({ ok: false as const, field, problem });
  const { period } = merged;
  if (period !== 'last_days') {
    if (said.days != null)
      return refused('days', `${said.days} goes with the period last_days, not ${period}`);
    if (said.includesToday)
      return refused('includesToday', `true goes with the period last_days, not ${period}`);
  }
  if (period !== 'fixed')
    for (const field of ['from', 'to'] as const)
      if (said[field] != null)
        return refused(field, `${said[field]} goes with the period fixed, not ${period}`);
  const definition: ReportDefinition = {
    ...merged,
    days: period === 'last_days' ? (merged.days ?? DEFAULT_DAYS) : null,
    includesToday: period === 'last_days' && merged.includesToday,
    from: period === 'fixed' ? merged.from : null,
    to: period === 'fixed' ? merged.to : null,
  };
  const { from, to } = definition;
  if (period === 'fixed') {
    if (from === null) return refused('from', 'the period fixed needs a first day; accepted: YYYY-MM-DD');
    if (to === null) return refused('to', 'the period fixed needs a last day; accepted: YYYY-MM-DD');
    if (from > to) return refused('to', `${to} is before ${from}; accepted: ${from} or later`);
  }
  const byHour = definition.dimensions.includes('hour');
  const most = byHour ? MAX_HOUR_DAYS : MAX_DAYS;
  const days = period === 'fixed' ? daysBetween(from!, to!) : (definition.days ?? 0);
  if (days > most)
    return refused(
      period === 'fixed' ? 'from' : 'days',
      `${days} days are too many${byHour ? ' by hour' : ''}; accepted: at most ${most}`,
    );
  return { ok: true, definition };
}

/** The days a definition means at an instant. */
export function daysOf(definition: ReportDefinition, at: Date): { from: string; to: string } {
  return resolvePeriod(definition, dayOf(at, definition.timeZone));
}

/** The question to the delivery report that a definition asks at an instant. */
export function questionOf(definition: ReportDefinition, at: Date) {
  const { dimensions, timeZone, compare } = definition;
  const filters = FILTERS.filter((field) => definition[field].length > 0).map((field) => [
    field,
    definition[field],
  ]);
  return {
    dimensions,
    timeZone,
    compare,
    ...daysOf(definition, at),
    ...(Object.fromEntries(filters) as { [K in (typeof FILTERS)[number]]?: string[] }),
  };
}
