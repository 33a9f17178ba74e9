import { compileSchedule, type Daypart } from '../calendar/dayparts.ts';
import { zone } from '../calendar/zone.ts';
import { PacePlan, type PacingMode } from './pace-plan.ts';
import { OpenTraffic, typicalDay, WeekCurve } from './week-curve.ts';

/** What a flight's plan is made of, beside the hours its line item is open. */
export interface FlightToPace {
  readonly mode: PacingMode;
  /** IANA zone of its days. */
  readonly timeZone: string;
  readonly startMs: number;
  readonly endMs: number;
}

let typicalWeek: { readonly curve: WeekCurve; readonly traffic: OpenTraffic } | undefined;

/**
 * Traffic that is expected while dayparts are open, all week without any: a typical day of viewing. Flights of one line
 * item share it.
 */
export function expectedTraffic(dayparts: readonly Daypart[]): OpenTraffic {
  if (typicalWeek === undefined) {
    const curve = new WeekCurve(typicalDay());
    typicalWeek = { curve, traffic: new OpenTraffic(curve) };
  }
  const { curve, traffic } = typicalWeek;
  return dayparts.length === 0 ? traffic : new OpenTraffic(curve, compileSchedule(dayparts));
}

/**
 * The plan by which a flight is paced, and against which its delivery is shown: made here for both, so that they cannot
 * differ.
 */
export function flightPlan(
  { mode, timeZone, startMs, endMs }: FlightToPace,
  traffic: OpenTraffic = expectedTraffic([]),
): PacePlan {
  return new PacePlan(mode, zone(timeZone), startMs, endMs, traffic);
}
