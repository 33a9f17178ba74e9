import { type DeliveryReport, ROW_DIMENSIONS } from '@cuepoint/contract';
import { ShareBar } from '../../design/charts/small.tsx';
import { Select } from '../../design/field.tsx';
import { moneyShort } from '../../design/format/money.ts';
import { count, percent } from '../../design/format/number.ts';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import type { RowDimension } from './search.ts';
import { changeWord, keyWord, rowWords } from './words.ts';

/** Figures by row; a row is a way into itself. */
export function PivotPanel({
  report,
  rows,
  onRows,
  onDrill,
}: {
  report: DeliveryReport | undefined;
  rows: RowDimension;
  onRows: (rows: RowDimension) => void;
  onDrill: (dimension: RowDimension, value: string) => void;
}) {
  const items = report?.rows.items ?? [];
  const most = Math.max(1, ...items.map(({ metrics }) => metrics.impressions));
  const hasReach = report?.reach.unavailable === null;
  const hasBefore = report?.previous != null;
  const hasSeveralCurrencies = items.some(({ metrics }) => metrics.spend.length > 1);
  const columns = [
    { width: null, wideOnly: false },
    { width: hasBefore ? 84 : 108, wideOnly: !hasBefore },
    { width: 92, wideOnly: false },
    { width: 72, wideOnly: false },
    { width: hasSeveralCurrencies ? 176 : 124, wideOnly: false },
    { width: hasSeveralCurrencies ? 120 : 76, wideOnly: true },
    ...(hasReach ? [{ width: 76, wideOnly: true }] : []),
  ];
  return (
    <Panel
      title="Pivot"
      meta={
        <Select
          aria-label="Rows of the pivot"
          className="w-36 text-fg"
          value={rows}
          onChange={(event) => onRows(event.target.value as RowDimension)}
        >
          {ROW_DIMENSIONS.map((one) => (
            <option key={one} value={one}>
              Rows: {rowWords[one]}
            </option>
          ))}
        </Select>
      }
      action={
        report &&
        report.rows.total > items.length && (
          <span className="meta text-fg-3">
            {items.length} of {count(report.rows.total)} rows; the files hold all
          </span>
        )
      }
    >
      {!report ? (
        <Skeleton rows={8} />
      ) : items.length === 0 ? (
        <EmptyState title="No rows">Take a filter away, or choose more days.</EmptyState>
      ) : (
        <Table
          label={`Delivery by ${rowWords[rows].toLowerCase()}`}
          columns={columns.map(({ width, wideOnly }) => (wideOnly ? { width, wideOnly: true } : width))}
          head={
            <>
              <Th>{rowWords[rows]}</Th>
              {hasBefore ? (
                <Th right>Change</Th>
              ) : (
                <Th wideOnly>
                  <span className="sr-only">Share of the most</span>
                </Th>
              )}
              <Th right>Impressions</Th>
              <Th right>VCR</Th>
              <Th right>Spend</Th>
              <Th right wideOnly>
                eCPM
              </Th>
              {hasReach && (
                <Th right wideOnly>
                  Reach
                </Th>
              )}
            </>
          }
        >
          {items.map(({ keys, metrics, previous, reach }) => {
            const [key] = keys;
            const word = keyWord(key!);
            return (
              <Tr key={key!.value} onOpen={() => onDrill(rows, key!.value)}>
                <Td title={word}>
                  <button
                    type="button"
                    className="max-w-full truncate rounded-md text-left font-medium hover:text-accent-text"
                    aria-label={`Only ${word}`}
                    onClick={() => onDrill(rows, key!.value)}
                  >
                    {word}
                  </button>
                </Td>
                {hasBefore ? (
                  <Td right>{changeWord(metrics.impressions, previous?.impressions) ?? 'new'}</Td>
                ) : (
                  <Td wideOnly>
                    <ShareBar share={metrics.impressions / most} width={88} fill="var(--chart-1)" />
                  </Td>
                )}
                <Td right>{count(metrics.impressions)}</Td>
                <Td right>{metrics.completionRate === null ? '' : percent(metrics.completionRate)}</Td>
                <Td right>
                  {metrics.spend.length === 1 ? (
                    <Money micros={metrics.spend[0]!.spentMicros} currency={metrics.spend[0]!.currency} />
                  ) : (
                    metrics.spend
                      .map(({ spentMicros, currency }) => moneyShort(spentMicros, currency))
                      .join(' · ')
                  )}
                </Td>
                <Td right wideOnly>
                  {metrics.spend
                    .map(({ effectiveCpmMicros, currency }) =>
                      effectiveCpmMicros === null ? '' : moneyShort(effectiveCpmMicros, currency),
                    )
                    .join(' · ')}
                </Td>
                {hasReach && (
                  <Td right wideOnly>
                    {reach === null || reach.viewers === 0 ? '' : count(reach.viewers)}
                  </Td>
                )}
              </Tr>
            );
          })}
        </Table>
      )}
    </Panel>
  );
}
