import {
  type BudgetLedger,
  buildIndex,
  type DecisionIndex,
  type IndexedFlight,
  type IndexedLineItem,
  type Pot,
  type PotLimit,
} from '@cuepoint/decisioning';
import type {
  Snapshot,
  SnapshotCreative,
  SnapshotMediaFile,
  SnapshotPlacement,
} from '../../kernel/delivery-protocol.ts';
import { TokenSigner } from './tokens.ts';
import { VastTemplates } from './vast-templates.ts';

/** Everything a request reads, made from one snapshot and replaced as a whole. */
export interface ServingState {
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
  readonly lineItemPots: readonly Pot[];
  readonly flightPots: readonly Pot[];
}

interface PlacementLookup {
  /** By placement key or id. */
  byKey(key: string): SnapshotPlacement | undefined;
  /** Default placement of the account with this publisher key. */
  byPublisher(key: string): SnapshotPlacement | undefined;
  byHost(host: string): SnapshotPlacement | undefined;
  /** The default placement when the installation has only one. */
  readonly only: SnapshotPlacement | undefined;
}

/** The public name of a media file: its hash, and the extension of its path. */
export function mediaName(file: SnapshotMediaFile): string {
  return `${file.hash}${file.path.slice(file.path.lastIndexOf('.'))}`;
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
export function potLimits(snapshot: Snapshot): PotLimit[] {
  return snapshot.lineItems.flatMap((item) => [
    { key: item.id, limitMicros: item.budgetMicros, ingestedMicros: item.spentMicros },
    ...item.flights.map((flight) => ({
      key: flight.id,
      limitMicros: flight.budgetMicros,
      ingestedMicros: flight.spentMicros,
    })),
  ]);
}

/** Builds the state of a snapshot whose limits the ledger has taken over already. */
export function buildServingState(snapshot: Snapshot, ledger: BudgetLedger): ServingState {
  const index = buildIndex(snapshot);
  const lineItemPots: Pot[] = [];
  const flightPots: Pot[] = [];
  for (const item of index.lineItems.values()) {
    lineItemPots[item.slot] = ledger.pot(item.id);
    for (const flight of item.flights) flightPots[flight.slot] = ledger.pot(flight.id);
  }
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
    lineItemPots,
    flightPots,
  };
}

function placementLookup(snapshot: Snapshot): PlacementLookup {
  const keys = new Map<string, SnapshotPlacement>();
  const hosts = new Map<string, SnapshotPlacement>();
  const defaults = new Map<string, SnapshotPlacement>();
  for (const placement of snapshot.placements) {
    keys.set(placement.id, placement);
    keys.set(placement.key, placement);
    if (placement.isDefault) defaults.set(placement.accountId, placement);
    // With several placements on one host the default one answers for it.
    for (const host of placement.hosts)
      if (placement.isDefault || !hosts.has(host)) hosts.set(host, placement);
  }
  const publishers = new Map<string, SnapshotPlacement>();
  for (const account of snapshot.accounts) {
    const placement = defaults.get(account.id);
    if (placement) publishers.set(account.publisherKey, placement);
  }
  return {
    byKey: (key) => keys.get(key),
    byPublisher: (key) => publishers.get(key),
    byHost: (host) => hosts.get(host),
    only: defaults.size === 1 ? [...defaults.values()][0] : undefined,
  };
}

/** The tighter of the two pots: what this line item may still spend in this flight. */
export function potsOf(
  state: ServingState,
  item: IndexedLineItem,
  flight: IndexedFlight,
): readonly [Pot, Pot] {
  return [state.lineItemPots[item.slot]!, state.flightPots[flight.slot]!];
}
