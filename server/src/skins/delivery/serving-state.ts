import type { DecisionIndex, IndexChange, LayeredMap, PotLimit } from '@cuepoint/decisioning';
import { placementFacts } from '../../kernel/ad-request.ts';
import { countKey, type SnapshotCreative, type SnapshotPlacement } from '../../kernel/delivery-protocol.ts';
import { privacyPolicy } from './faces/viewer-facts.ts';
import { packageHash } from './media-book.ts';
import { placementLookup } from './placement-lookup.ts';
import type { FaceState, PlacementLookup } from './served.ts';
import type { BodyChange, NodeChange } from './snapshot/node-change.ts';
import { TokenSigner } from './tokens.ts';
import { VastTemplates } from './vast-templates.ts';

/** Everything a request reads of a snapshot: replaced as a whole, what stayed being shared. */
export interface ServingState extends FaceState {
  readonly hash: string;
  readonly builtAt: string;
  readonly index: DecisionIndex;
  readonly creatives: LayeredMap<SnapshotCreative>;
  readonly signer: TokenSigner;
  readonly templates: VastTemplates;
  readonly mediaBaseUrl: string | undefined;
  readonly placements: PlacementLookup;
  /** What each placement says by itself, by its id. */
  readonly facts: ReadonlyMap<string, readonly (string | readonly string[] | null)[]>;
}

/**
 * Address of a creative's multivariant playlist for players; null while it is not packaged.
 * @param mediaBaseUrl of the snapshot: where a CDN serves media; no slash at the end
 * @param publicBaseUrl origin of this node for players; no slash at the end
 */
export function hlsUrl(
  creative: Pick<SnapshotCreative, 'hls'>,
  mediaBaseUrl: string | undefined,
  publicBaseUrl: string,
): string | null {
  if (!creative.hls) return null;
  return `${mediaBaseUrl ?? `${publicBaseUrl}/media`}/hls/${packageHash(creative.hls.path)}/main.m3u8`;
}

/**
 * What of the pots is different: limits and counts that are new or other, and keys that are named no more.
 * @param ingestedOf what is counted of a pot so far: a line item also comes anew when one of its creatives changed, and its
 *   count is not said again then
 */
export function potChanges(
  { left, came }: Pick<IndexChange, 'left' | 'came'>,
  spend: NodeChange['spend'],
  ingestedOf: (key: string) => number,
): { limits: PotLimit[]; gone: string[] } {
  const spent = new Map<string, number>(spend.lineItems);
  for (const [id, micros, impressions] of spend.flights) {
    spent.set(id, micros);
    spent.set(countKey(id), impressions);
  }
  const limits: PotLimit[] = [];
  const named = new Set<string>();
  const limit = (key: string, limitMicros: number | null) => {
    limits.push({ key, limitMicros, ingestedMicros: spent.get(key) ?? ingestedOf(key) });
    named.add(key);
  };
  for (const item of came) {
    limit(item.id, item.source.budgetMicros);
    for (const { id, source } of item.flights) {
      limit(id, source.budgetMicros);
      if (source.impressionGoal !== null) limit(countKey(id), source.impressionGoal);
    }
  }
  const keys = left.flatMap((item) => [item.id, ...item.flights.flatMap(({ id }) => [id, countKey(id)])]);
  return { limits, gone: keys.filter((key) => !named.has(key)) };
}

/** The state after a change; `before` is null at the start. */
export function nextState(
  before: ServingState | null,
  { hash, builtAt, body }: NodeChange,
  index: DecisionIndex,
  creatives: LayeredMap<SnapshotCreative>,
): ServingState {
  if (body === null && before !== null) return { ...before, hash, builtAt };
  const { keys, accounts, mediaBaseUrl } = body as BodyChange;
  const placements = [...index.placements.values()].map(({ source }) => source);
  return {
    hash,
    builtAt,
    index,
    creatives,
    signer: before?.signer.with(keys) ?? new TokenSigner(keys),
    templates: before?.templates ?? new VastTemplates(),
    mediaBaseUrl,
    placements: placementLookup({ placements: placements as SnapshotPlacement[], accounts }),
    policies: new Map(accounts.map(({ id, tcfVendorId }) => [id, privacyPolicy(tcfVendorId)])),
    facts: new Map(
      (placements as SnapshotPlacement[]).map((placement) => [placement.id, placementFacts(placement)]),
    ),
  };
}
