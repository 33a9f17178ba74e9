import { setTimeout as wait } from 'node:timers/promises';
import { buildIndex, type DecisionIndex } from '@cuepoint/decisioning';
import type {
  SnapshotBody,
  SnapshotCreative,
  SnapshotLineItem,
  SnapshotPlacement,
} from '../../kernel/delivery-protocol.ts';
import type { SnapshotArchive } from './snapshot-archive.ts';

/** A kept snapshot, ready to decide with. */
export interface KnownSnapshot {
  readonly hash: string;
  readonly index: DecisionIndex;
  readonly lineItems: ReadonlyMap<string, SnapshotLineItem>;
  readonly creatives: ReadonlyMap<string, SnapshotCreative>;
  readonly placements: ReadonlyMap<string, SnapshotPlacement>;
  readonly body: SnapshotBody;
}

/** Questions about one hour come from a few snapshots; each takes memory as the node's own does. */
const HELD = 4;
/** Two seconds in all: writing takes milliseconds on a quiet disk. */
const SOON_TRIES = 40;
const SOON_EVERY_MS = 50;

/** Snapshots by hash, from the archive; the last few stay prepared. */
export class KnownSnapshots {
  readonly #archive: SnapshotArchive;
  readonly #held = new Map<string, Promise<KnownSnapshot | null>>();

  constructor(archive: SnapshotArchive) {
    this.#archive = archive;
  }

  /** Null when it is not kept any more. */
  get(hash: string): Promise<KnownSnapshot | null> {
    let found = this.#held.get(hash);
    if (!found) {
      found = this.#load(hash);
      // What failed, or is not there yet, is asked again.
      found.then(
        (snapshot) => snapshot === null && this.#held.delete(hash),
        () => this.#held.delete(hash),
      );
    } else this.#held.delete(hash);
    this.#held.set(hash, found);
    if (this.#held.size > HELD) this.#held.delete(this.#held.keys().next().value!);
    return found;
  }

  /** The same for one that a node has just begun to serve from: the archive writes it within moments. */
  async getSoon(hash: string): Promise<KnownSnapshot | null> {
    for (let tries = 1; ; tries++) {
      const snapshot = await this.get(hash);
      if (snapshot !== null || tries === SOON_TRIES) return snapshot;
      await wait(SOON_EVERY_MS);
    }
  }

  async #load(hash: string): Promise<KnownSnapshot | null> {
    const body = await this.#archive.load(hash);
    if (body === null) return null;
    return {
      hash,
      index: buildIndex(body),
      lineItems: new Map(body.lineItems.map((item) => [item.id, item])),
      creatives: new Map(body.creatives.map((creative) => [creative.id, creative])),
      placements: new Map(body.placements.map((placement) => [placement.id, placement])),
      body,
    };
  }
}
