import type { NodeLeases } from '@cuepoint/decisioning';
import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import type { HttpLeaseSource } from './http-lease-source.ts';

/** How often what is wanted and idle is looked at. */
const LOOK_MS = 250;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

export interface LeaseKeeperOptions {
  readonly leases: NodeLeases;
  readonly source: HttpLeaseSource;
  readonly nowMs: () => number;
  /**
   * By key of a pot, what this node's log says was spent between a position and where its counts in memory begin; below 0
   * when they begin before it.
   */
  readonly spentSince: (position: LogPosition) => Promise<ReadonlyMap<string, number>>;
  /** The bank does not answer, or answers again (null). Said once for each change. */
  readonly onProblem: (problem: string | null) => void;
}

/** How a node stands with the bank. */
export interface LeaseState {
  /** A life was begun: budgets are lent to this node. */
  readonly isOpen: boolean;
  /** When the bank answered last, ms since 1970; null before it did. */
  readonly answeredAtMs: number | null;
  readonly failures: number;
  /** Why it does not answer now; null while it does. */
  readonly problem: string | null;
  /** How many nodes share the budgets. */
  readonly nodes: number;
  /** Pots that are lent to it, and those of them that hold too little for one impression. */
  readonly pots: number;
  readonly potsUsedUp: number;
}

/**
 * Speaks with the bank for as long as the node runs: begins its life, asks, gives back. While the bank does not answer
 * the node serves on within what it holds, until that ends.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  #answeredAtMs: number | null = null;
  #failures = 0;
  #retryMs = FIRST_RETRY_MS;
  #isFirst = true;
  #problem: string | null = null;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  get state(): LeaseState {
    return {
      isOpen: !this.#options.leases.isFenced,
      answeredAtMs: this.#answeredAtMs,
      failures: this.#failures,
      problem: this.#problem,
      nodes: this.#options.source.nodes,
      pots: this.#options.leases.use.pots,
      potsUsedUp: this.#options.leases.use.usedUp,
    };
  }

  /** Tries once to begin a life, and goes on from there whether or not it could. */
  async start(): Promise<void> {
    await this.#turn();
  }

  /** Gives back what is idle, when the bank can be reached, and says no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    const { leases, source, nowMs } = this.#options;
    leases.endAll();
    const { returns } = leases.collect(nowMs());
    // What does not arrive returns when this node begins its next life.
    if (returns) await source.giveBack(returns).catch(() => undefined);
    source.close();
  }

  #turn(): Promise<void> {
    this.#running = this.#speak().then(
      () => this.#next(LOOK_MS, null),
      (error: unknown) => {
        this.#failures++;
        this.#next(this.#retryMs, error instanceof Error ? error.message : String(error));
        this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
      },
    );
    return this.#running;
  }

  #next(delayMs: number, problem: string | null): void {
    if (problem === null) this.#retryMs = FIRST_RETRY_MS;
    if (problem !== this.#problem) this.#options.onProblem(problem);
    this.#problem = problem;
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#turn(), delayMs);
  }

  async #speak(): Promise<void> {
    const { leases, source, nowMs } = this.#options;
    if (leases.isFenced) await this.#open();
    const { request, returns } = leases.collect(nowMs());
    if (!request && !returns) return;
    if (returns) {
      const { epoch } = await source.giveBack(returns);
      leases.confirm(returns, epoch);
    }
    if (request) leases.take(await source.request(request), nowMs());
    this.#answeredAtMs = nowMs();
  }

  async #open(): Promise<void> {
    const { leases, source, nowMs, spentSince } = this.#options;
    const { spent, through } = await source.statement(leases.nodeId);
    if (this.#isFirst) {
      // Counts in memory begin where the log ended when the node started: before it, the bank and the log know.
      const sums = new Map(await spentSince(through));
      for (const { key, amount } of spent) sums.set(key, (sums.get(key) ?? 0) + amount);
      for (const [key, amount] of sums) sums.set(key, Math.max(0, amount));
      await leases.open(source, sums);
      this.#isFirst = false;
    } else await leases.open(source);
    this.#answeredAtMs = nowMs();
  }
}
