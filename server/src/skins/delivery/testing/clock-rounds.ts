import { EventRecord } from '../../../kernel/delivery-protocol.ts';
import { mulberry32 } from '../../../testing/seeded.ts';
import type { Engine } from '../engine.ts';
import { DurableLog } from '../log/durable-log.ts';
import { KIND } from '../log/frame.ts';
import type { TokenClaims } from '../tokens.ts';
import { MemoryDisk } from './memory-disk.ts';
import { newEngine, sealed } from './open-engine.ts';
import { sampleFlight, sampleLineItem, sampleRequest, sampleSnapshot } from './sample-snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

export const STEP_MS = 3_600_000;
const PRICE = 20_000;
const BUDGET = 60 * PRICE;
const CAP = 3;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 9, 24, 20);
const VIEWERS = ['0000000000000001', '0000000000000002', '00000000000000ff'];

interface Ad {
  readonly claims: TokenClaims;
  readonly viewer: string;
  /** How often the clock had stepped when it was decided. */
  readonly steps: number;
}

export interface ClockRound {
  readonly faults: readonly string[];
  readonly shown: number;
  readonly steps: number;
  readonly restarts: number;
}

/** Decisions and impressions of one node whose clock steps by up to an hour either way, and which is killed meanwhile. */
export async function clockRound(seed: number): Promise<ClockRound> {
  const world = new ClockWorld(seed);
  await world.start();
  for (let step = 0; step < 400 && world.faults.length === 0; step++) await world.act();
  if (world.faults.length === 0) await world.settle();
  return {
    faults: world.faults.map((fault) => `seed ${seed}: ${fault}`),
    shown: world.shown,
    steps: world.steps,
    restarts: world.restarts,
  };
}

class ClockWorld {
  readonly faults: string[] = [];
  shown = 0;
  steps = 0;
  restarts = 0;
  readonly #random: () => number;
  #disk: MemoryDisk;
  #trueMs = START_MS;
  #offMs = 0;
  #log!: DurableLog;
  #engine!: Engine;
  readonly #ads: Ad[] = [];
  /** When, by a clock that does not step, each viewer was shown what had been promised. */
  readonly #seen = new Map<string, number[]>();
  readonly #acknowledged = new Set<string>();

  constructor(seed: number) {
    this.#random = mulberry32(seed);
    this.#disk = new MemoryDisk(this.#random);
  }

  async start(): Promise<void> {
    const nowMs = () => this.#trueMs + this.#offMs;
    ({ log: this.#log } = await DurableLog.open({
      dir: '/log/node-1',
      nodeId: 'node-1',
      sync: 'fsync',
      segmentBytes: 20_000,
      maxQueueBytes: 1_000_000,
      nowMs,
      files: this.#disk,
    }));
    this.#engine = newEngine(this.#log, { nowMs });
    const lineItem = sampleLineItem({
      id: 'li_1',
      budgetMicros: BUDGET,
      flights: [sampleFlight('li_1', { budgetMicros: null })],
      frequencyCaps: [{ scope: 'line_item', limit: CAP, unit: 'day', count: 1 }],
    });
    await takeSnapshot(this.#engine, sealed(sampleSnapshot({ lineItems: [lineItem] })));
  }

