import { mulberry32 } from '../frequency/frequency.fixture.ts';
import {
  OpenTraffic,
  PacePlan,
  type PacingMode,
  PacingTable,
  typicalDay,
  WeekCurve,
  zone,
} from '../index.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const BUDGET = 1000e6;
const PRICE = 20_000;
const START = Date.UTC(2026, 2, 2);

export interface Scenario {
  readonly name: string;
  /** Requests that come, over those the budget needs. */
  readonly supply: number;
  /** Sigma of the forecast's error by minute, log-normal. */
  readonly noise?: number;
  /** Times the traffic between 19 and 21 h. */
  readonly surge?: number;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'supply 5x', supply: 5 },
  { name: 'supply 1.3x', supply: 1.3 },
  { name: '5x, forecast noise 0.3', supply: 5, noise: 0.3 },
  { name: '5x, half of it arrives', supply: 2.5 },
  { name: '5x, 3x surge 19-21 h', supply: 5, surge: 3 },
  { name: 'supply 20x', supply: 20 },
];

export interface DayResult {
  readonly overspend: number;
  /** Spent of the budget, or of what could be bought when that is less. */
  readonly utilisation: number;
  /** Half the sum over hours of |spend - ideal|, over the budget. */
  readonly hourlyTv: number;
  /** Largest distance between spent and ideal, cumulative, over the budget. */
  readonly deviation: number;
}

interface Controller {
  passRate(): number;
  count(): void;
  endOfMinute(minute: number, spent: number): void;
}

/** A day of Poisson arrivals in the shape of typical traffic, served by one controller. */
export function simulateDay(seed: number, scenario: Scenario, rule: 'ours' | 'linkedin'): DayResult {
  const random = mulberry32(seed);
  const shape = normalised(typicalDay());
  const { supply, noise = 0, surge = 1 } = scenario;
  const forecast = normalised(shape.map((share) => share * Math.exp(noise * normal(random))));
  const controller = rule === 'ours' ? ours('even', forecast) : linkedIn(forecast);
  const hours = new Float64Array(24);
  let [spent, ideal, deviation, requests] = [0, 0, 0, 0];
  for (let minute = 0; minute < 1440; minute++) {
    const hour = Math.floor(minute / 60);
    const factor = hour === 19 || hour === 20 ? surge : 1;
    const arrivals = poisson(random, (shape[minute]! * factor * supply * BUDGET) / PRICE);
    requests += arrivals;
    for (let n = 0; n < arrivals; n++) {
      controller.count();
      if (random() >= controller.passRate() || spent + PRICE > BUDGET) continue;
      spent += PRICE;
      hours[hour]! += PRICE;
    }
    ideal += shape[minute]!;
    deviation = Math.max(deviation, Math.abs(spent / BUDGET - ideal));
    controller.endOfMinute(minute, spent);
  }
  const idealHour = (hour: number) =>
    shape.slice(hour * 60, hour * 60 + 60).reduce((sum, one) => sum + one, 0);
  const distances = hours.map((micros, hour) => Math.abs(micros / BUDGET - idealHour(hour)));
  return {
    overspend: Math.max(0, spent - BUDGET),
    utilisation: spent / Math.min(BUDGET, requests * PRICE),
    hourlyTv: distances.reduce((sum, one) => sum + one, 0) / 2,
    deviation,
  };
}

/** Mean and worst of a scenario over seeds. */
export function overSeeds(seeds: number, scenario: Scenario, rule: 'ours' | 'linkedin') {
  const days = Array.from({ length: seeds }, (_, seed) => simulateDay(seed + 1, scenario, rule));
  const all = (of: (...values: number[]) => number): DayResult => ({
    overspend: of(...days.map((day) => day.overspend)),
    utilisation: of(...days.map((day) => day.utilisation)),
    hourlyTv: of(...days.map((day) => day.hourlyTv)),
    deviation: of(...days.map((day) => day.deviation)),
  });
  const mean = all((...values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  return { mean, worst: { ...all(Math.max), utilisation: all(Math.min).utilisation } };
}

function ours(mode: PacingMode, forecast: Float64Array): Controller {
  const table = new PacingTable();
  const traffic = new OpenTraffic(new WeekCurve(forecast));
  const plan = new PacePlan(mode, zone('UTC'), START, START + DAY_MS, traffic);
  const slot = table.open('flt_1', plan, START);
  return {
    passRate: () => table.passRate(slot),
    count: () => table.count(slot),
    endOfMinute: (minute, spent) => table.step(slot, BUDGET - spent, PRICE, START + (minute + 1) * MINUTE_MS),
  };
}

/** The rule of the LinkedIn paper: a tenth more when behind the plan, a tenth less when ahead. */
function linkedIn(forecast: Float64Array): Controller {
  let rate = 0.1;
  let planned = 0;
  return {
    passRate: () => rate,
    count: () => {},
    endOfMinute: (minute, spent) => {
      planned += forecast[minute]!;
      rate = spent > planned * BUDGET ? rate * 0.9 : Math.min(1, rate * 1.1);
    },
  };
}

function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function poisson(random: () => number, mean: number): number {
  // Far from 0 a normal variable is as good.
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
