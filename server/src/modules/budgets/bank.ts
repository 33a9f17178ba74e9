import {
  type BankState,
  EscrowBank,
  type LeaseAnswer,
  type LeaseRequest,
  type LeaseReturns,
  type NodeOpened,
  type NodeOpening,
} from '@cuepoint/decisioning';
import type { LeaseRetired, LeaseStatement } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import {
  addPots,
  epochOf,
  forgetDays,
  keepLeases,
  type LeaseRow,
  leasesIn,
  leasesOf,
  lockPots,
  nodesSeenSince,
  seeNode,
  setEpoch,
  storedPots,
} from './bank-rows.ts';
import { type Counted, CountedIndex, countedByKey } from './domain/counted.ts';
import type { PotTerms } from './domain/pot-terms.ts';
import type { BankPorts } from './ports.ts';

const ROLE = { role: 'lender' } as const;
/** A local day and the time in which something of it may still come. */
const DAYS_KEPT_MS = 4 * 86_400_000;

export interface LeaseBank {
  /** The life a node is in, and what was counted of its spend out of leases. */
  statement(nodeId: string): Promise<LeaseStatement>;
  open(opening: NodeOpening): Promise<NodeOpened>;
  request(request: LeaseRequest): Promise<LeaseAnswer>;
  giveBack(returns: LeaseReturns): Promise<{ epoch: number }>;
  /**
   * Settles a node that will not come back, by what was counted of it: its log must have been read to the end, for what
   * was not counted is lent again.
   * @throws RangeError while a promise of it may still become spend, and for a node that never leased
   */
  retire(nodeId: string): Promise<LeaseRetired>;
  /** Forgets days that are over. */
  sweep(): Promise<void>;
}

/**
 * The bank of budgets on the database: `EscrowBank` decides, over the rows that a question is about, in one transaction
 * that locks them. So any number of control planes lend of the same budgets, and an answer leaves after it is stored.
 *
 * What a budget allows the nodes that lease is its limit, less what anybody else was counted to have spent of it.
 */
