import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type DecisionRecord, ErasureOrder } from '../../kernel/delivery-protocol.ts';
import { syncDirectory } from './log/segment-files.ts';
import { identityText } from './viewer-claim.ts';
import { withoutViewer } from './whom.ts';

const Kept = z.array(ErasureOrder.omit({ isPreview: true }));
type Erasure = z.infer<typeof Kept>[number];

/**
 * Viewers that were erased, as keyed hashes, kept beside the log for as long as it holds what was written before: the log
 * itself never changes, so whatever is read from it passes here.
 */
export class Erasures {
  readonly #path: string | null;
  /** By account and hash. */
  readonly #erased = new Map<string, Erasure>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string | null) {
    this.#path = path;
  }

  /** None, and nothing kept. */
  static none(): Erasures {
    return new Erasures(null);
  }

  /** @throws when the file is there and cannot be read: serving on would bring back who was erased */
  static async open(path: string): Promise<Erasures> {
    const erasures = new Erasures(path);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    for (const one of Kept.parse(JSON.parse(text))) erasures.#erased.set(keyOf(one), one);
    return erasures;
  }

  get size(): number {
    return this.#erased.size;
  }

  /** Keeps an order; resolves when it is on the disk. Of two for one viewer the later counts. */
  async add({ accountId, identity, erasedAt }: ErasureOrder): Promise<void> {
    const one = { accountId, identity, erasedAt };
    const known = this.#erased.get(keyOf(one));
    if (known === undefined || known.erasedAt < erasedAt) this.#erased.set(keyOf(one), one);
    await this.#write();
  }

  /** Lets go of orders that no record of the log can be older than. @param logFromMs when its oldest segment was begun */
  async forgetBefore(logFromMs: number): Promise<number> {
    const over = [...this.#erased].filter(([, { erasedAt }]) => Date.parse(erasedAt) < logFromMs);
    for (const [key] of over) this.#erased.delete(key);
    if (over.length > 0) await this.#write();
    return over.length;
  }

  /** Whether what was decided for the viewer at that time is erased. */
  covers(accountId: string, identity: readonly [number, number] | null, atMs: number): boolean {
    if (this.#erased.size === 0 || identity === null) return false;
    return this.#coversText(accountId, identityText(identity), atMs);
  }

  /** The record without the viewer, if the viewer was erased after it was written: as if privacy had forbidden to keep it. */
  strip(record: DecisionRecord): DecisionRecord {
    if (this.#erased.size === 0 || !this.#isErased(record)) return record;
    const { session: _session, ...request } = withoutViewer(record.request);
    return {
      ...record,
      request: { ...request, requestId: '', mayLogViewer: false },
      // They say how often the viewer had seen what.
      readings: [],
      readingsTruncated: true,
    };
  }

  /** The same for the JSON text of a decision. */
  stripText(payload: string): string {
    if (this.#erased.size === 0) return payload;
    const record = JSON.parse(payload) as DecisionRecord;
    const stripped = this.strip(record);
    return stripped === record ? payload : JSON.stringify(stripped);
  }

  #isErased({ at, request: { accountId, identity, session } }: DecisionRecord): boolean {
    const atMs = Date.parse(at);
    return [identity, session].some((one) => one != null && this.#coversText(accountId, one, atMs));
  }

  #coversText(accountId: string, identity: string, atMs: number): boolean {
    const found = this.#erased.get(keyOf({ accountId, identity }));
    return found !== undefined && atMs < Date.parse(found.erasedAt);
  }

  /** One after the other, each with all there is by then. */
  #write(): Promise<void> {
    const path = this.#path;
    if (path === null) return Promise.resolve();
    const next = this.#writing.then(async () => {
      const draft = `${path}.part`;
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify([...this.#erased.values()]));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      await syncDirectory(dirname(path));
    });
    // Who waits for this one is told; the next one writes everything again.
    this.#writing = next.catch(() => undefined);
    return next;
  }
}

const keyOf = ({ accountId, identity }: Pick<Erasure, 'accountId' | 'identity'>): string =>
  `${accountId} ${identity}`;
