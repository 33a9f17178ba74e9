import { NodeLeases, PotTable } from '@cuepoint/decisioning';
import type { LeaseBank } from '../bank.ts';

/** A node whose log outlives its process: what it spent, in order, and how much of that was ingested. */
export interface WorldNode {
  readonly id: string;
  readonly log: { readonly key: string; readonly amount: number }[];
  ingested: number;
  process: Process | null;
}

interface Process {
  readonly table: PotTable;
  readonly leases: NodeLeases;
  /** Where the log ended when it started: its counts in memory begin there. */
  readonly from: number;
  readonly open: string[];
}

export interface WorldPot {
  readonly key: string;
  readonly price: number;
}

/** Starts a node as the product does: what the bank counted, what the log says beyond it, and a new life. */
export async function startWorldNode(
  bank: LeaseBank,
  node: WorldNode,
  pots: readonly WorldPot[],
  held: readonly string[] = [],
): Promise<void> {
  const table = new PotTable();
  const leases = new NodeLeases(table, node.id);
  const prices = new Map(pots.map(({ key, price }) => [key, price]));
  for (const { key, price } of pots) leases.lease(table.open(key), key, price);
  const open: string[] = [];
  for (const key of held) {
    const slot = table.slotOf(key)!;
    table.setReserved(slot, table.reserved(slot) + prices.get(key)!);
    open.push(key);
  }
  node.process = { table, leases, from: node.log.length, open };
  await openWorldNode(bank, node);
}

/** Begins a life of a process that has none at the bank. */
export async function openWorldNode(bank: LeaseBank, node: WorldNode): Promise<void> {
  const { leases, from } = node.process!;
  const { epoch, spent } = await bank.statement(node.id);
  const sums = new Map(spent.map(({ key, amount }) => [key, amount]));
  const [start, end, sign] = node.ingested <= from ? [node.ingested, from, 1] : [from, node.ingested, -1];
  for (const { key, amount } of node.log.slice(start, end))
    sums.set(key, (sums.get(key) ?? 0) + sign * amount);
  await leases.open(sourceOf(bank, epoch), sums);
}

export function sourceOf(bank: LeaseBank, epoch = 0) {
  return {
    epochOf: async () => epoch,
    open: bank.open,
    request: bank.request,
    giveBack: bank.giveBack,
  };
}
