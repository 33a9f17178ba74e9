import type { SnapshotCreative, SnapshotMediaFile } from '../../kernel/delivery-protocol.ts';
import { mediaName } from './media-name.ts';
import type { BodyChange } from './snapshot/node-change.ts';

/** Media that may be asked for: what the creatives of the snapshot name, and nothing else below the media directory. */
export class MediaBook {
  readonly #files = new Map<string, SnapshotMediaFile>();
  readonly #packages = new Map<string, string>();
  /** Creatives that name a file or package: several may share one. */
  readonly #uses = new Map<string, number>();

  /** Takes over other creatives than before. @param held those that were held, by id */
  change(held: { get(id: string): SnapshotCreative | undefined } | undefined, body: BodyChange): void {
    // What comes first: a file that goes from one creative to another stays.
    for (const creative of body.creatives) this.add(creative);
    for (const id of [...body.removed.creatives, ...body.creatives.map((creative) => creative.id)]) {
      const old = held?.get(id);
      if (old) this.drop(old);
    }
  }

  add({ mediaFiles, hls }: SnapshotCreative): void {
    for (const file of mediaFiles) {
      const name = mediaName(file);
      this.#files.set(name, file);
      this.#count(name, 1);
    }
    if (!hls) return;
    const hash = packageHash(hls.path);
    this.#packages.set(hash, hls.path);
    this.#count(hash, 1);
  }

  drop({ mediaFiles, hls }: SnapshotCreative): void {
    for (const file of mediaFiles) {
      const name = mediaName(file);
      if (this.#count(name, -1) === 0) this.#files.delete(name);
    }
    if (!hls) return;
    const hash = packageHash(hls.path);
    if (this.#count(hash, -1) === 0) this.#packages.delete(hash);
  }

  /** By public file name. */
  file(name: string): SnapshotMediaFile | undefined {
    return this.#files.get(name);
  }

  /** Path of the multivariant playlist of a package, by its hash. */
  playlist(hash: string): string | undefined {
    return this.#packages.get(hash);
  }

  #count(name: string, by: number): number {
    const uses = (this.#uses.get(name) ?? 0) + by;
    if (uses === 0) this.#uses.delete(name);
    else this.#uses.set(name, uses);
    return uses;
  }
}

/** SHA-256 that names an HLS package: that of its multivariant playlist. */
export function packageHash(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
}
