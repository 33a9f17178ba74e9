import type { Campaign } from '@cuepoint/contract';
import { moneyShort } from '../../design/format/money.ts';
import { Money } from '../../design/money.tsx';

/** Sums by currency over the rows shown. Currencies are never added together. */
export function Totals({ campaigns, whole }: { campaigns: readonly Campaign[]; whole: boolean }) {
  const totals = new Map<string, { spent: number; budget: number }>();
  for (const { currency, spentMicros, budgetMicros } of campaigns) {
    const total = totals.get(currency) ?? { spent: 0, budget: 0 };
    totals.set(currency, { spent: total.spent + spentMicros, budget: total.budget + budgetMicros });
  }
  return (
    <>
      {[...totals].map(([currency, total]) => (
        <span key={currency} className="whitespace-nowrap">
          <span className="text-fg-3">{currency} spent</span>{' '}
          <b className="font-medium">
            <Money micros={total.spent} currency={currency} />
          </b>{' '}
          <span className="text-fg-3">of</span> {moneyShort(total.budget, currency)}
        </span>
      ))}
      <span className="text-fg-3">
        {whole ? '' : 'This page only. '}
        {totals.size > 1 ? 'Currencies are never added together' : ''}
      </span>
    </>
  );
}
