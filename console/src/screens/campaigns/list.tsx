import { getProfile, listBrands, listCampaigns, listMarkets } from '@cuepoint/contract';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ListChecks, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useRead } from '../../api.ts';
import { buttonClass } from '../../design/button.tsx';
import { Chip } from '../../design/chip.tsx';
import { Select } from '../../design/field.tsx';
import { span } from '../../design/format/date.ts';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { FilterSelect, ListBody, PageSteps, SearchField, useSearchText } from '../list-parts.tsx';
import { Page } from '../page.tsx';
import { CampaignTable } from './list-table.tsx';
import { type CampaignSort, type CampaignsSearch, campaignStatuses } from './search.ts';
import { Totals } from './totals.tsx';

const pageRows = 100;
const statusNames = {
  draft: 'Draft',
  active: 'Active',
  paused: 'Paused',
  completed: 'Completed',
  archived: 'Archived',
} as const;

/** The list: the address is its state, so that it can be shared as it is seen. */
export function Campaigns() {
  useCrumbs([{ label: 'Plan' }, { label: 'Campaigns' }]);
  const search = useSearch({ from: '/shell/campaigns' });
  const navigate = useNavigate({ from: '/campaigns' });
  const profile = useRead(getProfile, {});
  const brands = useRead(listBrands, { limit: 200 });
  const markets = useRead(listMarkets, { limit: 200 });
  const { trail = [], ...filters } = search;
  const cursor = trail.at(-1);
  const campaigns = useRead(
    listCampaigns,
    { ...filters, limit: pageRows, ...(cursor ? { cursor } : {}) },
    { keep: true },
  );
  const mayCreate = profile.data?.permissions.includes('campaigns:write') ?? false;
  const change = (next: Partial<Record<keyof CampaignsSearch, unknown>>) =>
    void navigate({
      // Any other filter or order starts again at the first page.
      search: (current) => ({ ...current, trail: undefined, ...next }) as CampaignsSearch,
      replace: true,
    });
  const [text, setText] = useSearchText(search.search, (word) => change({ search: word }));
  const filtered = Boolean(search.search || search.status || search.brandId || search.marketId);
  const data = campaigns.data;
  const freshness = useFreshness(campaigns.dataUpdatedAt);
  const sort = (key: CampaignSort) => {
    const same = (search.sort ?? 'createdAt') === key;
    const first = key === 'name' ? 'asc' : 'desc';
    change({ sort: key, order: same ? ((search.order ?? 'desc') === 'asc' ? 'desc' : 'asc') : first });
  };
  const brandName = brands.data?.items.find((brand) => brand.id === search.brandId)?.name;
  const marketName = markets.data?.items.find((market) => market.id === search.marketId)?.code;
  return (
    <Page
      title="Campaigns"
      className="h-full !gap-2.5 !pb-0"
      actions={
        mayCreate && (
          <Link to="/campaigns/new" className={buttonClass('primary')}>
            <Icon of={Plus} /> New campaign
          </Link>
        )
      }
    >
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Search campaigns"
          placeholder="Name, label or brand"
          value={text}
          onChange={setText}
        />
        <Select
          aria-label="Status"
          className="w-36"
          value={search.status?.length === 1 ? search.status[0] : search.status ? 'several' : ''}
          onChange={(event) => change({ status: event.target.value ? [event.target.value] : undefined })}
        >
          <option value="">Status: current</option>
          {search.status && search.status.length > 1 && <option value="several">Several</option>}
          {campaignStatuses.map((status) => (
            <option key={status} value={status}>
              {statusNames[status]}
            </option>
          ))}
        </Select>
        <FilterSelect
          label="Brand"
          className="w-40"
          value={search.brandId}
          options={(brands.data?.items ?? []).map(({ id, name }) => [id, name])}
          onChange={(brandId) => change({ brandId })}
        />
        <FilterSelect
          label="Market"
          className="w-36"
          value={search.marketId}
          options={(markets.data?.items ?? []).map(({ id, name }) => [id, name])}
          onChange={(marketId) => change({ marketId })}
        />
        {search.status && (
          <Chip
            label="Status"
            value={search.status.map((status) => statusNames[status]).join(', ')}
            set
            onRemove={() => change({ status: undefined })}
          />
        )}
        {brandName && (
          <Chip label="Brand" value={brandName} set onRemove={() => change({ brandId: undefined })} />
        )}
        {marketName && (
          <Chip label="Market" value={marketName} set onRemove={() => change({ marketId: undefined })} />
        )}
        <span role="status" className="meta ml-auto text-fg-3">
          {data && `${data.items.length} of ${data.total}, updated ${freshness} ago`}
        </span>
      </div>
      <Panel
        className="min-h-40 flex-1 rounded-b-none border-b-0"
        bodyClassName={`overflow-auto ${campaigns.isPlaceholderData ? 'opacity-60' : ''}`}
      >
        <ListBody
          what="Campaigns"
          read={campaigns}
          skeletonRows={12}
          noMatch={
            filtered
              ? {
                  title: 'No campaign matches',
                  clear: 'Clear search and filters',
                  onClear: () => {
                    setText('');
                    void navigate({ search: {} });
                  },
                  hint: 'Archived campaigns are shown only when asked for.',
                }
              : null
          }
          empty={{
            icon: ListChecks,
            title: 'No campaigns yet',
            action: mayCreate && (
              <Link to="/campaigns/new" className={buttonClass('secondary')}>
                New campaign
              </Link>
            ),
            hint: 'A campaign is one objective under a brand and a market, with a budget and two dates.',
          }}
        >
          {(items) => (
            <CampaignTable
              campaigns={items}
              sort={search.sort ?? 'createdAt'}
              order={search.order ?? 'desc'}
              onSort={sort}
              mayWrite={mayCreate}
            />
          )}
        </ListBody>
      </Panel>
      <div className="sticky bottom-0 z-10 -mx-5 -mt-2.5 flex min-h-9 flex-wrap items-center gap-x-7 gap-y-1 border-t border-line bg-raised px-8 py-1 text-sm">
        {data && <Totals campaigns={data.items} whole={data.items.length === data.total} />}
        <PageSteps trail={trail} nextCursor={data?.nextCursor} onTrail={(next) => change({ trail: next })} />
      </div>
    </Page>
  );
}

function useFreshness(updatedAt: number): string {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  return span(Math.max(0, now - updatedAt));
}
