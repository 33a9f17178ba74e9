import { mulberry32 } from '../frequency/frequency.fixture.ts';
import {
  EscrowBank,
  type LeaseAnswer,
  type LeaseRequest,
  type LeaseReturns,
  NodeLeases,
  PotTable,
} from '../index.ts';
import { embeddedLeaseSource } from './embedded-lease-source.ts';

const LEASE_MS = 20_000;
const RESERVATION_MS = 10_000;
const SKEW_MS = 1000;

interface Pot {
  readonly key: string;
  readonly limit: number;
  readonly price: number;
}

interface Held {
  readonly pot: Pot;
  readonly atMs: number;
}

/** One process of a node. Only `spent` outlives it: its log. */
interface Process {
  readonly table: PotTable;
  readonly leases: NodeLeases;
  readonly open: Held[];
  /** Promises given back whose impression may still come. */
  readonly lapsed: Held[];
}

interface Node {
  readonly id: string;
  readonly clockMs: number;
  readonly spent: Map<string, number>;
  process: Process | undefined;
  isCutOff: boolean;
  isClosed: boolean;
}

type Message =
  | { readonly to: 'bank'; readonly node: Node; readonly request: LeaseRequest }
  | { readonly to: 'bank'; readonly node: Node; readonly returns: LeaseReturns }
  | { readonly to: 'node'; readonly node: Node; readonly answer: LeaseAnswer }
  | { readonly to: 'node'; readonly node: Node; readonly returns: LeaseReturns; readonly epoch: number };

/**
 * Nodes, a bank and a network that loses, doubles and overtakes messages; nodes and bank crash and come back with what
 * they had stored, nodes are cut off, go on for as long as their leases last, and are closed. After every step: nobody
 * has spent more than there is.
 */
export class LeaseWorld {
  readonly random: () => number;
  readonly pots: readonly Pot[];
  readonly nodes: Node[];
  bank: EscrowBank;
  nowMs = 1_700_000_000_000;
  unbilled = 0;
  closed = 0;
  mostIdle = 0;
  #stored = '';
  #network: Message[] = [];

