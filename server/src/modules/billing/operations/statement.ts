import { type BillingStatement, exportBillingStatement, getBillingStatement } from '@cuepoint/contract';
import { csvText, XLSX_TYPE, xlsxFile } from '#modules/reporting';
import { implementPrepared, type PrepareContext } from '../../../kernel/implement.ts';
import { aboutStatement, statementTable } from '../domain/statement-table.ts';
import type { BillingPorts } from '../ports.ts';
import { billingStatement } from '../statement.ts';

export function statementOperations(ports: BillingPorts) {
  const reconcile = async (
    input: { reconcile: boolean },
    { accountId, fail }: PrepareContext<'delivery.unavailable'>,
  ): Promise<BillingStatement['reconciliation']> => {
    if (!input.reconcile) return null;
    const found = await ports.verify(accountId);
    if ('unread' in found) return fail('delivery.unavailable', found.unread);
    return {
      agrees: found.agrees,
      differences: found.differencesTotal,
      spend: found.compared.spend,
      uncomparedThrough: found.uncompared.hoursThrough,
      demoSpend: found.uncompared.demoSpend,
      checkedAt: new Date(ports.now()).toISOString(),
    };
  };
  return [
    implementPrepared(getBillingStatement, reconcile, async (input, { tx, now }, reconciliation) => ({
      ...(await billingStatement(tx, now, input, ports.freshAt())),
      reconciliation,
    })),

    implementPrepared(
      exportBillingStatement,
      reconcile,
      async ({ format, ...input }, { tx, now }, reconciliation) => {
        const statement = {
          ...(await billingStatement(tx, now, input, ports.freshAt())),
          reconciliation,
        };
        const { from, to, timeZone, totals, freshAt } = statement;
        const table = statementTable(statement);
        const isCsv = format === 'csv';
        return {
          fileName: `billing-${from}-${to}.${format}`,
          mediaType: isCsv ? 'text/csv; charset=utf-8' : XLSX_TYPE,
          encoding: isCsv ? ('utf8' as const) : ('base64' as const),
          content: isCsv
            ? csvText(table)
            : (
                await xlsxFile([
                  { name: 'Statement', rows: table },
                  { name: 'About', rows: aboutStatement(statement) },
                ])
              ).toString('base64'),
          rows: table.length - 1,
          timeZone,
          currencies: totals.map(({ currency }) => currency),
          freshAt,
        };
      },
    ),
  ];
}
