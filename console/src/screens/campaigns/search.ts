import type { CampaignStatus, InputOf, listCampaigns } from '@cuepoint/contract';
import type { SortDirection } from '../../design/table.tsx';

export type CampaignSort = NonNullable<InputOf<typeof listCampaigns>['sort']>;

/** What the address of the list holds: search, filters, order and the cursors that led to this page. */
export interface CampaignsSearch {
  search?: string;
  status?: CampaignStatus[];
  brandId?: string;
  marketId?: string;
  sort?: CampaignSort;
  order?: SortDirection;
  trail?: string[];
}

export const campaignStatuses: readonly CampaignStatus[] = [
  'draft',
  'active',
  'paused',
  'completed',
  'archived',
];
const sorts: readonly CampaignSort[] = ['name', 'startAt', 'endAt', 'budgetMicros', 'createdAt'];

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readCampaignsSearch(search: Record<string, unknown>): CampaignsSearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const list = (value: unknown) =>
    (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  const status = list(search.status).filter((item): item is CampaignStatus =>
    campaignStatuses.some((known) => known === item),
  );
  const sort = sorts.find((known) => known === search.sort);
  const order = search.order === 'asc' || search.order === 'desc' ? search.order : undefined;
  const trail = list(search.trail);
  const found =
    text(search.search) ?? (typeof search.search === 'number' ? String(search.search) : undefined);
  const brandId = text(search.brandId);
  const marketId = text(search.marketId);
  return {
    ...(found ? { search: found } : {}),
    ...(status.length > 0 ? { status } : {}),
    ...(brandId ? { brandId } : {}),
    ...(marketId ? { marketId } : {}),
    ...(sort ? { sort } : {}),
    ...(order ? { order } : {}),
    ...(trail.length > 0 ? { trail } : {}),
  };
}
