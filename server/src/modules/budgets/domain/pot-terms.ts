import { startOfDay, zone } from '@cuepoint/decisioning';
import { countKey, readPotKey, type SnapshotBody } from '../../../kernel/delivery-protocol.ts';

/** What a budget allows, and whose it is. */
export interface PotTerms {
  readonly accountId: string;
  readonly campaignId: string;
  readonly lineItemId: string;
  /** Null: the pot is the line item's own. */
  readonly flightId: string | null;
  /** In the unit of the pot: micros, or impressions. */
  readonly limit: number;
  /** Of the pot of one local day, that day in UTC. */
  readonly day: { readonly from: Date; readonly to: Date } | null;
}

interface DailyTerms extends Omit<PotTerms, 'day'> {
  readonly timeZone: string;
}

/** Every budget that the snapshot in use limits: nodes are lent of these and of nothing else. */
export class PotTermsBook {
  readonly #terms = new Map<string, PotTerms>();
  readonly #daily = new Map<string, DailyTerms>();

  constructor(body: Pick<SnapshotBody, 'lineItems'>) {
    for (const item of body.lineItems) {
      const of = { accountId: item.accountId, campaignId: item.campaignId, lineItemId: item.id };
      if (item.budgetMicros !== null)
        this.#terms.set(item.id, { ...of, flightId: null, limit: item.budgetMicros, day: null });
      for (const { id, timeZone, budgetMicros, impressionGoal, dailyBudgetMicros } of item.flights) {
        const flight = { ...of, flightId: id };
        if (budgetMicros !== null) this.#terms.set(id, { ...flight, limit: budgetMicros, day: null });
        if (impressionGoal !== null)
          this.#terms.set(countKey(id), { ...flight, limit: impressionGoal, day: null });
        if (dailyBudgetMicros !== null)
          this.#daily.set(id, { ...flight, limit: dailyBudgetMicros, timeZone });
      }
    }
  }

  /** What a pot allows; undefined when it is not limited, or not served any more. */
  of(key: string): PotTerms | undefined {
    const known = this.#terms.get(key);
    if (known) return known;
    const parts = readPotKey(key);
    if (parts?.kind !== 'day') return undefined;
    const daily = this.#daily.get(parts.id);
    if (!daily) return undefined;
    const { timeZone, ...terms } = daily;
    const place = zone(timeZone);
    return {
      ...terms,
      day: { from: new Date(startOfDay(place, parts.day)), to: new Date(startOfDay(place, parts.day + 1)) },
    };
  }
}
