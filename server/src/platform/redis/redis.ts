import { Cluster, Redis } from 'ioredis';
import type {
  AskOptions,
  RedisCommands,
  RedisPort,
  RedisQuestion,
  RedisState,
} from '../../kernel/redis-port.ts';
import { REDIS_URL_ACCEPTED, type RedisTarget, readRedisUrl } from './url.ts';

export interface RedisConnectionOptions {
  /** See `readRedisUrl`. */
  readonly url: string;
  /** How long a question may take, ms. */
  readonly timeLimitMs: number;
  /** Shown in `CLIENT LIST`. */
  readonly name: string;
}

/** Failures in a row after which nobody is kept waiting any more until a probe is answered. */
const FAILURES_UNTIL_AWAY = 3;
const PROBE_MS = 250;
/** A probe is nobody's request: it may take a little longer, lest a busy moment of this process looks like an absence. */
const PROBE_LIMIT_MS = 250;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2000;

/**
 * One connection to Redis that never throws and never waits long: what is not answered in time is `undefined`, and while
 * Redis is away that is the answer at once. It comes back by itself.
 */
export class RedisConnection implements RedisPort {
  readonly kind: RedisTarget['kind'];
  readonly timeLimitMs: number;
  readonly #client: Redis | Cluster;
  readonly #target: RedisTarget;
  readonly #name: string;
  readonly #subscribers: Redis[] = [];
  readonly #turns = new Set<(problem: string | null) => void>();
  #awaySinceMs: number | null;
  #problem: string | null = 'it has not answered yet';
  #failures = 0;
  #inRow = 0;
  #probe: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @throws RangeError when the address is none; without it, since it may hold a password */
  constructor(options: RedisConnectionOptions) {
    const target = readRedisUrl(options.url);
    if (!target) throw new RangeError(`the address of Redis is none; accepted: ${REDIS_URL_ACCEPTED}`);
    this.kind = target.kind;
    this.timeLimitMs = options.timeLimitMs;
    this.#target = target;
    this.#name = options.name;
    this.#awaySinceMs = Date.now();
    this.#client = this.#connect();
    this.#probeSoon(0);
  }

  get isHere(): boolean {
    return this.#awaySinceMs === null;
  }

  get state(): RedisState {
    return {
      kind: this.kind,
      isHere: this.isHere,
      awaySinceMs: this.#awaySinceMs,
      failures: this.#failures,
      problem: this.#problem,
    };
  }

  onTurn(callback: (problem: string | null) => void): void {
    this.#turns.add(callback);
  }

