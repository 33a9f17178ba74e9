import type { InputOf, listLineItems } from '@cuepoint/contract';

type Input = InputOf<typeof listLineItems>;
export type LineItemStatus = NonNullable<Input['status']>[number];
export type LineItemType = NonNullable<Input['type']>[number];

/** What the address of the list holds: search, filters and the cursors that led to this page. */
export interface LineItemsSearch {
  search?: string;
  status?: LineItemStatus;
  type?: LineItemType;
  campaignId?: string;
  trail?: string[];
}

export const lineItemStatuses: readonly LineItemStatus[] = ['draft', 'active', 'paused', 'completed'];
export const lineItemTypes: readonly LineItemType[] = [
  'sponsorship',
  'guaranteed',
  'standard',
  'price_priority',
  'bulk',
  'house',
];

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readLineItemsSearch(search: Record<string, unknown>): LineItemsSearch {
  const text = (value: unknown) => {
    const given = typeof value === 'number' ? String(value) : value;
    return typeof given === 'string' && given !== '' ? given : undefined;
  };
  const status = lineItemStatuses.find((known) => known === search.status);
  const type = lineItemTypes.find((known) => known === search.type);
  const trail = Array.isArray(search.trail)
    ? search.trail.filter((entry): entry is string => typeof entry === 'string')
    : [];
  const found = text(search.search);
  const campaignId = text(search.campaignId);
  return {
    ...(found ? { search: found } : {}),
    ...(status ? { status } : {}),
    ...(type ? { type } : {}),
    ...(campaignId ? { campaignId } : {}),
    ...(trail.length > 0 ? { trail } : {}),
  };
}
