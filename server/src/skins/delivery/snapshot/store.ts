import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../log/segment-files.ts';

/** The last good snapshot on disk, from which a node starts alone. */
export class SnapshotStore {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'snapshot');
  }

  /** Texts of the last good snapshot, the newest first: counters of later than the body come without one. */
  async load(
    onProblem: (problem: string) => void,
  ): Promise<{ whole: string; newer: string | undefined } | undefined> {
    const whole = await this.#read(WHOLE, onProblem);
    return whole === undefined ? undefined : { whole, newer: await this.#read(COUNTERS, onProblem) };
  }

  /** Keeps a snapshot that came with its body. */
  saveWhole(text: string): Promise<void> {
    return this.#replace(WHOLE, text);
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
const COUNTERS = 'last-good-counters.ndjson';
