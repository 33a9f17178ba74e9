import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { PLANE_PATHS } from '../../../kernel/delivery-protocol.ts';

export interface SnapshotPullerOptions {
  readonly controlOrigin: string;
  readonly planeKey: string;
  /** Tag of the snapshot in use, see `snapshotTag`. */
  readonly heldTag: () => string | undefined;
  /** Whether what takes the held body to the newest one will do; else the body comes whole when it is another. */
  readonly takesDifference: () => boolean;
  /** Takes over the text of a snapshot. Rejects with a reason when it cannot. */
  readonly onSnapshot: (text: string) => Promise<void>;
  /** The control plane answered: what is held is current. */
  readonly onConfirmed: () => void;
  readonly onProblem: (problem: string) => void;
}

/** How long the control plane may hold the question open; its answer is the notice of a change. */
const WAIT_SECONDS = 25;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;
/** After a notice of another snapshot the open question has so long to be answered by it before it is asked anew. */
const HURRY_MS = 300;
/** A control plane that answers at once without a change must not be asked in a tight loop. */
const MIN_INTERVAL_MS = 100;

/** Asks the control plane for snapshots, one held-open request at a time, for as long as the node runs. */
export class SnapshotPuller {
  readonly #options: SnapshotPullerOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #abort = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;
  #open: { destroy(): void } | undefined;
  #hurry: NodeJS.Timeout | undefined;
  #isHurried = false;

  constructor(options: SnapshotPullerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done = this.#run();
  }

  /**
   * There is a snapshot of another tag: asks for it now, and does not wait for a control plane that is being left alone
   * after a failure, or for an answer on a connection that may be dead.
   */
  hurry(tag: string): void {
    if (tag === this.#options.heldTag()) return;
    this.#isHurried = true;
    this.#wake?.();
    const open = this.#open;
    clearTimeout(this.#hurry);
    this.#hurry = setTimeout(() => {
      if (open && open === this.#open && tag !== this.#options.heldTag()) open.destroy();
    }, HURRY_MS);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#hurry);
    this.#agent.destroy();
    await this.#done;
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let lastProblem = '';
    while (!this.#abort.signal.aborted) {
      const startedAt = performance.now();
      try {
        await this.#pull();
        this.#isHurried = false;
        retryMs = FIRST_RETRY_MS;
        lastProblem = '';
        await this.#sleep(MIN_INTERVAL_MS - (performance.now() - startedAt));
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (this.#isHurried) {
          this.#isHurried = false;
          continue;
        }
        const problem = error instanceof Error ? error.message : String(error);
        // The same trouble every few seconds is one line in the log.
        if (problem !== lastProblem) this.#options.onProblem(problem);
        lastProblem = problem;
        await this.#sleep(retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      }
    }
  }

  async #pull(): Promise<void> {
    const held = this.#options.heldTag();
    const { status, text } = await this.#get(held);
    if (status === 304 && held !== undefined) return this.#options.onConfirmed();
    if (status !== 200) throw new Error(`the control plane answered ${status} for the snapshot`);
    await this.#options.onSnapshot(text);
    this.#options.onConfirmed();
  }

  #get(held: string | undefined): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const url = new URL(PLANE_PATHS.snapshot, this.#options.controlOrigin);
      if (held !== undefined) {
        url.searchParams.set('wait', String(WAIT_SECONDS));
        // The body that is held need not come again.
        url.searchParams.set('body', this.#options.takesDifference() ? 'difference' : 'changed');
      }
      const request = httpRequest(url, {
        agent: this.#agent,
        signal: this.#abort.signal,
        timeout: (WAIT_SECONDS + 10) * 1000,
        headers: {
          Authorization: `Bearer ${this.#options.planeKey}`,
          ...(held === undefined ? {} : { 'If-None-Match': `"${held}"` }),
        },
      });
      request.on('timeout', () => request.destroy(new Error('the control plane did not answer in time')));
      request.on('error', reject);
      this.#open = request;
      request.on('close', () => {
        if (this.#open === request) this.#open = undefined;
      });
      request.on('response', (response: IncomingMessage) => {
        // It is being answered.
        this.#open = undefined;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.end();
    });
  }

  #sleep(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#abort.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#wake = end;
      this.#abort.signal.addEventListener('abort', end, { once: true });
    });
  }
}
