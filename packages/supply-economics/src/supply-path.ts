import type { Fee } from './fee.ts';

/** The parties of a path and what each takes: shares in parts per million, CPM fees in micros. */
export interface SupplyPathRates {
  dsp: { party: string; sharePpm: number };
  /** Null on a direct path. */
  exchange: { party: string; sharePpm: number } | null;
  ssp: { party: string; sharePpm: number };
  measurement: { party: string; cpmMicros: number } | null;
  creative: { party: string; cpmMicros: number } | null;
}

/** The fees of a path, for either mode: percentages take the mode's base. */
export function supplyPathFees(rates: SupplyPathRates): Fee[] {
  const { dsp, exchange, ssp, measurement, creative } = rates;
  const fees: Fee[] = [];
  if (creative) {
    fees.push({
      name: 'creative',
      party: creative.party,
      role: 'creative',
      kind: 'cpm',
      value: creative.cpmMicros,
    });
  }
  fees.push({ name: 'dsp', party: dsp.party, role: 'dsp', kind: 'pct', value: dsp.sharePpm });
  if (exchange) {
    fees.push({
      name: 'exchange',
      party: exchange.party,
      role: 'exchange',
      kind: 'pct',
      value: exchange.sharePpm,
    });
  }
  fees.push({ name: 'ssp', party: ssp.party, role: 'ssp', kind: 'pct', value: ssp.sharePpm });
  if (measurement) {
    fees.push({
      name: 'measurement',
      party: measurement.party,
      role: 'measurement',
      kind: 'cpm',
      value: measurement.cpmMicros,
    });
  }
  return fees;
}
