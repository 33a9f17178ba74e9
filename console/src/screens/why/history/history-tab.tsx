import { listLineItems, listPlacements } from '@cuepoint/contract';
import { useRead } from '../../../api.ts';
import { FilterSelect } from '../../list-parts.tsx';
import type { WhySearch } from '../search.ts';
import { LossPanel } from './loss-panel.tsx';

const most = 200;

/** "What changed Tuesday?": the last 45 days of the account, of one placement, or of one line item. */
export function HistoryTab({ search, onSearch }: { search: WhySearch; onSearch: (next: WhySearch) => void }) {
  const placements = useRead(listPlacements, { limit: most });
  const lineItems = useRead(listLineItems, { limit: most });
  const options = (items: readonly { id: string; name: string }[] | undefined) =>
    (items ?? []).map(({ id, name }) => [id, name] as const);
  const base: WhySearch = { tab: 'history', ...(search.day ? { day: search.day } : {}) };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <FilterSelect
          label="Placement"
          className="w-56"
          value={search.li ? undefined : search.placement}
          options={options(placements.data?.items)}
          onChange={(placement) => onSearch({ ...base, ...(placement ? { placement } : {}) })}
        />
        <FilterSelect
          label="Line item"
          className="w-64"
          value={search.li}
          options={options(lineItems.data?.items)}
          onChange={(li) => onSearch({ ...base, ...(li ? { li } : {}) })}
        />
      </div>
      <LossPanel
        lineItemId={search.li}
        placementId={search.li ? undefined : search.placement}
        day={search.day}
        onDay={(day) => {
          const { day: _day, ...rest } = search;
          onSearch({ ...rest, tab: 'history', ...(day ? { day } : {}) });
        }}
      />
    </>
  );
}
