import type { Redis } from 'ioredis';

/** How it stands with Redis. */
export interface RedisState {
  readonly kind: 'single' | 'cluster';
  /** It answers in time. */
  readonly isHere: boolean;
  /** Since when it does not, ms since 1970; null while it does. */
  readonly awaySinceMs: number | null;
  /** Questions that it did not answer in time, or with an error, since the start. */
  readonly failures: number;
  /** Why it is away; null while it is not. */
  readonly problem: string | null;
}

/** Commands of a server; those of a Cluster are the same. */
export type RedisCommands = Redis;
export type RedisQuestion<T> = (commands: RedisCommands) => Promise<T>;

export interface AskOptions<T> {
  /** Instead of the connection's limit, ms. */
  readonly timeLimitMs?: number;
  /** Told of an answer that came after its time. */
  readonly onLate?: (answer: T) => void;
}

/** A connection to Redis that never throws and never waits long; it comes back by itself. */
export interface RedisPort {
  /** How long a question may take, ms. */
  readonly timeLimitMs: number;
  readonly isHere: boolean;
  readonly state: RedisState;
  /** Asks; `undefined` when Redis is away, fails, or takes longer than the limit. */
  ask<T>(question: RedisQuestion<T>, options?: AskOptions<T>): Promise<T | undefined>;
  /** A Lua script of one key as a question. Redis keeps it; what it was restarted without is sent again. */
  script(
    name: string,
    lua: string,
  ): (key: string, ...values: readonly (string | number)[]) => RedisQuestion<unknown>;
  /** Hears what is published, on a connection of its own that comes back by itself. */
  subscribe(channel: string, onMessage: (text: string) => void): void;
  /** It went away, with why, or is back (null); also when it answers for the first time. */
  onTurn(callback: (problem: string | null) => void): void;
  close(): Promise<void>;
}