export function createLeaseBank(ports: BankPorts): LeaseBank {
  const { database, spend, nowMs, leaseMs, reservationMs } = ports;

  const newBank = () => new EscrowBank({ leaseMs, reservationMs });

  async function request(tx: Tx, asked: LeaseRequest): Promise<LeaseAnswer> {
    const { nodeId } = asked;
    const now = nowMs();
    await seeNode(tx, nodeId, now);
    const epoch = await epochOf(tx, nodeId, 'locked');
    const nodes = Math.max(1, await nodesSeenSince(tx, now - 2 * leaseMs));
    const book = ports.terms();
    const terms = new Map<string, PotTerms>();
    for (const { key } of asked.asks) {
      const found = book?.of(key);
      if (found) terms.set(key, found);
    }
    await openPots(tx, terms, now);
    const keys = [...terms.keys()];
    await lockPots(tx, keys);
    const priors = await storedPots(tx, keys);
    const leases = byPot(await leasesIn(tx, keys));
    const counted = new CountedIndex(await spend.spendByNode(tx, lineItemsOf(terms)));
    const bank = newBank();
    const before = new Map<string, number>();
    bank.importState({
      pots: keys.map((key) => {
        const at = terms.get(key)!;
        const shares = leases.get(key) ?? [];
        const leased = new Set(shares.map(({ node }) => node));
        // What this node spent before it had a lease stays with the others' spend.
        const byNode = countedBy(counted, at, key);
        if (!leased.has(nodeId)) before.set(key, byNode.get(nodeId) ?? 0);
        let gone = priors.get(key) ?? 0;
        for (const [node, amount] of byNode) if (!leased.has(node)) gone += amount;
        for (const { beforeLease } of shares) gone += beforeLease;
        return { key, limit: Math.max(0, at.limit - gone), accounts: shares.map(toAccount) };
      }),
      epochs: [{ nodeId, epoch }],
    });
    bank.setNodeCount(nodes);
    const answer = bank.request(asked, now);
    const own = [...leases.values()].flat().filter(({ node }) => node === nodeId);
    await keepState(tx, bank.exportState(), nodeId, own, terms, before);
    if (bank.epochOf(nodeId) !== epoch) await setEpoch(tx, nodeId, bank.epochOf(nodeId));
    return answer;
  }

  /** Pots that are asked for the first time: what was spent of them by whom no node answers for stays off their limit. */
  async function openPots(tx: Tx, terms: ReadonlyMap<string, PotTerms>, now: number): Promise<void> {
    const known = await storedPots(tx, [...terms.keys()]);
    const fresh = new Map([...terms].filter(([key]) => !known.has(key)));
    if (fresh.size === 0) return;
    const lineItems = lineItemsOf(fresh);
    const all = new CountedIndex(await spend.spendInAll(tx, lineItems));
    const ofNodes = new CountedIndex(await spend.spendByNode(tx, lineItems));
    const pots: { accountId: string; pot: string; prior: number }[] = [];
    for (const [pot, at] of fresh) {
      const { accountId } = at;
      const prior =
        at.day === null ? all.of(at, pot) - ofNodes.of(at, pot) : total(await spentOn(tx, at, at.day));
      pots.push({ accountId, pot, prior: Math.max(0, prior) });
    }
    await addPots(tx, pots, now);
  }

  /** By node, what was counted of a flight on one of its days. */
  function spentOn(tx: Tx, at: PotTerms, day: NonNullable<PotTerms['day']>): Promise<Map<string, number>> {
    const { accountId, campaignId, flightId } = at;
    return spend.flightSpendBetween(tx, { accountId, campaignId, flightId: flightId! }, day.from, day.to);
  }

  async function open(tx: Tx, opening: NodeOpening): Promise<NodeOpened> {
    const { nodeId } = opening;
    const now = nowMs();
    await seeNode(tx, nodeId, now);
    const epoch = await epochOf(tx, nodeId, 'locked');
    let leases = await leasesOf(tx, nodeId);
    if (opening.closes === epoch) {
      const book = ports.terms();
      const terms = new Map<string, PotTerms>();
      for (const { key, spent, held } of opening.pots) {
        const found = spent + held > 0 ? book?.of(key) : undefined;
        if (found) terms.set(key, found);
      }
      await openPots(tx, terms, now);
      await lockPots(tx, [...new Set([...terms.keys(), ...leases.map(({ pot }) => pot)])]);
      leases = await leasesOf(tx, nodeId);
      leases = await coverKept(tx, opening, leases, terms, now);
    }
    const bank = newBank();
    bank.importState({ pots: leases.map(toPot), epochs: [{ nodeId, epoch }] });
    const opened = bank.open(opening);
    await keepState(tx, bank.exportState(), nodeId, leases, new Map(), new Map());
    if (opened.epoch !== epoch) await setEpoch(tx, nodeId, opened.epoch);
    return opened;
  }

  /** A node spent or promised what was never lent to it, before budgets were lent at all: then it is its own now. */
  async function coverKept(
    tx: Tx,
    { nodeId, pots }: NodeOpening,
    leases: readonly LeaseRow[],
    terms: ReadonlyMap<string, PotTerms>,
    now: number,
  ): Promise<LeaseRow[]> {
    const rows = new Map(leases.map((lease) => [lease.pot, lease]));
    const missing = pots.filter(({ key }) => !rows.has(key) && terms.has(key));
    const counted = new CountedIndex(
      missing.length === 0 ? [] : await spend.spendByNode(tx, lineItemsOf(terms)),
    );
    for (const { key, spent, held } of pots) {
      const kept = Math.max(0, spent + held);
      const lease = rows.get(key);
      const at = terms.get(key);
      if (lease && kept > lease.granted - lease.returned)
        rows.set(key, { ...lease, granted: lease.returned + kept });
      else if (!lease && at)
        rows.set(key, {
          accountId: at.accountId,
          pot: key,
          node: nodeId,
          beforeLease: countedBy(counted, at, key).get(nodeId) ?? 0,
          granted: kept,
          returned: 0,
          expiresAtMs: now,
        });
    }
    await keepLeases(
      tx,
      [...rows.values()].filter((row) => !leases.includes(row)),
    );
    return [...rows.values()];
  }

  async function keepState(
    tx: Tx,
    state: BankState,
    nodeId: string,
    before: readonly LeaseRow[],
    terms: ReadonlyMap<string, PotTerms>,
    beforeLease: ReadonlyMap<string, number>,
  ): Promise<void> {
    const known = new Map(before.map((lease) => [lease.pot, lease]));
    const changed: LeaseRow[] = [];
    for (const { key, accounts } of state.pots)
      for (const account of accounts) {
        if (account.nodeId !== nodeId) continue;
        const { granted, returned, expiresAtMs } = account;
        const was = known.get(key);
        if (was?.granted === granted && was.returned === returned && was.expiresAtMs === expiresAtMs)
          continue;
        const accountId = was?.accountId ?? terms.get(key)!.accountId;
        const spentBefore = was?.beforeLease ?? beforeLease.get(key) ?? 0;
        changed.push({
          accountId,
          pot: key,
          node: nodeId,
          beforeLease: spentBefore,
          granted,
          returned,
          expiresAtMs,
        });
      }
    await keepLeases(tx, changed);
  }

  async function statement(tx: Tx, nodeId: string): Promise<LeaseStatement> {
    const epoch = await epochOf(tx, nodeId, 'seen');
    const { through, spend: rows } = await spend.spendOfNode(tx, nodeId);
    const countedOf = countedByKey(rows);
    const leases = await leasesOf(tx, nodeId);
    const book = ports.terms();
    const spent: { key: string; amount: number }[] = [];
    for (const { pot, beforeLease } of leases) {
      const at = book?.of(pot);
      const amount =
        at && at.day !== null
          ? ((await spentOn(tx, at, at.day)).get(nodeId) ?? 0)
          : countedOf(pot) - beforeLease;
      spent.push({ key: pot, amount: Math.max(0, amount) });
    }
    return { epoch, through, spent };
  }

  async function retire(tx: Tx, nodeId: string): Promise<LeaseRetired> {
    const epoch = await epochOf(tx, nodeId, 'locked');
    if (epoch === 0) throw new RangeError(`no node '${nodeId}' has leased budgets`);
    const leases = await leasesOf(tx, nodeId);
    await lockPots(
      tx,
      leases.map(({ pot }) => pot),
    );
    const { spent } = await statement(tx, nodeId);
    const bank = newBank();
    bank.importState({ pots: leases.map(toPot), epochs: [{ nodeId, epoch }] });
    bank.closeNode(nodeId, new Map(spent.map(({ key, amount }) => [key, amount])), nowMs());
    const state = bank.exportState();
    await keepState(tx, state, nodeId, leases, new Map(), new Map());
    await setEpoch(tx, nodeId, bank.epochOf(nodeId));
    const before = new Map(leases.map((lease) => [lease.pot, lease.returned]));
    const returned = state.pots.filter(({ key, accounts }) => accounts[0]!.returned > before.get(key)!);
    return { pots: leases.length, returned: returned.length };
  }

  return {
    statement: (nodeId) =>
      database.withTransaction({ ...ROLE, readOnly: true, isolation: 'repeatable read' }, (tx) =>
        statement(tx, nodeId),
      ),
    open: (opening) => database.withTransaction(ROLE, (tx) => open(tx, opening)),
    request: (asked) => database.withTransaction(ROLE, (tx) => request(tx, asked)),
    giveBack: (returns) =>
      database.withTransaction(ROLE, async (tx) => {
        const { nodeId } = returns;
        const epoch = await epochOf(tx, nodeId, 'locked');
        const keys = returns.returns.map(({ key }) => key);
        await lockPots(tx, keys);
        const leases = (await leasesIn(tx, keys)).filter(({ node }) => node === nodeId);
        const bank = newBank();
        bank.importState({ pots: leases.map(toPot), epochs: [{ nodeId, epoch }] });
        const taken = bank.giveBack(returns);
        await keepState(tx, bank.exportState(), nodeId, leases, new Map(), new Map());
        return taken;
      }),
    retire: (nodeId) => database.withTransaction(ROLE, (tx) => retire(tx, nodeId)),
    sweep: () => database.withTransaction(ROLE, (tx) => forgetDays(tx, nowMs() - DAYS_KEPT_MS)),
  };
}

