import type { BillingStatement } from '@cuepoint/contract';

type Totals = BillingStatement['totals'];

/** What a statement comes to, by currency: spent and flat prices, less make-goods and credits. */
export function totalsOf({
  rows,
  flat,
  entries,
}: Pick<BillingStatement, 'rows' | 'flat' | 'entries'>): Totals {
  const sums = new Map<string, Totals[number]>();
  const of = (currency: string) => {
    const known = sums.get(currency);
    if (known) return known;
    const sum = { currency, spentMicros: 0, flatMicros: 0, makeGoodMicros: 0, creditMicros: 0, netMicros: 0 };
    sums.set(currency, sum);
    return sum;
  };
  for (const { currency, spentMicros, isMakeGood } of rows) {
    if (currency === '') continue;
    const sum = of(currency);
    sum.spentMicros += spentMicros;
    if (isMakeGood) sum.makeGoodMicros += spentMicros;
  }
  for (const { currency, amountMicros } of flat) of(currency).flatMicros += amountMicros;
  for (const { kind, currency, amountMicros, cancelledAt } of entries)
    if (kind === 'credit' && cancelledAt === null) of(currency).creditMicros += amountMicros;
  for (const sum of sums.values())
    sum.netMicros = sum.spentMicros + sum.flatMicros - sum.makeGoodMicros - sum.creditMicros;
  return [...sums.values()].sort((left, right) => (left.currency < right.currency ? -1 : 1));
}
