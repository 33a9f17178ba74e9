import type { MacroValue } from '@cuepoint/vast';
import type { SnapshotPlacement } from '../../../kernel/delivery-protocol.ts';
import type { AdQuestion } from '../ad-question.ts';
import type { Viewer } from '../viewer/index.ts';
import { statedText } from './macro-values.ts';

/*
 * What a node knows of a request beyond what the request says in macros: its placement, the break, and the device behind a
 * server that asks for it. Each is null where the node knows nothing, so that the player can still say.
 */

type Source = (question: AdQuestion, viewer: Viewer) => MacroValue;

/** VAST 4.2 section 6.1, PAGEURL and APPBUNDLE: what the other one has makes this one not applicable. */
const NOT_APPLICABLE = 0;
/** Values of [BREAKPOSITION]. */
const BREAK_POSITIONS: Readonly<Record<SnapshotPlacement['position'], number>> = {
  pre: 1,
  mid: 2,
  post: 3,
  standalone: 4,
};
/** AdCOM 1.0, List: Placement Subtypes - Video, and its successor: around content that the viewer asked for. */
const IN_STREAM = 1;
/** The only way the standard writes categories. */
const CATEGORY = /^IAB\d{1,2}(-\d{1,3})?$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By macro, where its value comes from when the request does not say it. */
export const OWN_MACROS: Readonly<Record<string, Source>> = {
  BREAKPOSITION: ({ facts, placement }) =>
    BREAK_POSITIONS[facts.position as SnapshotPlacement['position']] ?? BREAK_POSITIONS[placement.position],
  // A site may play its video beside text, which is another subtype: that only its player knows.
  PLACEMENTTYPE: ({ placement }) =>
    placement.app !== null && !isSite(placement) && placement.position !== 'standalone' ? IN_STREAM : null,
  TRANSACTIONID: ({ requestId }) => transactionOf(requestId),
  BLOCKEDADCATEGORIES: ({ blockedCategories, placement }) =>
    categories([...blockedCategories, ...placement.blockedCategories]),
  ADCATEGORIES: ({ placement }) => categories(placement.allowedCategories),
  BREAKMAXDURATION: ({ pod }) =>
    pod && Math.floor((pod.durationMs + pod.slots.reduce((sum, slot) => sum + slot.maxDurationMs, 0)) / 1000),
  BREAKMAXADS: ({ pod }) => pod?.maxAds ?? null,
  // Whole seconds within what is allowed.
  BREAKMINADLENGTH: ({ minDurationMs }) => Math.ceil(minDurationMs / 1000),
  BREAKMAXADLENGTH: ({ maxDurationMs }) => Math.floor(maxDurationMs / 1000),
  // Relevant only where a server asks for a client; of a player itself third parties see agent and address.
  DEVICEUA: (_, { behindServer }) => behindServer?.agent ?? null,
  DEVICEIP: (_, { behindServer }) => behindServer?.address ?? null,
  SERVERUA: (_, { behindServer }) => behindServer?.serverAgent ?? null,
  DOMAIN: ({ placement }) => (isSite(placement) ? placement.app!.domain : null),
  PAGEURL: (question) => (bundleOf(question) === null ? null : NOT_APPLICABLE),
  APPBUNDLE: (question) => bundleOf(question) ?? (isSite(question.placement) ? NOT_APPLICABLE : null),
  STOREID: (question) => storeOf(question)?.storeId ?? null,
  STOREURL: (question) => storeOf(question)?.storeUrl ?? null,
  MEDIAMIME: ({ mimes }) => (mimes.length > 0 ? mimes : null),
  PLAYERSIZE: ({ params }) => {
    const [width, height] = [Number(params.get('w')), Number(params.get('h'))];
    return width > 0 && height > 0 ? [width, height] : null;
  },
  REGULATIONS: ({ params }, { privacy }) => {
    const inForce = [
      ...(statedText(params, 'coppa') === '1' ? ['coppa'] : []),
      ...(privacy.gdprApplies ? ['gdpr'] : []),
    ];
    return inForce.length > 0 ? inForce : null;
  },
};

/** Ready-made tags ask with the transaction as request id; an id of another form is none. */
export function transactionOf(requestId: string | undefined): string | null {
  return requestId !== undefined && UUID.test(requestId) ? requestId : null;
}

/** A placement lies in a site when what it lies in has a domain and no bundle. */
function isSite({ app }: SnapshotPlacement): boolean {
  return app !== null && app.bundle === null && app.domain !== null;
}

/** Bundle of the app that plays: as the request says in a parameter of ours, or its placement's. */
function bundleOf({ params, placement }: AdQuestion): string | null {
  return statedBundle(params) ?? placement.app?.bundle ?? null;
}

function statedBundle(params: AdQuestion['params']): string | null {
  return params.get('app') ?? params.get('bundle') ?? params.get('appbundle') ?? null;
}

/** The placement's app, unless the request says that another one plays: id and address are of one app. */
function storeOf({ params, placement: { app } }: AdQuestion): SnapshotPlacement['app'] {
  const isOther = (said: string | null, own: string | null | undefined) =>
    said !== null && typeof own === 'string' && said !== own;
  if (isOther(statedBundle(params), app?.bundle)) return null;
  return isOther(params.get('storeid') ?? null, app?.storeId) ? null : app;
}

function categories(list: readonly string[]): string[] | null {
  const known = [...new Set(list)].filter((one) => CATEGORY.test(one));
  return known.length > 0 ? known : null;
}