const toAccount = ({ node, granted, returned, expiresAtMs }: LeaseRow) => ({
  nodeId: node,
  granted,
  returned,
  expiresAtMs,
});

/** A pot of which only one node's share matters. */
const toPot = (lease: LeaseRow) => ({
  key: lease.pot,
  limit: Number.MAX_SAFE_INTEGER,
  accounts: [toAccount(lease)],
});

const lineItemsOf = (terms: ReadonlyMap<string, PotTerms>): string[] => [
  ...new Set([...terms.values()].map(({ lineItemId }) => lineItemId)),
];

function byPot(leases: readonly LeaseRow[]): Map<string, LeaseRow[]> {
  const sorted = new Map<string, LeaseRow[]>();
  for (const lease of leases) {
    const known = sorted.get(lease.pot);
    if (known) known.push(lease);
    else sorted.set(lease.pot, [lease]);
  }
  return sorted;
}

/** By node, what was counted of a pot. Of single days it is not kept by node: what came before is the pot's `prior`. */
function countedBy(
  counted: CountedIndex<Counted & { node: string }>,
  at: PotTerms,
  key: string,
): Map<string, number> {
  return at.day === null ? counted.byNode(at, key) : new Map();
}

const total = (amounts: ReadonlyMap<string, number>): number =>
  [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
