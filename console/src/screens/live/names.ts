import { listCampaigns, listLineItems, listPlacements } from '@cuepoint/contract';
import { useMemo } from 'react';
import { useRead } from '../../api.ts';

const most = 200;

/** Names of what records mention; an id that is not among the newest two hundred stays an id. */
export function useNames() {
  const campaigns = useRead(listCampaigns, { limit: most, sort: 'name', order: 'asc' });
  const lineItems = useRead(listLineItems, { limit: most });
  const placements = useRead(listPlacements, { limit: most });
  return useMemo(() => {
    const lists = {
      campaigns: campaigns.data?.items ?? [],
      lineItems: lineItems.data?.items ?? [],
      placements: placements.data?.items ?? [],
    };
    const known = new Map(
      [...lists.campaigns, ...lists.lineItems, ...lists.placements].map(({ id, name }) => [id, name]),
    );
    return { ...lists, nameOf: (id: string | null) => (id === null ? '' : (known.get(id) ?? id)) };
  }, [campaigns.data, lineItems.data, placements.data]);
}
