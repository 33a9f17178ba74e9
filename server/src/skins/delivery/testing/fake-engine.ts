import type {
  DecisionRequest,
  SnapshotCreative,
  SnapshotPlacement,
} from '../../../kernel/delivery-protocol.ts';
import { newDecisionId } from '../decision-id.ts';
import { MediaBook } from '../media-book.ts';
import { placementLookup } from '../placement-lookup.ts';
import type { FaceEngine, FaceState, ServedAd, ServedDecision } from '../served.ts';
import { TokenSigner } from '../tokens.ts';
import { VastTemplates } from '../vast-templates.ts';
import { NO_VIEWER } from '../viewer-claim.ts';
import { FACE_SECRET } from './face-samples.ts';

export interface FakeEngineOptions {
  readonly placements: readonly SnapshotPlacement[];
  readonly creatives: readonly SnapshotCreative[];
  /** Creatives by id that a decision offers, in play order; null for no ad. Default: all that fit the request. */
  readonly choose?: (request: DecisionRequest) => { ads: string[]; backups?: string[]; reason?: string };
}

export interface FakeEngine extends FaceEngine {
  readonly state: FaceState;
  readonly media: MediaBook;
  /** What it was asked, newest last; no more than the last hundred. */
  readonly asked: { request: DecisionRequest; streamId: string | null }[];
}

/** An engine of nothing but literal decisions, for what is said about them. */
export function fakeEngine({ placements, creatives, choose }: FakeEngineOptions): FakeEngine {
  const state: FaceState = {
    creatives: new Map(creatives.map((one) => [one.id, one])),
    signer: new TokenSigner([{ kid: 'k1', secret: FACE_SECRET, state: 'active' }]),
    templates: new VastTemplates(),
    mediaBaseUrl: undefined,
    policies: new Map(),
    placements: placementLookup({
      placements: [...placements],
      accounts: [
        { id: 'acc_1', publisherKey: 'pub-one', timeZone: 'Europe/Berlin', tcfVendorId: null },
        { id: 'acc_2', publisherKey: 'pub-two', timeZone: 'UTC', tcfVendorId: null },
      ],
    }),
  };
  const asked: FakeEngine['asked'] = [];
  let number = 0;
  const decide = (request: DecisionRequest, nowMs: number, streamId: string | null): ServedDecision => {
    asked.push({ request, streamId });
    if (asked.length > 100) asked.shift();
    const random = Buffer.alloc(10);
    random.writeUInt32BE(++number);
    const decisionId = newDecisionId(Math.floor(nowMs / 1000), random);
    const { ads, backups = [], reason } = (choose ?? fitting)(request);
    const served = (creativeId: string, index: number): ServedAd => ({
      claims: {
        accountId: request.accountId,
        decisionId,
        position: index + 1,
        creativeId,
        lineItemId: `li_${creativeId}`,
        viewer: NO_VIEWER,
        expiresSeconds: Math.floor(nowMs / 1000) + 14_400,
      },
      creativeId,
      lineItemId: `li_${creativeId}`,
      campaignId: 'cmp_1',
      durationMs: state.creatives.get(creativeId)?.durationMs ?? 30_000,
      position: index + 1,
      priceMicros: 20_000,
      currency: 'USD',
    });
    return {
      decisionId,
      ads: ads.map(served),
      backups: backups.map((one, index) => served(one, ads.length + index)),
      reason: ads.length > 0 ? null : (reason ?? 'no_eligible_line_item'),
    };
  };
  /** As many as there is room for, in the order given. */
  function fitting({
    pod,
    minDurationMs,
    maxDurationMs,
  }: DecisionRequest): ReturnType<NonNullable<FakeEngineOptions['choose']>> {
    const able = creatives.filter(
      (one) => one.durationMs >= minDurationMs && one.durationMs <= maxDurationMs,
    );
    if (pod === null) return { ads: able.slice(0, 1).map(({ id }) => id) };
    let left = pod.durationMs + pod.slots.reduce((sum, slot) => sum + slot.maxDurationMs, 0);
    const ads: string[] = [];
    for (const { id, durationMs } of able)
      if (durationMs <= left && ads.length < pod.maxAds) {
        ads.push(id);
        left -= durationMs;
      }
    const backups = able.filter(({ id }) => !ads.includes(id)).slice(0, pod.backups);
    return { ads, backups: backups.map(({ id }) => id) };
  }
  // The media route looks for files here: there are none.
  return { state, asked, decide, media: new MediaBook() };
}
