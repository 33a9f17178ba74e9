import { describe, expect, it } from 'vitest';
import { type DayResult, overSeeds, SCENARIOS } from './simulated-day.fixture.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const figures = ({ hourlyTv, deviation }: DayResult) => `${percent(hourlyTv)} / ${percent(deviation)}`;

describe('a simulated day, 40 seeds', () => {
  it.each(SCENARIOS)('$name', (scenario) => {
    const ours = overSeeds(40, scenario, 'ours');
    const theirs = overSeeds(40, scenario, 'linkedin').mean;
    console.log(
      `${scenario.name}: hourly TV / deviation ${figures(ours.mean)}, worst ${figures(ours.worst)}, ` +
        `multiplying by 1.1 or 0.9 instead ${figures(theirs)}; worst use ${percent(ours.worst.utilisation)}`,
    );
    expect(ours.worst.overspend).toBe(0);
    expect(ours.worst.utilisation).toBeGreaterThanOrEqual(0.995);
    expect(ours.worst.hourlyTv).toBeLessThanOrEqual(0.06);
    expect(ours.worst.deviation).toBeLessThanOrEqual(0.035);
  });

  it('supply 0.8x', () => {
    const { overspend, utilisation } = overSeeds(40, { name: 'supply 0.8x', supply: 0.8 }, 'ours').worst;
    expect(overspend).toBe(0);
    expect(utilisation).toBeGreaterThanOrEqual(0.98);
  });
});