  async act(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.4) this.#decide();
    else if (dice < 0.75) await this.#report();
    else if (dice < 0.9) this.#wait(this.#random() * 120_000);
    else if (dice < 0.95) this.#wait(this.#random() * 4 * STEP_MS);
    else if (dice < 0.98) {
      this.#offMs = Math.floor((this.#random() * 2 - 1) * STEP_MS);
      this.steps++;
    } else {
      this.restarts++;
      this.#disk = this.#random() < 0.5 ? this.#disk.cutPower() : this.#disk.killProcess();
      await this.start();
    }
    this.#checkMoney();
  }

  /** The clock is right again, and everything that was promised has run out. */
  async settle(): Promise<void> {
    this.#offMs = 0;
    for (let hour = 0; hour < 3; hour++) this.#wait(STEP_MS);
    const { openCount } = this.#engine.counters.open;
    const { reservedMicros } = this.#engine.counters.ledger.pot('li_1');
    if (openCount !== 0 || reservedMicros !== 0)
      this.faults.push(`${openCount} promises of ${reservedMicros} micros never returned`);
    await this.#log.close();
    const spent = new Map<string, number>();
    const from = { segment: 1, offset: 0 };
    for await (const { payload } of this.#log.range(from, this.#log.durableThrough, [KIND.event])) {
      const { duplicate, decisionId, spendMicros } = EventRecord.parse(JSON.parse(payload));
      if (!duplicate && !spent.has(decisionId)) spent.set(decisionId, spendMicros);
    }
    for (const id of this.#acknowledged)
      if (!spent.has(id)) this.faults.push(`the impression of ${id} was acknowledged and is gone`);
    const sum = [...spent.values()].reduce((total, micros) => total + micros, 0);
    if (sum > BUDGET) this.faults.push(`${sum} of ${BUDGET} micros spent`);
    this.#checkCaps();
  }

  #decide(): void {
    const viewer = VIEWERS[Math.floor(this.#random() * VIEWERS.length)]!;
    const asked = sampleRequest({ identity: viewer, identityKind: 'ifa' });
    const { ads } = this.#engine.decide(asked, this.#trueMs + this.#offMs, null);
    for (const { claims } of ads) this.#ads.push({ claims, viewer, steps: this.steps });
  }

  async #report(): Promise<void> {
    const at = Math.floor(this.#random() * this.#ads.length);
    const ad = this.#ads[at];
    if (!ad) return;
    // Some report twice, and late.
    if (this.#random() < 0.8) this.#ads.splice(at, 1);
    const { decisionId, expiresSeconds } = ad.claims;
    if ((this.#trueMs + this.#offMs) / 1000 > expiresSeconds) return;
    // A step forward ends what was promised for ten minutes, caps included: then it comes as a late one.
    const isPromised =
      ad.steps === this.steps &&
      this.#engine.counters.open.peek(expiresSeconds - 14_400, decisionId) !== undefined;
    const answer = await new Promise<string>((resolve) => {
      const detail = { source: 'pixel', errorCode: null, invalid: null } as const;
      const nowMs = this.#trueMs + this.#offMs;
      this.#engine.events.record(ad.claims, 'impression', detail, nowMs, (error, said) =>
        resolve(error ? 'refused' : said),
      );
    });
    if (answer === 'refused') this.faults.push('an impression was refused on a sound disk');
    if (answer !== 'counted') return;
    this.#acknowledged.add(decisionId);
    this.shown++;
    if (isPromised) this.#seen.set(ad.viewer, [...(this.#seen.get(ad.viewer) ?? []), this.#trueMs]);
  }

  #wait(ms: number): void {
    this.#trueMs += Math.floor(ms);
    this.#engine.tick();
  }

  #checkMoney(): void {
    const pot = this.#engine.counters.ledger.pot('li_1');
    const { reservedMicros, ownMicros, ingestedMicros } = pot;
    if (reservedMicros < 0 || ownMicros + ingestedMicros + reservedMicros > BUDGET)
      this.faults.push(`${ownMicros} spent and ${reservedMicros} promised of ${BUDGET}`);
  }

  /** Steps of an hour either way make a window at most two hours shorter, and nothing else. */
  #checkCaps(): void {
    for (const [viewer, times] of this.#seen)
      for (let first = 0; first + CAP < times.length; first++)
        if (times[first + CAP]! - times[first]! < DAY_MS - 2 * STEP_MS - 600_000)
          this.faults.push(`viewer ${viewer} was shown ${CAP + 1} ads in a day`);
  }
}
