import {
  SERVED_VAST_VERSIONS,
  type ServedVastVersion,
  type SnapshotPlacement,
  type SnapshotPodRule,
} from '../../kernel/delivery-protocol.ts';
import { contentFacts, type Facts } from './faces/content-facts.ts';
import { chosenId, listOf, micros, SECONDS_ACCEPTED, seconds, wholeNumber } from './faces/fields.ts';
import { type RequestMacros, readMacros } from './faces/macro-values.ts';
import type { RequestParams } from './faces/params.ts';
import { playerSize, playerSizeOfMacro } from './faces/player-size.ts';
import { readPod } from './faces/pod-question.ts';
import { findPlacement } from './find-placement.ts';
import type { PlayerRequest } from './listener/exchange.ts';
import { badField } from './problems.ts';
import type { FaceState } from './served.ts';

/** An ad request as asked, checked and with its placement found. What it says of the viewer is the viewer reader's. */
export interface AdQuestion {
  readonly params: RequestParams;
  readonly placement: SnapshotPlacement;
  /** Undefined when the caller gave none: the decision id then names the request. */
  readonly requestId: string | undefined;
  /** The viewing session, for what has been shown in it already. */
  readonly streamId: string | null;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  readonly vastVersion: ServedVastVersion;
  /** Null: one ad. */
  readonly pod: SnapshotPodRule | null;
  readonly facts: Facts;
  readonly blockedCategories: string[];
  readonly blockedDomains: string[];
  /** Brand ids, and SHA-256 of media files. */
  readonly blockedBrands: string[];
  readonly blockedMedia: string[];
  readonly floorCpmMicros: number;
  readonly mimes: string[];
  /** Macros of the standard that the request filled in. */
  readonly macros: RequestMacros;
}

/** How a face asks: what it takes for granted when the request does not say. */
export interface QuestionDefaults {
  /** Ask for a break unless told otherwise. */
  readonly pod?: boolean;
  /** The answer is not VAST: its version neither matters nor limits. */
  readonly isVast?: boolean;
  /** Ask in this placement, whatever the request names. */
  readonly placement?: SnapshotPlacement;
  /** Where the ad plays, when that differs from the placement's. */
  readonly position?: SnapshotPlacement['position'];
}

