import { type TailEventName, tailEvents } from '@cuepoint/contract';

/** What the address of the screen holds: the filter, and the decision whose timeline is open. */
export interface LiveSearch {
  campaignId?: string;
  lineItemId?: string;
  creativeId?: string;
  placementId?: string;
  event?: TailEventName;
  reason?: string;
  invalid?: 'only' | 'without';
  problems?: true;
  id?: string;
  /** Decision id. */
  open?: string;
}

const texts = ['campaignId', 'lineItemId', 'creativeId', 'placementId', 'reason', 'id', 'open'] as const;

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readLiveSearch(search: Record<string, unknown>): LiveSearch {
  const result: LiveSearch = {};
  for (const name of texts) {
    const given = typeof search[name] === 'number' ? String(search[name]) : search[name];
    if (typeof given === 'string' && given !== '' && given.length <= (name === 'reason' ? 64 : 128))
      result[name] = given;
  }
  const event = tailEvents.find((one) => one === search.event);
  if (event) result.event = event;
  if (search.invalid === 'only' || search.invalid === 'without') result.invalid = search.invalid;
  if (search.problems === true || search.problems === 'true') result.problems = true;
  return result;
}

/** The filter as the stream takes it, without what is open beside it. */
export function tailQuery({ open: _open, ...filter }: LiveSearch): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
  return query;
}
