import { dimensionNames } from '../../delivery-words.ts';

export type StatedFacts = Record<string, string[]>;

/** What the address of the screen holds: the question, so that it can be shared. */
export interface WhySearch {
  tab?: 'preview' | 'vast' | 'history';
  /** Decision id, request id or an address of the ad. */
  q?: string;
  /** Line item in focus. */
  li?: string;
  /** Facts stated in place of those that were logged; an empty list says "unknown". */
  facts?: StatedFacts;
  /** Of a preview, and of a history. */
  placement?: string;
  /** Day of a history, YYYY-MM-DD. */
  day?: string;
  maxAds?: number;
  seconds?: number;
}

const longest = { q: 2000, li: 64, placement: 64, value: 200 };

/** Reads an address that a person may have typed: what does not fit is left out. */
export function readWhySearch(search: Record<string, unknown>): WhySearch {
  const q = text(search.q, longest.q);
  const li = text(search.li, longest.li);
  const placement = text(search.placement, longest.placement);
  const day = text(search.day, 10);
  const maxAds = number(search.maxAds, 1, 32);
  const seconds = number(search.seconds, 0.1, 3600);
  const facts = readFacts(search.facts);
  return {
    ...(search.tab === 'preview' || search.tab === 'vast' || search.tab === 'history'
      ? { tab: search.tab }
      : {}),
    ...(q ? { q } : {}),
    ...(li ? { li } : {}),
    ...(facts ? { facts } : {}),
    ...(placement ? { placement } : {}),
    ...(day && /^\d{4}-\d\d-\d\d$/.test(day) ? { day } : {}),
    ...(maxAds !== undefined && Number.isInteger(maxAds) ? { maxAds } : {}),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

function text(value: unknown, most: number): string | undefined {
  const given = typeof value === 'number' ? String(value) : value;
  if (typeof given !== 'string') return undefined;
  const trimmed = given.trim();
  return trimmed !== '' && trimmed.length <= most ? trimmed : undefined;
}

function number(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}

function readFacts(value: unknown): StatedFacts | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const facts: StatedFacts = {};
  for (const dimension of dimensionNames) {
    if (!Object.hasOwn(value, dimension)) continue;
    const given: unknown = (value as Record<string, unknown>)[dimension];
    const list = (Array.isArray(given) ? given : [given])
      .filter((entry) => typeof entry === 'string' || typeof entry === 'number')
      .map(String)
      .filter((entry) => entry !== '' && entry.length <= longest.value)
      .slice(0, 50);
    facts[dimension] = list;
  }
  return Object.keys(facts).length > 0 ? facts : undefined;
}
