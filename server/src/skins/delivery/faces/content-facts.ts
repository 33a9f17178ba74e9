import { spell } from '@cuepoint/decisioning';
import type { SnapshotPlacement } from '../../../kernel/delivery-protocol.ts';
import { badField } from '../problems.ts';
import { checkedLine, line, listOf } from './fields.ts';
import type { RequestParams } from './params.ts';

export type Facts = Record<string, string | string[]>;

/** Parameters that are a fact of the content as they stand. */
const SCALARS = ['rating', 'language', 'network', 'channel', 'series'] as const;
const KEY = /^[A-Za-z0-9_.-]{1,64}$/;
const ID = /^[\x21-\x7e]{1,64}$/;
const ID_ACCEPTED = '1 to 64 printable characters without spaces';
const MAX_PAIRS = 64;
const MAX_KEY_VALUE_CHARS = 128;

/**
 * What a request and its placement say about content, supply and audience, by dimension. The request's own word comes
 * before the placement's. `position` is where the ad plays, when that differs from the placement's.
 */
export function contentFacts(
  params: RequestParams,
  placement: SnapshotPlacement,
  position: SnapshotPlacement['position'],
): Facts {
  const facts: Facts = { placement: placement.id, publisher: placement.publisherId, position };
  const { app } = placement;
  if (app) {
    if (app.bundle !== null) facts.app = app.bundle;
    if (app.network !== null) facts.network = spell('network', app.network);
    if (app.channel !== null) facts.channel = spell('channel', app.channel);
  }
  for (const dimension of SCALARS) {
    const value = line(params, dimension);
    if (value !== undefined) facts[dimension] = spell(dimension, value);
  }
  const bundle =
    line(params, 'app') ?? line(params, 'bundle') ?? line(params, 'appbundle') ?? line(params, 'storeid');
  if (bundle !== undefined) facts.app = bundle;
  const genre = params.list('genre');
  if (genre.length > 0) {
    if (genre.length > 16)
      throw badField(
        params.fieldOf('genre'),
        undefined,
        'at most 16 values',
        `genre has ${genre.length} values`,
      );
    facts.genre = genre.map((one) => spell('genre', checkedLine(params.fieldOf('genre'), one, 64)));
  }
  const live = params.get('livestream');
  if (live !== null) facts.livestream = liveFact(params.fieldOf('livestream'), live);
  facts.segment = listOf(params, 'seg', ID, 64, ID_ACCEPTED);
  facts.deal = listOf(params, 'deal', ID, 32, ID_ACCEPTED);
  facts.key_value = keyValues(params);
  return facts;
}

function liveFact(field: string, text: string): string {
  const lower = text.toLowerCase();
  if (lower === '1' || lower === 'live' || lower === 'true') return 'live';
  if (lower === '0' || lower === 'recorded' || lower === 'false') return 'recorded';
  throw badField(field, text, '1 or live, 0 or recorded');
}

/** `kv.<key>=<value>,<value>`: every pair as `key=value`. */
function keyValues(params: RequestParams): string[] {
  const pairs: string[] = [];
  for (const name of params.otherNames) {
    if (!name.startsWith('kv.')) continue;
    const key = name.slice('kv.'.length);
    if (!KEY.test(key))
      throw badField(
        name.slice(0, 100),
        undefined,
        'kv. and 1 to 64 letters, digits, "_", "." and "-"',
        'a key is not one',
      );
    for (const value of params.list(name)) {
      if (pairs.length === MAX_PAIRS)
        throw badField(
          params.fieldOf(name),
          undefined,
          `at most ${MAX_PAIRS} key-values`,
          'there are too many key-values',
        );
      pairs.push(`${key}=${checkedLine(params.fieldOf(name), value, MAX_KEY_VALUE_CHARS)}`);
    }
  }
  return pairs;
}
