import { randomBytes } from 'node:crypto';
import type { RedisPort } from '../../../kernel/redis-port.ts';
import type { Exposure } from '../exposures.ts';
import { identityText } from '../viewer-claim.ts';
import { Arrears } from './arrears.ts';
import { EVERYTHING, ExposuresElsewhere, type SeenElsewhere } from './elsewhere.ts';
import { entryText, readEntry, type SharedExposure, untilOf } from './entries.ts';
import { BEGIN_TURN, keyOfViewer, WRITE_EXPOSURES } from './scripts.ts';

export interface SharedCapsOptions {
  readonly redis: RedisPort;
  /** Names this node's own counts, 8 hex digits: another one when they are lost. */
  readonly writer: string;
  readonly reservationMs: number;
  readonly nowMs: () => number;
  /** Whether the own counts hold a promise of this ad, at that moment still, that nothing has come of. */
  readonly isPromised: (ad: string, atMs: number) => boolean;
  /** Whether anything of an account is capped. */
  readonly capsIn: (accountId: string) => boolean;
  /** Exposures remembered for a Redis that is away. Default 200 000, some 300 bytes each. */
  readonly mostUnwritten?: number;
}

type Identity = readonly [high: number, low: number];

/** A viewer for whom no other node decides until it is over. What is reserved in it is told to Redis at its end. */
export interface ViewerTurn {
  readonly identity: Identity;
  readonly elsewhere: SeenElsewhere;
  reserve(ad: string, exposure: Exposure, atMs: number): void;
  finish(): void;
}

/** A turn outlasts this many waits for Redis; it ends with the decision, and lasts so long when its node was killed. */
const WAITS_OF_A_TURN = 8;
const LEAST_TURN_MS = 500;
const FIRST_PAUSE_MS = 1;
const LAST_PAUSE_MS = 8;
const WRITES_AT_ONCE = 64;
/** Nobody waits for what is written behind a decision. */
const WRITE_LIMIT_MS = 1000;

/**
 * Frequency caps over all nodes. The own counts stay what they are; beside them a decision reads what other nodes wrote about
 * its viewer, while no other node decides for the same one. Without Redis the own counts alone decide, and Redis is told
 * when it is back.
 */
export class SharedCaps {
  readonly #options: SharedCapsOptions;
  readonly #redis: RedisPort;
  readonly #turnMs: number;
  readonly #begin;
  readonly #write;
  readonly #arrears: Arrears;
  #tokens = 0;
  #isTelling = false;
  readonly #writing = new Set<Promise<unknown>>();
  readonly #arriving = new Set<string>();

  constructor(options: SharedCapsOptions) {
    this.#options = options;
    this.#redis = options.redis;
    this.#turnMs = Math.max(LEAST_TURN_MS, WAITS_OF_A_TURN * options.redis.timeLimitMs);
    this.#begin = options.redis.script('cuepointBeginTurn', BEGIN_TURN);
    this.#write = options.redis.script('cuepointWriteExposures', WRITE_EXPOSURES);
    this.#arrears = new Arrears(options.mostUnwritten ?? 200_000);
    options.redis.onTurn((problem) => {
      if (problem === null) void this.#tellAll();
    });
  }

  get unwritten(): number {
    return this.#arrears.size;
  }

  get forgotten(): number {
    return this.#arrears.forgotten;
  }

