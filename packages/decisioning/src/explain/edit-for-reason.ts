import { weekMinuteAt } from '../calendar/day.ts';
import { zone } from '../calendar/zone.ts';
import { floorFor, isBrandBlocked } from '../decide/creative-fit.ts';
import { currentFlight } from '../index/block.ts';
import type { IndexedLineItem } from '../index/model.ts';
import type { AdRequest, DaypartInput, FlightInput, LineItemInput } from '../model.ts';
import type { Reason } from '../reasons.ts';
import { targetingProblems } from '../targeting/tree.ts';
import { creativeChange } from './creative-edit.ts';
import type { Attempt, Change, FlightEdit, Make, Place } from './edit-attempt.ts';
import { streamReason } from './explain.ts';
import type { KnownReadings } from './known-readings.ts';
import { admit } from './widen-targeting.ts';

const HOUR_MS = 3_600_000;

/** The least change of one field of a line item that takes its first reason away; a sentence when there is none. */
export function editForReason(reason: Reason, item: IndexedLineItem, attempt: Attempt, place: Place): Change {
  const { input, readings } = attempt;
  const { request, index } = place;
  const placement = index.placements.get(request.placementId)!;
  const make = <F extends keyof LineItemInput>(
    field: F,
    to: LineItemInput[F],
    sentence: string,
    more: { field?: string; from?: unknown; to?: unknown; readings?: KnownReadings } = {},
  ): Change => ({
    edit: {
      field: more.field ?? field,
      reason,
      sentence,
      from: more.from === undefined ? input[field] : more.from,
      to: more.to === undefined ? to : more.to,
    },
    attempt: { input: { ...input, [field]: to }, readings: more.readings ?? readings },
  });
  const flightEdit = <F extends keyof FlightInput>(
    position: number,
    field: F,
    to: FlightInput[F],
    sentence: string,
    changed: KnownReadings = readings,
  ): Change =>
    make(
      'flights',
      input.flights.map((flight, at) => (at === position ? { ...flight, [field]: to } : flight)),
      sentence,
      {
        field: `flights[${position}].${field}`,
        from: input.flights[position]![field],
        to,
        readings: changed,
      },
    );
  if (streamReason(item, request, placement) === reason) {
    if (item.separatesStream)
      return make(
        'separation',
        { ...input.separation, scope: 'pod' },
        'Keep competitors apart in a break only',
      );
    return 'The stream has shown what may not come again in it: a rule of the placement, or of a line item that served.';
  }
  switch (reason) {
    case 'paused':
      return make('status', 'active', 'Resume the line item');
    case 'not_started':
    case 'ended': {
      if (input.status !== 'active') return make('status', 'active', 'Activate the line item');
      if (input.flights.length === 0) return 'It has no flight: add one with dates and a goal.';
      return reason === 'ended'
        ? extendFlight(input, request, flightEdit)
        : advanceFlight(input, request, flightEdit);
    }
    case 'geo':
    case 'device':
    case 'placement':
    case 'content_rating':
    case 'key_value':
    case 'audience':
    case 'consent': {
      const targeting = admit(input.targeting, request, reason);
      if (targetingProblems(targeting).length > 0) return 'Its targeting cannot be widened to this request.';
      return make('targeting', targeting, `Let this request into the targeting (${reason})`);
    }
    case 'daypart': {
      const place = zone((currentFlight(item, request.atMs) ?? item.flights[0])!.source.timeZone);
      const minute = weekMinuteAt(place, request.atMs);
      const inDay = minute % 1440;
      const fromMinute = inDay - (inDay % 60);
      const part: DaypartInput = {
        days: [Math.floor(minute / 1440) + 1],
        fromMinute,
        toMinute: fromMinute + 60,
      };
      return make('dayparts', [...input.dayparts, part], 'Open the hour of this request');
    }
    case 'freq_cap': {
      if (request.identity === null)
        return make('frequencyCaps', [], 'Serve viewers that cannot be told apart: without frequency caps');
      if (item.caps.length === 0)
        return 'Another line item of its campaign or brand is placed, whose cap it counts towards: raise that.';
      const { room } = readings.reading(item.id);
      const more = Math.max(1, 1 - (Number.isFinite(room) ? room : 0));
      return make(
        'frequencyCaps',
        input.frequencyCaps.map((cap) => ({ ...cap, limit: cap.limit + more })),
        `Raise the frequency cap by ${more}`,
        { readings: readings.with(item.id, { room: 1, creativeRooms: null }) },
      );
    }
    case 'blocked_domain':
      if (isBrandBlocked(item, request, placement))
        return 'The placement or the request blocks its brand; nothing of the line item decides that.';
      return creativeChange(reason, item, attempt, placement, place, make);
    case 'no_approved_creative':
    case 'creative_gap':
    case 'duration_fit':
    case 'codec_fit':
    case 'bitrate_fit':
    case 'not_cleared_for_destination':
    case 'blocked_category':
      return creativeChange(reason, item, attempt, placement, place, make);
    case 'no_budget':
    case 'daily_cap':
      return budgetChange(reason, item, attempt, request, flightEdit, make);
    case 'pacing_ahead':
      if (item.share > 0)
        return make('sharePercent', null, 'Take every request it is eligible for, not a share', {
          readings: readings.with(item.id, { passRate: 1 }),
        });
      return make('pacing', 'asap', 'Deliver as fast as possible', {
        readings: readings.with(item.id, { passRate: 1 }),
      });
    case 'competitive_separation':
      if (input.separation.labels.length === 0)
        return 'Its category is separated by a rule of the placement; nothing of the line item decides that.';
      return make('separation', { ...input.separation, labels: [] }, 'Drop its labels of competition');
    case 'below_floor': {
      const floors = item.assignments.map(({ creative }) =>
        floorFor(creative.durationMs, request, placement),
      );
      if (item.currency !== placement.source.floorCurrency)
        return `The floor is in ${placement.source.floorCurrency}, the price in ${item.currency}: they cannot be compared.`;
      return make('cpmMicros', Math.ceil(Math.min(...floors) / 1000) * 1000, 'Raise the price to the floor');
    }
    case 'lower_priority':
    case 'lost_rank':
    case 'pod_full':
    case 'pod_duration':
    case 'advertiser_dedupe':
    case 'creative_dedupe':
      return rankChange(item, place, make);
    default:
      return `Nothing of the line item decides ${reason}.`;
  }
}

