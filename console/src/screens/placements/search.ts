/** What the address of the screen holds: the view, the search, and what is open beside it. */
export interface PlacementsSearch {
  view?: 'apps' | 'publishers';
  search?: string;
  publisherId?: string;
  /** Id of the placement in the drawer, or `new`. */
  open?: string;
}

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readPlacementsSearch(search: Record<string, unknown>): PlacementsSearch {
  const text = (value: unknown) => {
    const given = typeof value === 'number' ? String(value) : value;
    return typeof given === 'string' && given !== '' && given.length <= 120 ? given : undefined;
  };
  const found = text(search.search);
  const publisherId = text(search.publisherId);
  const open = text(search.open);
  return {
    ...(search.view === 'apps' || search.view === 'publishers' ? { view: search.view } : {}),
    ...(found ? { search: found } : {}),
    ...(publisherId ? { publisherId } : {}),
    ...(open ? { open } : {}),
  };
}
