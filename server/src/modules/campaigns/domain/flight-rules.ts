import type { LineItem } from '@cuepoint/contract';
import type { FieldProblem } from './line-item-rules.ts';

export interface FlightDates {
  /** Absent while it is only planned. */
  id?: string;
  startAt: Date;
  endAt: Date;
}

export interface FlightGoals {
  budgetMicros: number | null;
  impressionGoal: number | null;
}

export type FlightRefusal = {
  code: 'flight.invalid' | 'campaign.dates_invalid';
  detail: string;
  fields: FieldProblem[];
};

/** These run without a goal: a sponsorship takes its share, a house ad what is left. */
const withoutGoal: ReadonlySet<LineItem['type']> = new Set(['sponsorship', 'house']);

/** Whether a flight of this type must say how much it wants. */
export function needsGoal(type: LineItem['type']): boolean {
  return !withoutGoal.has(type);
}

/**
 * What keeps a flight from standing in its line item and campaign; null when nothing does.
 * @param prefix of the fields, such as `flights[0].`; empty for a flight on its own
 */
export function flightRefusal(
  flight: FlightDates & FlightGoals,
  around: { type: LineItem['type']; campaign: FlightDates; others: readonly FlightDates[] },
  prefix = '',
): FlightRefusal | null {
  const refuse = (code: FlightRefusal['code'], field: string, message: string, accepted: string) => {
    const value = field === 'startAt' || field === 'endAt' ? flight[field].toISOString() : null;
    return {
      code,
      detail: `${prefix}${field}: ${message}; accepted: ${accepted}.`,
      fields: [{ field: `${prefix}${field}`, message, value, accepted }],
    };
  };
  const { campaign } = around;
  if (flight.endAt <= flight.startAt)
    return refuse(
      'campaign.dates_invalid',
      'endAt',
      'not after the start',
      `later than ${flight.startAt.toISOString()}`,
    );
  if (flight.startAt < campaign.startAt)
    return refuse(
      'campaign.dates_invalid',
      'startAt',
      'before the campaign starts',
      `${campaign.startAt.toISOString()} or later`,
    );
  if (flight.endAt > campaign.endAt)
    return refuse(
      'campaign.dates_invalid',
      'endAt',
      'after the campaign ends',
      `${campaign.endAt.toISOString()} or earlier`,
    );
  if (flight.budgetMicros === null && flight.impressionGoal === null && needsGoal(around.type))
    return refuse(
      'flight.invalid',
      'budgetMicros',
      `a flight of a ${around.type} line item needs a budget or an impression goal`,
      'budgetMicros or impressionGoal, or type sponsorship or house',
    );
  const met = around.others.find(
    (other) => other !== flight && flight.startAt < other.endAt && other.startAt < flight.endAt,
  );
  if (met)
    return refuse(
      'flight.invalid',
      'startAt',
      `overlaps ${met.id ? `flight ${met.id}` : 'another flight'} (${met.startAt.toISOString()} to ${met.endAt.toISOString()})`,
      'a time in which no other flight of this line item runs',
    );
  return null;
}

/** Refuses money that, with all that is planned, passes the campaign's; null when it fits. */
export function budgetRefusal(
  plannedMicros: number,
  campaignBudgetMicros: number,
  field: string,
): { detail: string; fields: FieldProblem[] } | null {
  if (plannedMicros <= campaignBudgetMicros) return null;
  const over = plannedMicros - campaignBudgetMicros;
  const accepted = `${over} micros less, or a campaign budget of at least ${plannedMicros}`;
  const message = `the flights of the campaign would plan ${plannedMicros} micros, its budget is ${campaignBudgetMicros}`;
  return { detail: `${field}: ${message}; accepted: ${accepted}.`, fields: [{ field, message, accepted }] };
}