function extendFlight(input: LineItemInput, { atMs }: AdRequest, edit: FlightEdit): Change {
  const last = latest(input.flights);
  const endAt = new Date(Math.ceil((atMs + 1) / HOUR_MS) * HOUR_MS).toISOString();
  return edit(last, 'endAt', endAt, 'Extend the last flight to this request');
}

function latest(flights: readonly FlightInput[]): number {
  return flights.reduce(
    (best, flight, at) => (Date.parse(flight.endAt) > Date.parse(flights[best]!.endAt) ? at : best),
    0,
  );
}

function advanceFlight(input: LineItemInput, { atMs }: AdRequest, edit: FlightEdit): Change {
  let next = -1;
  input.flights.forEach((flight, at) => {
    const starts = Date.parse(flight.startAt);
    if (starts > atMs && (next < 0 || starts < Date.parse(input.flights[next]!.startAt))) next = at;
  });
  if (next < 0) return 'No flight is to come: add one.';
  return edit(
    next,
    'startAt',
    new Date(Math.floor(atMs / HOUR_MS) * HOUR_MS).toISOString(),
    'Start the flight by this request',
  );
}

function budgetChange(
  reason: 'no_budget' | 'daily_cap',
  item: IndexedLineItem,
  { input, readings }: Attempt,
  { atMs }: AdRequest,
  edit: FlightEdit,
  make: Make,
): Change {
  const running = currentFlight(item, atMs);
  const position = input.flights.findIndex((flight) => flight.id === running?.id);
  const flight = input.flights[position];
  if (!flight) return 'No flight runs at this moment.';
  const enough = readings.with(item.id, { affordable: 1 });
  const price = Math.max(1, item.priceMicros);
  if (reason === 'daily_cap')
    return edit(
      position,
      'dailyBudgetMicros',
      (flight.dailyBudgetMicros ?? 0) + price,
      'Raise the daily budget',
      enough,
    );
  if (flight.budgetMicros !== null)
    return edit(
      position,
      'budgetMicros',
      flight.budgetMicros + price,
      'Raise the budget of the flight',
      enough,
    );
  if (flight.impressionGoal !== null)
    return edit(
      position,
      'impressionGoal',
      flight.impressionGoal + 1,
      'Raise the goal of the flight',
      enough,
    );
  if (input.budgetMicros === null) return 'Its budget is the campaign’s: raise that.';
  return make('budgetMicros', input.budgetMicros + price, 'Raise its budget', { readings: enough });
}

/** Just ahead of what serves: first by price within its priority, then by priority. */
function rankChange(item: IndexedLineItem, { rank }: Place, make: Make): Change {
  const ahead = rank.filter(
    (other) => other.priority === item.priority && other.rankMicros >= item.rankMicros,
  );
  const cheapest = ahead.reduce<IndexedLineItem | undefined>(
    (best, other) => (!best || other.rankMicros < best.rankMicros ? other : best),
    undefined,
  );
  if (cheapest) {
    const to = Math.floor(cheapest.rankMicros / 1000) * 1000 + 1000;
    return make('cpmMicros', to, `Raise the price above what serves instead`);
  }
  const before = rank.filter((other) => other.priority < item.priority);
  if (before.length === 0) return 'It is ahead of all that serves and still has no place in the break.';
  // At the same priority the price decides, so a cheaper one has to go before it.
  const last = before.reduce((best, other) =>
    other.priority > best.priority || (other.priority === best.priority && other.rankMicros < best.rankMicros)
      ? other
      : best,
  );
  const wins = item.rankMicros > last.rankMicros;
  return make(
    'priority',
    wins ? last.priority : Math.max(1, last.priority - 1),
    'Raise the priority above what serves instead',
  );
}