  ask<T>(work: RedisQuestion<T>, options: AskOptions<T> = {}): Promise<T | undefined> {
    if (this.#awaySinceMs !== null || this.#isClosed) return Promise.resolve(undefined);
    return this.#ask(work, options);
  }

  #ask<T>(
    work: RedisQuestion<T>,
    { timeLimitMs = this.timeLimitMs, onLate }: AskOptions<T>,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        this.#failed(`it did not answer within ${timeLimitMs} ms`);
        resolve(undefined);
      }, timeLimitMs);
      // Also what is thrown at once, such as by a connection that is closing.
      (async () => work(this.#client as Redis))().then(
        (answer) => {
          if (isOver) return onLate?.(answer);
          clearTimeout(timer);
          this.#inRow = 0;
          resolve(answer);
        },
        (error: unknown) => {
          if (isOver) return;
          clearTimeout(timer);
          this.#failed(problemOf(error));
          resolve(undefined);
        },
      );
    });
  }

  script(
    name: string,
    lua: string,
  ): (key: string, ...values: readonly (string | number)[]) => RedisQuestion<unknown> {
    this.#client.defineCommand(name, { numberOfKeys: 1, lua });
    return (key, ...values) =>
      (commands) =>
        (commands as unknown as Record<string, (...all: (string | number)[]) => Promise<unknown>>)[name]!(
          key,
          ...values,
        );
  }

  subscribe(channel: string, onMessage: (text: string) => void): void {
    const { hosts, database } = this.#target;
    // Any server of a Cluster hears what is published at another; the next one is tried when one is lost.
    let at = Math.floor(Math.random() * hosts.length);
    const client: Redis = new Redis({
      ...this.#options(),
      ...hosts[at]!,
      db: database,
      retryStrategy(times) {
        at = (at + 1) % hosts.length;
        Object.assign(client.options, hosts[at]);
        return retryMs(times);
      },
    });
    // The state of Redis is watched and told on the other connection; this one connects again by itself.
    client.on('error', () => undefined);
    client.on('message', (_channel: string, text: string) => onMessage(text));
    client.on('ready', () => {
      // Should it fail the connection is lost, and made again.
      client.subscribe(channel).catch(() => undefined);
    });
    this.#subscribers.push(client);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#probe);
    for (const client of [this.#client, ...this.#subscribers]) client.disconnect();
  }

  #failed(problem: string): void {
    this.#failures++;
    this.#inRow++;
    if (this.#inRow >= FAILURES_UNTIL_AWAY) this.#goneAway(problem);
  }

  #goneAway(problem: string): void {
    if (this.#isClosed) return;
    const isNews = this.#awaySinceMs === null;
    this.#awaySinceMs ??= Date.now();
    this.#problem = problem;
    this.#probeSoon(PROBE_MS);
    if (isNews) for (const callback of this.#turns) callback(problem);
  }

  #probeSoon(afterMs: number): void {
    this.#probe ??= setTimeout(() => {
      this.#probe = undefined;
      void this.#look();
    }, afterMs);
  }

  async #look(): Promise<void> {
    if (this.#isClosed || this.#awaySinceMs === null) return;
    const failures = this.#failures;
    const isReady = this.#client.status === 'ready';
    const answer = isReady
      ? await this.#ask((commands) => this.#pingAll(commands), { timeLimitMs: PROBE_LIMIT_MS })
      : undefined;
    // Nobody waited for a probe.
    this.#failures = failures;
    if (this.#isClosed) return;
    if (answer === undefined) return this.#probeSoon(PROBE_MS);
    this.#awaySinceMs = null;
    this.#problem = null;
    this.#inRow = 0;
    for (const callback of this.#turns) callback(null);
  }

  /** Every master answers, and the Cluster takes commands. */
  async #pingAll(commands: RedisCommands): Promise<true> {
    const all = this.#client instanceof Cluster ? this.#client.nodes('master') : [];
    await Promise.all([commands.get('cuepoint:probe'), ...all.map((node) => node.ping())]);
    return true;
  }

  #options() {
    const { isEncrypted, username, password } = this.#target;
    return {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(isEncrypted ? { tls: {} } : {}),
      connectionName: this.#name,
      connectTimeout: 2000,
      // What cannot be sent now is not sent later: somebody has decided without it.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      protocol: 2 as const,
    };
  }

  #connect(): Redis | Cluster {
    const { hosts, database } = this.#target;
    const client =
      this.kind === 'single'
        ? new Redis({ ...this.#options(), ...hosts[0]!, db: database, retryStrategy: retryMs })
        : new Cluster([...hosts], {
            redisOptions: this.#options(),
            enableOfflineQueue: false,
            clusterRetryStrategy: retryMs,
            slotsRefreshTimeout: 2000,
            slotsRefreshInterval: 5000,
          });
    // Without a listener an error would end the process.
    client.on('error', (error: unknown) => {
      if (this.#awaySinceMs !== null) this.#problem = problemOf(error);
    });
    client.on('close', () => this.#goneAway('the connection was lost'));
    return client;
  }
}

/** How long to leave Redis alone before the n-th attempt to connect, ms. */
const retryMs = (times: number): number => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(times, 10));

/** Messages of the client name hosts and ports, and no passwords. */
function problemOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || 'it failed';
}
