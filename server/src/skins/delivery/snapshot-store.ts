import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSnapshot, type Snapshot } from '../../kernel/delivery-protocol.ts';
import { syncDirectory } from './log/segment-files.ts';

/** The last good snapshot on disk, from which a node starts alone. */
export class SnapshotStore {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'snapshot');
  }

  /** Undefined when there is none; a file that does not decode is reported and passed over. */
  async load(onProblem: (problem: string) => void): Promise<Snapshot | undefined> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') onProblem(`last good snapshot: ${error.message}`);
      return undefined;
    });
    if (text === undefined) return undefined;
    const decoded = decodeSnapshot(text);
    if (decoded.ok) return decoded.snapshot;
    onProblem(`last good snapshot: ${decoded.problem}`);
    return undefined;
  }

  /** Replaces the file in one step: whole before or whole after a power cut. */
  async save(text: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    // It holds the signing keys.
    const handle = await open(`${this.#path}.part`, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${this.#path}.part`, this.#path);
    await syncDirectory(this.#dir);
  }

  get #path(): string {
    return join(this.#dir, 'last-good.ndjson');
  }
}
