import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutBody } from '../../../kernel/delivery-protocol.ts';
import { syncDirectory } from '../log/segment-files.ts';

export interface KeptSnapshot {
  readonly whole: string;
  /** What came since, without counters: header and difference of each, the oldest first; the last may be cut off. */
  readonly differences: { readonly header: string; readonly difference: string }[];
  /** The newest counters, as a file without a body. */
  readonly counters: string | undefined;
}

/** The last good snapshot on disk, from which a node starts alone. */
export class SnapshotStore {
  readonly #dir: string;
  #bodyBytes = 0;
  #differenceBytes = 0;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'snapshot');
  }

  /** What was kept last, in the order to take it over in. */
  async load(onProblem: (problem: string) => void): Promise<KeptSnapshot | undefined> {
    const whole = await this.#read(WHOLE, onProblem);
    if (whole === undefined) return undefined;
    const lines = ((await this.#read(DIFFERENCES, onProblem)) ?? '').split('\n');
    const differences: KeptSnapshot['differences'] = [];
    for (let at = 0; at + 2 < lines.length; at += 2)
      differences.push({ header: lines[at]!, difference: lines[at + 1]! });
    this.#bodyBytes = whole.length;
    this.#differenceBytes = lines.reduce((sum, line) => sum + line.length, 0);
    return { whole, differences, counters: await this.#read(COUNTERS, onProblem) };
  }

  /** What is kept beside the body has become so much that it is time for a body. */
  get isLong(): boolean {
    return this.#differenceBytes > this.#bodyBytes;
  }

  /** Keeps a snapshot that came with its body. */
  async saveWhole(text: string): Promise<void> {
    await this.#replace(WHOLE, text);
    // Left over by a power cut, they do not lead on from this body and are passed over.
    await rm(join(this.#dir, DIFFERENCES), { force: true });
    this.#bodyBytes = text.length;
    this.#differenceBytes = 0;
  }

  /** Keeps a snapshot that came as a difference: that and the counters, each in its place. */
  async saveDifference(text: string): Promise<void> {
    const kept = text.slice(0, text.indexOf('\n', text.indexOf('\n') + 1) + 1);
    const handle = await open(join(this.#dir, DIFFERENCES), 'a', 0o600);
    try {
      await handle.writeFile(kept);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    this.#differenceBytes += kept.length;
    await this.saveCounters(withoutBody(text));
  }

  /** Keeps newer counters of the body that is kept. */
  saveCounters(text: string): Promise<void> {
    return this.#replace(COUNTERS, text);
  }

  #read(name: string, onProblem: (problem: string) => void): Promise<string | undefined> {
    return readFile(join(this.#dir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') onProblem(`last good snapshot: ${error.message}`);
      return undefined;
    });
  }

  /** Replaces a file in one step: whole before or whole after a power cut. */
  async #replace(name: string, text: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const path = join(this.#dir, name);
    // It holds the signing keys.
    const handle = await open(`${path}.part`, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.part`, path);
    await syncDirectory(this.#dir);
  }
}

const WHOLE = 'last-good.ndjson';
const DIFFERENCES = 'last-good-differences.ndjson';
const COUNTERS = 'last-good-counters.ndjson';
