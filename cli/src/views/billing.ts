import type { BillingStatement } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';

/** A statement: what was delivered, what else stands on it, what it comes to, and whether the logs agree. */
export function billingStatementView(statement: BillingStatement): string {
  const { from, to, timeZone, rows, flat, entries, totals, freshAt, reconciliation } = statement;
  const hasDays = rows.some(({ day }) => day !== null);
  const head = ['Campaign', 'Line item', 'Impressions', 'Billed', 'Not billed', 'Invalid', 'Spent', ''];
  const lines = rows.map((row) => [
    ...(hasDays ? [row.day ?? ''] : []),
    row.campaignName ?? (row.campaignId || 'unknown'),
    row.lineItemName ?? row.lineItemId,
    String(row.impressions),
    String(row.billedImpressions),
    row.unbilled.map(({ reason, impressions }) => `${impressions} ${reason}`).join(', ') || '0',
    String(row.invalidImpressions),
    `${formatMicros(row.spentMicros)} ${row.currency}`,
    row.isMakeGood ? 'make-good, not billed' : '',
  ]);
  const first = hasDays ? 1 : 0;
  const parts = [
    `${from} to ${to}, ${timeZone}${statement.isToTheMinute ? '' : ' (to the hour)'}`,
    '',
    rows.length === 0
      ? 'Nothing was delivered.'
      : table(
          [[...(hasDays ? ['Day'] : []), ...head], ...lines],
          [first + 2, first + 3, first + 5, first + 6],
        ),
  ];
  if (flat.length > 0)
    parts.push(
      '',
      table([
        ['Flat price of', ''],
        ...flat.map((row) => [row.lineItemName, `${formatMicros(row.amountMicros)} ${row.currency}`]),
      ]),
    );
  if (entries.length > 0)
    parts.push(
      '',
      table([
        ['Entry', 'Day', 'Of', 'Amount', 'Owed', 'Delivered', 'Why'],
        ...entries.map((entry) => [
          entry.kind === 'credit' ? 'credit' : 'make-good',
          entry.day,
          entry.lineItemName ?? entry.campaignName,
          `${formatMicros(entry.amountMicros)} ${entry.currency}`,
          String(entry.impressions ?? '-'),
          String(entry.deliveredImpressions ?? '-'),
          entry.reason,
        ]),
      ]),
    );
  for (const total of totals)
    parts.push(
      '',
      pairs({
        spent: `${formatMicros(total.spentMicros)} ${total.currency}`,
        'flat prices': formatMicros(total.flatMicros),
        'make-goods': formatMicros(-total.makeGoodMicros),
        credits: formatMicros(-total.creditMicros),
        net: `${formatMicros(total.netMicros)} ${total.currency}`,
      }),
    );
  parts.push('', `Counted up to ${freshAt ?? 'an unknown instant'}. ${checked(reconciliation)}`);
  return parts.join('\n');
}

function checked(reconciliation: BillingStatement['reconciliation']): string {
  if (reconciliation === null) return 'Not compared with the logs; add --reconcile.';
  const beyond =
    reconciliation.uncomparedThrough === null
      ? ''
      : ` Hours up to ${reconciliation.uncomparedThrough} are no longer in the logs as a whole.`;
  const invented = reconciliation.demoSpend
    .map(
      ({ currency, micros }) => ` ${formatMicros(micros)} ${currency} are demo history, which no log holds.`,
    )
    .join('');
  return reconciliation.agrees
    ? `The logs agree, to the unit.${beyond}${invented}`
    : `The logs differ in ${reconciliation.differences} places: run cuepoint events verify.${beyond}${invented}`;
}
