import type { IncomingMessage } from 'node:http';
import {
  SERVED_VAST_VERSIONS,
  type ServedVastVersion,
  type SnapshotPlacement,
} from '../../kernel/delivery-protocol.ts';
import { hostName } from './http.ts';
import { badField, DeliveryError } from './problems.ts';
import type { ServingState } from './serving-state.ts';

/** An ad request as asked, checked and with its placement found. */
export interface AdQuestion {
  readonly placement: SnapshotPlacement;
  /** Undefined when the caller gave none: the decision id then names the request. */
  readonly requestId: string | undefined;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  readonly vastVersion: ServedVastVersion;
}

const MAX_SECONDS = 3600;
const DEFAULT_VERSION: ServedVastVersion = '4.2';
const PLACEMENT_ACCEPTED = 'a placement key, placement id or publisher key';
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * Reads the query of `/vast`:
 * `pl` placement key, placement id or publisher key; `pub` publisher key; `dur` longest and `mindur` shortest length in seconds; `w`, `h`
 * player size in pixels; `v` VAST version; `rid` the caller's request id; `cb` cache buster.
 * Consent signals (`gdpr`, `gdpr_consent`, `us_privacy`, `gpp`, `gpp_sid`, `coppa`, `lmt`) are accepted: no personal data
 * is read or kept, so none of them changes the answer yet.
 */
export function readVastQuery(
  request: IncomingMessage,
  query: URLSearchParams,
  state: ServingState,
): AdQuestion {
  const longest = seconds('dur', stated(query, 'dur'));
  const shortest = seconds('mindur', stated(query, 'mindur'));
  for (const name of ['w', 'h']) {
    const text = stated(query, name);
    if (text !== undefined && !/^\d{1,5}$/.test(text)) throw badField(name, text, 'whole pixels, 0 to 99999');
  }
  const id = requestId('rid', stated(query, 'rid'));
  const vastVersion = version('v', stated(query, 'v'));
  const placement = findPlacement(request, state, { pl: stated(query, 'pl'), pub: stated(query, 'pub') });
  return { placement, requestId: id, ...durations(placement, longest, shortest, 'dur'), vastVersion };
}

/**
 * Reads the body of `POST /api/v1/ad-request`: `request_id` and `duration` (seconds) are required; `placement` (key, id
 * or publisher key), `publisher` (publisher key), `min_duration` and `vast_version` are not.
 */
export function readAdRequestBody(
  request: IncomingMessage,
  body: Record<string, unknown>,
  state: ServingState,
): AdQuestion {
  const key = optionalText('placement', body.placement, PLACEMENT_ACCEPTED);
  const publisher = optionalText('publisher', body.publisher, 'a publisher key');
  if (body.request_id === undefined) throw badField('request_id', undefined, '1 to 128 printable characters');
  if (body.duration === undefined)
    throw badField('duration', undefined, `seconds, above 0 and at most ${MAX_SECONDS}`);
  const id = requestId('request_id', body.request_id);
  const longest = seconds('duration', body.duration);
  const shortest = seconds('min_duration', body.min_duration ?? undefined);
  const vastVersion = version('vast_version', body.vast_version ?? undefined);
  const placement = findPlacement(request, state, { placement: key, publisher });
  return { placement, requestId: id, ...durations(placement, longest, shortest, 'duration'), vastVersion };
}

/** A macro the player left unfilled, and the codes of the standard for unknown and withheld, count as absent. */
function stated(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  return text === null || text === '' || text === '-1' || text === '-2' || /^\[[A-Z0-9_]+\]$/.test(text)
    ? undefined
    : text;
}

/** `keys` are what the request gave, by field: the placement first, then the publisher. */
function findPlacement(
  request: IncomingMessage,
  { placements }: ServingState,
  keys: Readonly<Record<string, string | undefined>>,
): SnapshotPlacement {
  const [
    [placementField, key] = ['placement', undefined],
    [publisherField, publisher] = ['publisher', undefined],
  ] = Object.entries(keys);
  if (key !== undefined) {
    const placement = placements.byKey(key) ?? placements.byPublisher(key);
    if (placement) return placement;
    throw unknownPlacement(placementField, key, PLACEMENT_ACCEPTED);
  }
  if (publisher !== undefined) {
    const placement = placements.byPublisher(publisher);
    if (placement) return placement;
    throw unknownPlacement(
      publisherField,
      publisher,
      'the publisher key of an account with a default placement',
    );
  }
  const host = hostName(request);
  const placement = placements.byHost(host) ?? placements.only;
  if (placement) return placement;
  throw new DeliveryError(
    'placement.not_found',
    `No ${placementField} was given, and no placement names the host "${host}".`,
    {
      fields: [
        { field: placementField, message: `${placementField} is missing`, accepted: PLACEMENT_ACCEPTED },
      ],
    },
  );
}

function unknownPlacement(field: string, key: string, accepted: string): DeliveryError {
  const value = key.slice(0, 100);
  return new DeliveryError(
    'placement.not_found',
    `${field} is ${JSON.stringify(value)}, which names no placement.`,
    {
      fields: [{ field, message: 'names no placement', value, accepted }],
    },
  );
}

function optionalText(field: string, value: unknown, accepted: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badField(field, value, accepted);
  return value;
}

function durations(
  placement: SnapshotPlacement,
  longestMs: number | undefined,
  shortestMs: number | undefined,
  field: string,
) {
  const maxDurationMs = Math.min(longestMs ?? placement.maxDurationMs, placement.maxDurationMs);
  const minDurationMs = Math.max(shortestMs ?? 0, placement.minDurationMs);
  if (minDurationMs > maxDurationMs)
    throw badField(
      field,
      (longestMs ?? placement.maxDurationMs) / 1000,
      `${minDurationMs / 1000} to ${placement.maxDurationMs / 1000} seconds in this placement`,
    );
  return { minDurationMs, maxDurationMs };
}

function seconds(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d{1,5}(\.\d{1,3})?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0 && number <= MAX_SECONDS))
    throw badField(field, value, `seconds, above 0 and at most ${MAX_SECONDS}`);
  return Math.round(number * 1000);
}

function version(field: string, value: unknown): ServedVastVersion {
  if (value === undefined) return DEFAULT_VERSION;
  const found = SERVED_VAST_VERSIONS.find((one) => one === value);
  if (!found) throw badField(field, value, SERVED_VAST_VERSIONS.join(', '));
  return found;
}

function requestId(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !REQUEST_ID.test(value))
    throw badField(field, value, '1 to 128 printable characters without spaces');
  return value;
}
