import { getDeliveryHeatmap, HEAT_DIMENSIONS, type HeatDimension } from '@cuepoint/contract';
import { useRead } from '../../api.ts';
import { HeatLegend, Heatmap } from '../../design/charts/heatmap.tsx';
import { useTwin } from '../../design/charts/twin.tsx';
import { Select } from '../../design/field.tsx';
import { count, countAxis } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { type AnalyticsSearch, analyticsDefaults, reportInput } from './search.ts';
import { heatWord, heatWords, metricWords } from './words.ts';

/** One figure by two dimensions, the hours of the week unless others are chosen. */
export function HeatPanel({
  search,
  today,
  zone,
  onChange,
}: {
  search: AnalyticsSearch;
  today: string;
  /** Null until it is known. */
  zone: string | undefined;
  onChange: (next: Partial<AnalyticsSearch>) => void;
}) {
  const { metric, heatRows, heatColumns } = { ...analyticsDefaults, ...search };
  const { compare: _, ...asked } = reportInput(search, today);
  const isHours = heatRows === 'weekday' || heatColumns === 'weekday';
  const twin = useTwin('when');
  const map = useRead(
    getDeliveryHeatmap,
    { ...asked, rows: heatRows, columns: heatColumns, figure: metric },
    { enabled: zone !== undefined, keep: true },
  );
  const { data } = map;
  const most = Math.max(0, ...(data?.cells.flat() ?? []));
  const title = `${metricWords[metric]} by ${heatWords[heatRows].toLowerCase()} and ${heatWords[heatColumns].toLowerCase()}`;
  const pick = (
    side: 'heatRows' | 'heatColumns',
    label: string,
    value: HeatDimension,
    other: HeatDimension,
  ) => (
    <Select
      aria-label={label}
      className="w-32 text-fg"
      value={value}
      onChange={(event) => onChange({ [side]: event.target.value as HeatDimension })}
    >
      {HEAT_DIMENSIONS.map((one) => (
        <option key={one} value={one} disabled={one === other}>
          {heatWords[one]}
        </option>
      ))}
    </Select>
  );
  return (
    <Panel
      title={isHours ? 'When' : 'Heatmap'}
      action={
        <>
          {pick('heatRows', 'Rows of the heatmap', heatRows, heatColumns)}
          {pick('heatColumns', 'Columns of the heatmap', heatColumns, heatRows)}
          {twin.toggle}
        </>
      }
      bodyClassName={twin.asTable ? '' : 'px-3 pt-2.5 pb-1'}
    >
      {map.error && !data ? (
        <ReadFailed what="The heatmap" error={map.error} onRetry={() => void map.refetch()} />
      ) : !data ? (
        <Skeleton rows={6} />
      ) : data.total === 0 ? (
        <EmptyState title="Nothing was counted">
          No such event came in these days, with these filters.
        </EmptyState>
      ) : (
        <>
          <Heatmap
            title={title}
            rowsOf={heatWords[heatRows]}
            rows={data.rows.map((row) => ({ id: row.value, name: heatWord(heatRows, row) }))}
            columns={data.columns.map((one) => ({ id: one.value, name: heatWord(heatColumns, one) }))}
            cells={data.cells}
            format={count}
            asTable={twin.asTable}
          />
          {!twin.asTable && (
            <div className="flex flex-wrap items-center justify-between gap-2 pb-1 text-sm text-fg-3">
              <span>
                {metricWords[metric]}, {data.timeZone}
              </span>
              <HeatLegend most={countAxis(most)} />
            </div>
          )}
          {data.leftOut.figure > 0 && (
            <p className="px-3 pb-2 text-sm text-fg-3">
              {count(data.leftOut.figure)} more lie in smaller rows and columns than are shown.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