  /**
   * The viewer's turn, before a decision for them. Undefined when none is needed: nobody can be told apart, or nothing of the
   * account is capped. Null when Redis is away or slow: then the own counts decide.
   */
  begin(accountId: string, identity: Identity | null): Promise<ViewerTurn | null> | undefined {
    if (identity === null || !this.#options.capsIn(accountId)) return undefined;
    if (!this.#redis.isHere) return undefined;
    return this.#await(identity);
  }

  async #await(identity: Identity): Promise<ViewerTurn | null> {
    const endsAt = performance.now() + this.#redis.timeLimitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
      const turn = await this.#ask(identity);
      if (turn !== 'busy') return turn;
      if (performance.now() + pauseMs > endsAt) return new Turn(this, identity, EVERYTHING, null);
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }

  async #ask(identity: Identity): Promise<ViewerTurn | null | 'busy'> {
    const token = (this.#tokens++).toString(36);
    const viewer = identityText(identity);
    const askedAt = performance.now();
    const answer = await this.#redis.ask(
      this.#begin(keyOfViewer(viewer), this.#options.writer, token, this.#turnMs),
      { onLate: () => this.#send(viewer, token, []) },
    );
    if (answer === undefined) return null;
    if (answer === 0) return 'busy';
    if (!Array.isArray(answer)) return new Turn(this, identity, EVERYTHING, null);
    // A process that stood still may have been overtaken.
    if (performance.now() - askedAt > this.#turnMs / 2) {
      void this.#send(viewer, token, []);
      return null;
    }
    return new Turn(this, identity, this.#elsewhere(answer as string[]), token);
  }

  #elsewhere(fields: readonly string[]): SeenElsewhere {
    const { writer, isPromised, reservationMs } = this.#options;
    // The decision comes a little later, and must not miss what the own counts have dropped by then.
    const atMs = this.#options.nowMs() + this.#turnMs;
    const exposures: SharedExposure[] = [];
    for (let at = 0; at < fields.length; at += 2) {
      if (fields[at] === '@') continue;
      const exposure = readEntry(fields[at]!, fields[at + 1]!);
      if (!exposure) continue;
      const { ad } = exposure;
      if (exposure.writer === writer ? this.#arriving.has(ad) : !isPromised(ad, atMs))
        exposures.push(exposure);
    }
    return new ExposuresElsewhere(exposures, reservationMs);
  }

  /** A promise that was made without a turn. */
  reserved(identity: Identity, ad: string, exposure: Exposure, atMs: number): void {
    this.#arrears.add(identityText(identity), [this.#entry(ad, exposure, atMs, false)]);
    if (this.#redis.isHere) void this.#tellAll();
  }

  /** An ad that the own counts hold was seen. */
  shown(identity: Identity, ad: string, exposure: Exposure, atMs: number): void {
    void this.#send(identityText(identity), null, [this.#entry(ad, exposure, atMs, true)]);
  }

  /**
   * An ad that the own counts do not know was seen.
   * @param count puts it into them; called unless another node has counted it already
   */
  async shownOfOthers(
    identity: Identity,
    ad: string,
    exposure: Exposure,
    atMs: number,
    count: () => void,
  ): Promise<void> {
    // Until it is in the own counts it is read as another node's, though Redis has it as ours.
    this.#arriving.add(ad);
    const added = await this.#send(identityText(identity), null, [this.#entry(ad, exposure, atMs, true)]);
    if (added !== 0) count();
    this.#arriving.delete(ad);
  }

  #entry(ad: string, { scopes }: Exposure, atMs: number, isShown: boolean): SharedExposure {
    const longestMs = 1000 * Math.max(...scopes.map(({ rules }) => rules.longestSeconds));
    const { writer, reservationMs } = this.#options;
    return {
      ad,
      isShown,
      atMs,
      untilMs: untilOf(atMs, isShown ? longestMs : reservationMs),
      writer,
      scopes: scopes.map(({ key }) => key),
    };
  }

  endTurn(identity: Identity, token: string, reserved: readonly Reserved[]): void {
    const exposures = reserved.map(({ ad, exposure, atMs }) => this.#entry(ad, exposure, atMs, false));
    void this.#send(identityText(identity), token, exposures);
  }

  /** What cannot be written now is written later. */
  #send(
    viewer: string,
    token: string | null,
    exposures: readonly SharedExposure[],
  ): Promise<number | undefined> {
    const nowMs = this.#options.nowMs();
    const lastsMs = Math.max(0, ...exposures.map(({ untilMs }) => untilMs - nowMs));
    const words = exposures.flatMap((one) => [one.ad, entryText(one)]);
    const sent = this.#redis
      .ask(
        this.#write(
          keyOfViewer(viewer),
          this.#options.writer,
          token ?? '-',
          Math.round(nowMs),
          Math.ceil(lastsMs),
          ...words,
        ),
        { timeLimitMs: Math.max(WRITE_LIMIT_MS, this.#redis.timeLimitMs) },
      )
      .then((answer) => {
        this.#writing.delete(sent);
        if (answer === undefined && exposures.length > 0) this.#arrears.add(viewer, exposures);
        return answer as number | undefined;
      });
    this.#writing.add(sent);
    return sent;
  }

  /** Tells Redis all that it has missed. */
  async #tellAll(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#redis.isHere && this.#arrears.size > 0) {
      const viewers = this.#arrears.viewers().slice(0, WRITES_AT_ONCE);
      const sent = viewers.map((viewer) => this.#send(viewer, null, this.#arrears.take(viewer) ?? []));
      // What fails is owed again: not asked for once more before Redis has been looked at.
      if ((await Promise.all(sent)).includes(undefined)) break;
    }
    this.#isTelling = false;
  }

  /**
   * Forgets what nodes have shared about a viewer, and what this one still owes Redis.
   * @param viewer 16 hex digits, as records of the log have it
   * @returns false when Redis cannot be asked now
   */
  forget(viewer: string): Promise<boolean> {
    this.#arrears.take(viewer);
    return forgetViewer(this.#redis, viewer);
  }

  /** Call it once a second: what could not be told then is told now. */
  tick(): void {
    if (this.#redis.isHere && this.#arrears.size > 0) void this.#tellAll();
  }

  /** Ends when what was sent has been answered. */
  async close(): Promise<void> {
    await this.#tellAll();
    await Promise.all(this.#writing);
  }
}

interface Reserved {
  readonly ad: string;
  readonly exposure: Exposure;
  readonly atMs: number;
}

class Turn implements ViewerTurn {
  readonly #caps: SharedCaps;
  readonly #token: string | null;
  readonly identity: Identity;
  readonly elsewhere: SeenElsewhere;
  readonly #reserved: Reserved[] = [];

  /** @param token null when the turn is another's */
  constructor(caps: SharedCaps, identity: Identity, elsewhere: SeenElsewhere, token: string | null) {
    this.#caps = caps;
    this.identity = identity;
    this.elsewhere = elsewhere;
    this.#token = token;
  }

  reserve(ad: string, exposure: Exposure, atMs: number): void {
    this.#reserved.push({ ad, exposure, atMs });
  }

  finish(): void {
    if (this.#token !== null) this.#caps.endTurn(this.identity, this.#token, this.#reserved);
    else
      for (const { ad, exposure, atMs } of this.#reserved)
        this.#caps.reserved(this.identity, ad, exposure, atMs);
  }
}

/** A name for the counts of a node that have just begun. */
export const newWriter = (): string => randomBytes(4).toString('hex');

/**
 * Forgets all that nodes have shared about a viewer: their exposures on every account's caps that the identity is of.
 * @param identity 16 hex digits, as records of the log have it
 * @returns false when Redis cannot be asked now; true when nothing is kept any more
 */
export async function forgetViewer(redis: RedisPort, identity: string): Promise<boolean> {
  if (!/^[0-9a-f]{16}$/.test(identity))
    throw new RangeError(`identity "${identity}" must be 16 lower-case hex digits`);
  return (
    (await redis.ask((commands) => commands.del(keyOfViewer(identity)), { timeLimitMs: WRITE_LIMIT_MS })) !==
    undefined
  );
}
