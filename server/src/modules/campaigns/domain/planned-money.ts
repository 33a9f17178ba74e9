/** What a price and the limits of a flight say about money. */
export interface PricedFlight {
  priceModel: string;
  cpmMicros: number;
  budgetMicros: number | null;
  impressionGoal: number | null;
}

/**
 * Money that a flight can spend at most, micros: its budget, or what its goal costs; the smaller when it has both. Null
 * when neither bounds it. Impressions at a flat price cost nothing.
 */
export function plannedMicros({
  priceModel,
  cpmMicros,
  budgetMicros,
  impressionGoal,
}: PricedFlight): number | null {
  if (priceModel === 'flat') return 0;
  // A CPM is a multiple of 1000, so an impression is a whole number of micros.
  const goal = impressionGoal === null ? null : BigInt(impressionGoal) * BigInt(cpmMicros / 1000);
  if (goal === null) return budgetMicros;
  const bounded = budgetMicros === null || goal < BigInt(budgetMicros) ? goal : BigInt(budgetMicros);
  return Number(bounded > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : bounded);
}
