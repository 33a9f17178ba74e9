import { type Answer, isObject } from '../http.ts';
import type { Resource } from './resources.ts';
import type { Stored } from './store.ts';

/** Pages of a query. The description allows 1 to 100 a page. */
const pageMax = 100;

export type Page = { page: Stored[]; nextToken: string | undefined };

/** Filters and pages as `POST /adsApi/v1/query/{resource}` does, or says what is wrong with the question. */
export function queryPage(
  resource: Resource,
  body: Record<string, unknown>,
  objects: readonly Stored[],
): Page | { refused: string } {
  const known = [...Object.keys(resource.idFilters), 'maxResults', 'nextToken'];
  if (resource.hasAdProduct) known.push('adProductFilter');
  if (resource.hasState) known.push('stateFilter');
  for (const name of Object.keys(body))
    if (!known.includes(name)) return { refused: `unknown field ${name}` };

  if (resource.hasAdProduct) {
    const include = includeOf(body.adProductFilter);
    if (include?.length !== 1 || include[0] !== 'AMAZON_DSP')
      return { refused: 'adProductFilter.include must be ["AMAZON_DSP"]' };
  }
  let found = [...objects];
  for (const [name, { field, max }] of Object.entries(resource.idFilters)) {
    if (body[name] === undefined) continue;
    const include = includeOf(body[name]);
    if (!include || include.length < 1 || include.length > max)
      return { refused: `${name}.include must hold 1 to ${max} ids` };
    found = found.filter((stored) => include.includes(String(stored.fields[field])));
  }
  if (body.stateFilter !== undefined) {
    const include = includeOf(body.stateFilter);
    if (!include?.every((state) => ['ENABLED', 'PAUSED', 'ARCHIVED'].includes(state)))
      return { refused: 'stateFilter.include holds unknown states' };
    found = found.filter((stored) => include.includes(String(stored.fields.state)));
  }
  const maxResults = body.maxResults ?? pageMax;
  if (
    typeof maxResults !== 'number' ||
    !Number.isInteger(maxResults) ||
    maxResults < 1 ||
    maxResults > pageMax
  ) {
    return { refused: `maxResults must be 1 to ${pageMax}` };
  }
  const offset = body.nextToken === undefined ? 0 : offsetOf(body.nextToken);
  if (offset === undefined) return { refused: 'nextToken is not one of ours' };
  const more = offset + maxResults < found.length;
  return {
    page: found.slice(offset, offset + maxResults),
    nextToken: more ? Buffer.from(`page:${offset + maxResults}`).toString('base64url') : undefined,
  };
}

export function queryAnswer(resource: Resource, page: Page, show: (stored: Stored) => unknown): Answer {
  return {
    status: 200,
    json: {
      [resource.name]: page.page.map(show),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    },
  };
}

function includeOf(filter: unknown): string[] | undefined {
  if (!isObject(filter) || Object.keys(filter).some((key) => key !== 'include')) return undefined;
  const include = filter.include;
  return Array.isArray(include) && include.every((entry) => typeof entry === 'string') ? include : undefined;
}

function offsetOf(token: unknown): number | undefined {
  const offset =
    typeof token === 'string'
      ? /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]
      : undefined;
  return offset === undefined ? undefined : Number(offset);
}