  constructor(seed: number) {
    this.random = mulberry32(seed);
    const nodes = 1 + this.#below(5);
    this.pots = Array.from({ length: 1 + this.#below(3) }, (_, n) => ({
      key: `pot_${n}`,
      limit: this.#below(600),
      price: n === 0 ? 1 : 1 + this.#below(30),
    }));
    this.bank = this.#newBank(nodes);
    for (const { key, limit } of this.pots) this.bank.setLimit(key, limit);
    this.nodes = Array.from({ length: nodes }, (_, n) => ({
      id: `node_${n}`,
      clockMs: this.#below(2 * SKEW_MS - 200) - SKEW_MS + 100,
      spent: new Map<string, number>(),
      process: undefined,
      isCutOff: false,
      isClosed: false,
    }));
    this.#store();
  }

  async step(): Promise<void> {
    const dice = this.random();
    const node = this.nodes[this.#below(this.nodes.length)]!;
    if (dice < 0.35) this.#serve(node);
    else if (dice < 0.55) this.#impression(node);
    else if (dice < 0.6) this.#lateImpression(node);
    else if (dice < 0.75) this.#tick(node);
    else if (dice < 0.92) this.#deliver();
    else if (dice < 0.923) this.nowMs += this.#below(3 * LEASE_MS);
    else if (dice < 0.93) node.process = undefined;
    else if (dice < 0.95) await this.start(node);
    else if (dice < 0.955) this.#restartBank();
    else if (dice < 0.96) node.isCutOff = !node.isCutOff;
    else if (dice < 0.975) this.#close(node);
    else this.nowMs += this.#below(800);
  }

  /** Starts a process, or lets one that was fenced open again. */
  async start(node: Node): Promise<void> {
    if (node.isCutOff) return;
    const source = embeddedLeaseSource(
      this.bank,
      () => this.nowMs,
      async () => this.#store(),
    );
    if (node.process) {
      if (node.process.leases.isFenced) await node.process.leases.open(source);
    } else {
      const table = new PotTable();
      const leases = new NodeLeases(table, node.id);
      node.process = { table, leases, open: [], lapsed: [] };
      await leases.open(source, node.spent);
      for (const { key, price } of this.pots) leases.lease(table.open(key), key, price);
    }
    node.isClosed = false;
  }

  committed(key: string): number {
    return this.nodes.reduce((sum, { spent }) => sum + (spent.get(key) ?? 0), 0);
  }

  /** What went wrong so far; empty when nothing did. */
  faults(): string[] {
    const faults: string[] = [];
    for (const { key, limit } of this.pots) {
      if (this.committed(key) > limit) faults.push(`${key}: ${this.committed(key)} of ${limit} spent`);
      if (this.bank.left(key) < 0) faults.push(`${key}: bank has ${this.bank.left(key)} left`);
    }
    return faults;
  }

  /** Money that lies idle with nodes that run, over what the rule allows; at most 1. */
  idleOverAllowed(pot: Pot): number {
    const idle = this.nodes.reduce((sum, { process }) => {
      const slot = process?.table.slotOf(pot.key);
      return slot === undefined ? sum : sum + Math.max(0, process!.table.available(slot));
    }, 0);
    const allowed = Math.max(this.nodes.length * pot.price, pot.limit / 20);
    return idle / allowed;
  }

  #serve({ process, clockMs }: Node): void {
    if (!process) return;
    const pot = this.pots[this.#below(this.pots.length)]!;
    const slot = process.table.slotOf(pot.key);
    if (slot === undefined) return;
    process.leases.expire(this.nowMs + clockMs);
    this.#sweep(process);
    if (process.table.reserve(Int32Array.of(slot), 0, 1, pot.price))
      process.open.push({ pot, atMs: this.nowMs });
    else process.leases.want(slot);
  }

  #impression(node: Node): void {
    const { process } = node;
    if (!process) return;
    this.#sweep(process);
    const [held] = process.open.splice(this.#below(process.open.length), 1);
    if (!held) return;
    process.table.commit(Int32Array.of(process.table.slotOf(held.pot.key)!), 0, 1, held.pot.price);
    this.#log(node, held.pot);
  }

  #lateImpression(node: Node): void {
    const { process } = node;
    const [late] = process?.lapsed.splice(0, 1) ?? [];
    if (!process || !late) return;
    process.leases.expire(this.nowMs + node.clockMs);
    if (process.table.spend(Int32Array.of(process.table.slotOf(late.pot.key)!), 0, 1, late.pot.price))
      this.#log(node, late.pot);
    else this.unbilled++;
  }

  #log({ spent }: Node, { key, price }: Pot): void {
    spent.set(key, (spent.get(key) ?? 0) + price);
  }

  /** Promises whose time has run out return. */
  #sweep({ table, open, lapsed }: Process): void {
    for (let n = open.length - 1; n >= 0; n--) {
      const { pot, atMs } = open[n]!;
      if (atMs + RESERVATION_MS > this.nowMs) continue;
      lapsed.push(...open.splice(n, 1));
      table.release(Int32Array.of(table.slotOf(pot.key)!), 0, 1, pot.price);
    }
  }

  #tick(node: Node): void {
    const { process } = node;
    if (!process) return;
    this.#sweep(process);
    const { request, returns } = process.leases.collect(this.nowMs + node.clockMs);
    if (request) this.#send({ to: 'bank', node, request });
    if (returns) this.#send({ to: 'bank', node, returns });
    for (const pot of this.pots) this.mostIdle = Math.max(this.mostIdle, this.#idleOf(process, pot));
  }

  #idleOf({ table }: Process, { key, limit, price }: Pot): number {
    const slot = table.slotOf(key);
    const size = Math.max(price, limit / (20 * this.nodes.length));
    return slot === undefined ? 0 : table.available(slot) / size;
  }

  #send(message: Message): void {
    this.#network.push(message);
  }

  #deliver(): void {
    const index = this.#below(this.#network.length);
    const message = this.#network[index];
    if (!message) return;
    const fate = this.random();
    // Some stay in the network and come again.
    if (fate > 0.15) this.#network.splice(index, 1);
    if (fate > 0.9 || message.node.isCutOff) return;
    const { node } = message;
    if (message.to === 'bank') {
      if ('request' in message) {
        const answer = this.bank.request(message.request, this.nowMs);
        this.#store();
        this.#send({ to: 'node', node, answer });
      } else {
        const { epoch } = this.bank.giveBack(message.returns);
        this.#store();
        this.#send({ to: 'node', node, returns: message.returns, epoch });
      }
    } else if (node.process) {
      if ('answer' in message) node.process.leases.take(message.answer, this.nowMs + node.clockMs);
      else node.process.leases.confirm(message.returns, message.epoch);
    }
  }

  /** Control has read the log to its end and gives a node up, dead or cut off. */
  #close(node: Node): void {
    if (node.isClosed || (node.process && !node.isCutOff)) return;
    try {
      this.bank.closeNode(node.id, node.spent, this.nowMs);
      this.#store();
      node.isClosed = true;
      this.closed++;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  #restartBank(): void {
    this.bank = this.#newBank(this.nodes.length);
    this.bank.importState(JSON.parse(this.#stored));
  }

  #newBank(nodes: number): EscrowBank {
    const bank = new EscrowBank({ leaseMs: LEASE_MS, reservationMs: RESERVATION_MS });
    bank.setNodeCount(nodes);
    return bank;
  }

  #store(): void {
    this.#stored = JSON.stringify(this.bank.exportState());
  }

  #below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}

/** Runs a world and returns what went wrong and how much of the money was used. */
export async function runLeaseWorld(seed: number, steps: number) {
  const world = new LeaseWorld(seed);
  for (const node of world.nodes) await world.start(node);
  for (let step = 0; step < steps; step++) {
    await world.step();
    const faults = world.faults();
    if (faults.length > 0)
      return { world, faults: faults.map((fault) => `seed ${seed} step ${step}: ${fault}`) };
  }
  return { world, faults: [] };
}