const DEFAULT_VERSION: ServedVastVersion = '4.2';
/** AdCOM 1.0 list "Creative Subtypes - Audio/Video": inline documents only. */
const ADCOM_VERSIONS: Readonly<Record<string, ServedVastVersion>> = {
  2: '2.0',
  3: '3.0',
  7: '4.0',
  11: '4.1',
  13: '4.2',
  15: '4.3',
};
const CATEGORY = /^[A-Za-z0-9_-]{1,32}$/;
const DOMAIN = /^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$/;
const BRAND = /^[A-Za-z0-9_-]{1,64}$/;
const MEDIA = /^[0-9A-Fa-f]{64}$/;
const MIME = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}\/[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/;

/**
 * Reads all that an ad request can say; docs/protocols/delivery.md section 7 lists it. Throws `input.invalid` naming the
 * field, its value and what would be accepted, and `placement.not_found`.
 */
export function readQuestion(
  request: PlayerRequest,
  params: RequestParams,
  state: FaceState,
  defaults: QuestionDefaults = {},
): AdQuestion {
  const longest = seconds(params, 'dur');
  const shortest = seconds(params, 'mindur');
  const width = wholeNumber(params, 'w', 0, 99_999, 'whole pixels');
  const height = wholeNumber(params, 'h', 0, 99_999, 'whole pixels');
  const requestId = chosenId(params, 'rid');
  const vastVersion = readVersion(params);
  const placement = defaults.placement ?? findPlacement(request, state, params);
  if (defaults.pod === true && params.get('pod') === null) params.set('pod', 'pod', '1');
  const pod = readPod(params, placement, defaults.isVast === false || vastVersion !== '2.0');
  const bcat = listOf(params, 'bcat', CATEGORY, 100, 'category ids such as IAB7-39');
  const mimes = listOf(params, 'mimes', MIME, 16, 'media types such as video/mp4');
  const macros = readMacros(params);
  const facts = contentFacts(params, placement, defaults.position ?? placement.position);
  const size = playerSize(width, height) ?? playerSizeOfMacro(macros.text('playersize'));
  if (size !== null) facts.player_size = size;
  return {
    params,
    placement,
    requestId,
    streamId: chosenId(params, 'sid') ?? null,
    ...durations(params, placement, longest, shortest),
    vastVersion,
    pod,
    facts,
    blockedCategories:
      bcat.length > 0
        ? bcat
        : listOf(params, 'blockedadcategories', CATEGORY, 100, 'category ids such as IAB7-39'),
    blockedDomains: listOf(params, 'badv', DOMAIN, 100, 'domains such as brand.example').map((one) =>
      one.toLowerCase(),
    ),
    blockedBrands: listOf(params, 'bbrand', BRAND, 100, 'brand ids such as brd_01k7m3x9'),
    blockedMedia: listOf(params, 'bmedia', MEDIA, 100, 'SHA-256 of media files, 64 hex digits each').map(
      (one) => one.toLowerCase(),
    ),
    floorCpmMicros: micros(params, 'floor') ?? 0,
    mimes: mimes.length > 0 ? mimes : listOf(params, 'mediamime', MIME, 16, 'media types such as video/mp4'),
    // A VMAP holds breaks of several positions, of which the request can name one at most.
    macros: defaults.position === undefined ? macros : macros.without('breakposition'),
  };
}

function durations(
  params: RequestParams,
  placement: SnapshotPlacement,
  longestMs: number | undefined,
  shortestMs: number | undefined,
) {
  const longest = longestMs ?? seconds(params, 'breakmaxadlength');
  const shortest = shortestMs ?? seconds(params, 'breakminadlength');
  const maxDurationMs = Math.min(longest ?? placement.maxDurationMs, placement.maxDurationMs);
  const minDurationMs = Math.max(shortest ?? 0, placement.minDurationMs);
  if (minDurationMs > maxDurationMs) {
    // Whichever of the two the caller gave is the one to correct.
    const name = longestMs === undefined && shortestMs !== undefined ? 'mindur' : 'dur';
    throw badField(
      params.fieldOf(name),
      ((name === 'dur' ? longest : shortest) ?? placement.maxDurationMs) / 1000,
      `${placement.minDurationMs / 1000} to ${placement.maxDurationMs / 1000} seconds in this placement, and mindur at most dur`,
    );
  }
  return { minDurationMs, maxDurationMs };
}

/** `v`, or the newest version that `[VASTVERSIONS]` says the player reads. */
function readVersion(params: RequestParams): ServedVastVersion {
  const text = params.get('v');
  if (text !== null) {
    const found = SERVED_VAST_VERSIONS.find((one) => one === text);
    if (!found) throw badField(params.fieldOf('v'), text, SERVED_VAST_VERSIONS.join(', '));
    return found;
  }
  const read = listOf(
    params,
    'vastversions',
    /^\d{1,3}$/,
    32,
    'numbers of the AdCOM list of creative subtypes',
  );
  let best: ServedVastVersion | undefined;
  for (const number of read) {
    const version = ADCOM_VERSIONS[Number(number)];
    if (version !== undefined && (best === undefined || version > best)) best = version;
  }
  return best === undefined || best > DEFAULT_VERSION ? DEFAULT_VERSION : best;
}

/** A body of `POST /api/v1/ad-request` must name itself and say how long an ad may be, unless it asks for a break. */
export function requireNamedRequest(params: RequestParams, body: Readonly<Record<string, unknown>>): void {
  if (params.get('rid') === null)
    throw badField('request_id', body.request_id, '1 to 128 printable characters');
  if (params.get('dur') === null && params.get('pod') === null)
    throw badField('duration', body.duration, SECONDS_ACCEPTED);
}
