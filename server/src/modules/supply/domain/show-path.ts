import type { SupplyPath } from '@cuepoint/contract';
import type { FeeRange, SupplyPathSeed } from '../../../../seeds/reference/supply-paths.ts';

/** A stored path as the contract shows it. */
export function showPath(path: SupplyPathSeed): SupplyPath {
  const ranges = [path.dsp, path.exchange, path.ssp, path.measurement, path.creative];
  const dates = ranges.flatMap((range) => (range === null ? [] : [range.effectiveOn]));
  return {
    id: path.id,
    number: path.number,
    name: path.name,
    dsp: showRate(path.dsp),
    exchange: path.exchange && showRate(path.exchange),
    ssp: showRate(path.ssp),
    measurementCpmMicros: path.measurement.typical.value,
    creativeCpmMicros: path.creative.typical.value,
    // Since when all of its figures hold.
    effectiveOn: dates.sort().at(-1)!,
    dataVersion: path.dataVersion,
  };
}

function showRate({ party, low, typical, high }: FeeRange): SupplyPath['dsp'] {
  return {
    party,
    typicalPpm: typical.value,
    lowPpm: low?.value ?? null,
    highPpm: high?.value ?? null,
    confidence: typical.confidence,
    source: typical.source,
  };
}
