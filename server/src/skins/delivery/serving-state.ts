import { type BudgetLedger, buildIndex, type DecisionIndex, type PotLimit } from '@cuepoint/decisioning';
import { placementFacts } from '../../kernel/ad-request.ts';
import type {
  Snapshot,
  SnapshotCreative,
  SnapshotMediaFile,
  SpendStatement,
} from '../../kernel/delivery-protocol.ts';
import { privacyPolicy } from './faces/viewer-facts.ts';
import { mediaName } from './media-name.ts';
import { placementLookup } from './placement-lookup.ts';
import { countKey, PotBook } from './pots.ts';
import type { FaceState, PlacementLookup } from './served.ts';
import { TokenSigner } from './tokens.ts';
import { VastTemplates } from './vast-templates.ts';

/** Everything a request reads, made from one snapshot and replaced as a whole. */
export interface ServingState extends FaceState {
  readonly hash: string;
  readonly builtAt: string;
  readonly index: DecisionIndex;
  readonly creatives: ReadonlyMap<string, SnapshotCreative>;
  readonly signer: TokenSigner;
  readonly templates: VastTemplates;
  readonly mediaBaseUrl: string | undefined;
  /** Public file name to file; nothing else below the media directory can be asked for. */
  readonly media: ReadonlyMap<string, SnapshotMediaFile>;
  /** Hash of an HLS package to the path of its multivariant playlist below the media directory. */
  readonly hlsPackages: ReadonlyMap<string, string>;
  readonly placements: PlacementLookup;
  /** What each placement says by itself, by its id. */
  readonly facts: ReadonlyMap<string, readonly (string | readonly string[] | null)[]>;
  readonly pots: PotBook;
}

/** SHA-256 that names an HLS package: that of its multivariant playlist. */
function packageHash(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
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

/** Limits of every pot a snapshot names: line items and flights, whose ids never collide. */
export function potLimits(snapshot: Pick<Snapshot, 'lineItems'>, spend: SpendStatement): PotLimit[] {
  return snapshot.lineItems.flatMap((item) => [
    { key: item.id, limitMicros: item.budgetMicros, ingestedMicros: spend.lineItems[item.id] ?? 0 },
    ...item.flights.flatMap((flight) => {
      const [micros, impressions] = spend.flights[flight.id] ?? [0, 0];
      const money = { key: flight.id, limitMicros: flight.budgetMicros, ingestedMicros: micros };
      return flight.impressionGoal === null
        ? [money]
        : [
            money,
            { key: countKey(flight.id), limitMicros: flight.impressionGoal, ingestedMicros: impressions },
          ];
    }),
  ]);
}

/** Builds the state of a snapshot whose limits the ledger has taken over already. */
export function buildServingState(
  snapshot: Snapshot,
  ledger: BudgetLedger,
  index: DecisionIndex = buildIndex(snapshot),
): ServingState {
  const media = new Map(
    snapshot.creatives.flatMap((creative) =>
      creative.mediaFiles.map((file) => [mediaName(file), file] as const),
    ),
  );
  const hlsPackages = new Map(
    snapshot.creatives.flatMap(({ hls }) => (hls ? [[packageHash(hls.path), hls.path] as const] : [])),
  );
  return {
    hash: snapshot.hash,
    builtAt: snapshot.builtAt,
    index,
    creatives: new Map(snapshot.creatives.map((creative) => [creative.id, creative])),
    signer: new TokenSigner(snapshot.keys),
    templates: new VastTemplates(),
    mediaBaseUrl: snapshot.mediaBaseUrl,
    media,
    hlsPackages,
    placements: placementLookup(snapshot),
    policies: new Map(snapshot.accounts.map(({ id, tcfVendorId }) => [id, privacyPolicy(tcfVendorId)])),
    facts: new Map(snapshot.placements.map((placement) => [placement.id, placementFacts(placement)])),
    pots: new PotBook(ledger, index),
  };
}
