import type { CreativeInput, LineItemInput, PlacementInput, SnapshotInput } from '../model.ts';
import { BLOCK_ITEMS, buildBlock, type ItemRows, itemRows } from './block.ts';
import { compareRank, indexCreative, indexLineItem, indexPlacement } from './index-line-item.ts';
import type { AccountIndex, DecisionIndex, IndexBlock, IndexedLineItem, IndexedPlacement } from './model.ts';

/** What is different between two snapshots: what came or changed, and ids of what went. */
export interface SnapshotChanges {
  readonly lineItems: readonly LineItemInput[];
  readonly creatives: readonly CreativeInput[];
  readonly placements: readonly PlacementInput[];
  readonly removed: {
    readonly lineItems: readonly string[];
    readonly creatives: readonly string[];
    readonly placements: readonly string[];
  };
}

const LOWEST_PRIORITY = 16;

const EMPTY: DecisionIndex = {
  accounts: new Map(),
  lineItems: new Map(),
  creatives: new Map(),
  placements: new Map(),
  slots: {
    lineItems: new Map(),
    flights: new Map(),
    creatives: new Map(),
    lineItemCount: 0,
    flightCount: 0,
    creativeCount: 0,
  },
};

/** Prepares a whole snapshot. @throws RangeError, TargetingError for content that the protocol would have refused */
export function buildIndex(snapshot: SnapshotInput): DecisionIndex {
  return changeIndex(EMPTY, { ...snapshot, removed: { lineItems: [], creatives: [], placements: [] } });
}

/** The same in one go. */
export function changeIndex(before: DecisionIndex, changes: SnapshotChanges): DecisionIndex {
  const steps = changeIndexInSteps(before, changes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The index after some changes. Line items that did not change, and blocks in which none did, are taken over as they
 * are, so the work is in proportion to what changed. It yields after each bounded piece of work, so that a serving
 * thread can answer in between; `before` stays valid all the while.
 */
export function* changeIndexInSteps(
  before: DecisionIndex,
  changes: SnapshotChanges,
): Generator<void, DecisionIndex> {
  const slots = new SlotBook(before);
  const creatives = new Map(before.creatives);
  const touched = new Set<string>();
  for (const id of changes.removed.creatives) {
    if (creatives.delete(id)) touched.add(id);
    slots.creatives.free(id);
  }
  for (const input of changes.creatives) {
    creatives.set(input.id, indexCreative(input, slots.creatives.take(input.id)));
    touched.add(input.id);
  }
  yield;

  const lineItems = new Map(before.lineItems);
  const leaving = new Set<IndexedLineItem>();
  const coming: IndexedLineItem[] = [];
  for (const id of changes.removed.lineItems) {
    const item = lineItems.get(id);
    if (!item) continue;
    leaving.add(item);
    lineItems.delete(id);
    slots.lineItems.free(id);
    for (const flight of item.flights) slots.flights.free(flight.id);
  }
  const inputs = new Map(changes.lineItems.map((input) => [input.id, input]));
  // A line item holds its creatives: when one of them changed, so did it.
  if (touched.size > 0)
    for (const item of before.lineItems.values())
      if (
        !inputs.has(item.id) &&
        lineItems.has(item.id) &&
        item.source.creatives.some(({ creativeId }) => touched.has(creativeId))
      )
        inputs.set(item.id, item.source);
  let done = 0;
  for (const input of inputs.values()) {
    const old = before.lineItems.get(input.id);
    if (old && lineItems.has(input.id)) leaving.add(old);
    const kept = new Set(input.flights.map((flight) => flight.id));
    for (const flight of old?.flights ?? []) if (!kept.has(flight.id)) slots.flights.free(flight.id);
    const item = indexLineItem(
      input,
      { lineItem: (id) => slots.lineItems.take(id), flight: (id) => slots.flights.take(id) },
      creatives,
    );
    lineItems.set(item.id, item);
    coming.push(item);
    if (++done % BLOCK_ITEMS === 0) yield;
  }

  const accounts = new Map(before.accounts);
  const accountIds = new Set([...leaving, ...coming].map((item) => item.accountId));
  for (const accountId of accountIds) {
    const account = yield* changeAccount(
      before.accounts.get(accountId),
      leaving,
      coming.filter((item) => item.accountId === accountId).sort(compareRank),
    );
    if (account.count === 0) accounts.delete(accountId);
    else accounts.set(accountId, account);
  }

  return {
    accounts,
    lineItems,
    creatives,
    placements: changedPlacements(before, changes, touched.size > 0, slots.creatives.count),
    slots: slots.all(),
  };
}

function changedPlacements(
  before: DecisionIndex,
  changes: SnapshotChanges,
  creativesChanged: boolean,
  creativeSlots: number,
): Map<string, IndexedPlacement> {
  const placements = new Map(before.placements);
  for (const id of changes.removed.placements) placements.delete(id);
  // Verdicts are about creatives: they start anew when one of those changed.
  if (creativesChanged)
    for (const placement of placements.values())
      placements.set(placement.id, indexPlacement(placement.source, creativeSlots));
  for (const input of changes.placements) placements.set(input.id, indexPlacement(input, creativeSlots));
  return placements;
}

const rowsByItem = new WeakMap<IndexedLineItem, ItemRows>();

function rowsOf(item: IndexedLineItem): ItemRows {
  let rows = rowsByItem.get(item);
  if (!rows) {
    rows = itemRows(item);
    rowsByItem.set(item, rows);
  }
  return rows;
}

/** Takes line items out of their blocks and puts others where they rank. */
function* changeAccount(
  before: AccountIndex | undefined,
  leaving: ReadonlySet<IndexedLineItem>,
  coming: readonly IndexedLineItem[],
): Generator<void, AccountIndex> {
  const blocks: IndexBlock[] = [];
  let next = 0;
  const old = before?.blocks ?? [];
  for (let position = 0; position <= old.length; position++) {
    const block = old[position];
    // What comes belongs into this block when it ranks before the block that follows.
    const following = old[position + 1]?.items[0];
    const first = next;
    if (block) {
      while (next < coming.length && (!following || compareRank(coming[next]!, following) < 0)) next++;
    } else next = coming.length;
    const added = coming.slice(first, next);
    const kept = block?.items ?? [];
    const isChanged = added.length > 0 || kept.some((item) => leaving.has(item));
    if (!isChanged) {
      if (block) blocks.push(block);
      continue;
    }
    const items = [...kept.filter((item) => !leaving.has(item)), ...added].sort(compareRank);
    yield;
    // Split evenly, so that the parts have room before they split again.
    const parts = Math.ceil(items.length / BLOCK_ITEMS);
    const size = Math.ceil(items.length / Math.max(1, parts));
    for (let start = 0; start < items.length; start += size) {
      blocks.push(buildBlock(items.slice(start, start + size), rowsOf));
      yield;
    }
  }
  return {
    blocks,
    count: blocks.reduce((sum, block) => sum + block.items.length, 0),
    bestRankBehind: bestRankBehind(blocks),
  };
}

/** Within a priority the first is the best, so a block needs a look only where a new priority begins. */
function bestRankBehind(blocks: readonly IndexBlock[]): number[] {
  const best = new Array<number>(LOWEST_PRIORITY + 1).fill(0);
  for (const { items } of blocks)
    for (const { priority, rankMicros } of items)
      if (rankMicros > best[priority]!) best[priority] = rankMicros;
  const behind = new Array<number>(LOWEST_PRIORITY + 1).fill(0);
  for (let priority = LOWEST_PRIORITY - 1; priority >= 0; priority--)
    behind[priority] = Math.max(behind[priority + 1]!, best[priority + 1]!);
  return behind;
}

/** Gives out dense numbers, the lowest free one first, and remembers who has which. */
class SlotList {
  readonly #taken: Map<string, number>;
  readonly #free: number[] = [];
  count: number;

  constructor(taken: ReadonlyMap<string, number>, count: number) {
    this.#taken = new Map(taken);
    this.count = count;
    if (taken.size < count) {
      const used = new Set(taken.values());
      for (let slot = count - 1; slot >= 0; slot--) if (!used.has(slot)) this.#free.push(slot);
    }
  }

  take(id: string): number {
    let slot = this.#taken.get(id);
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.count++;
      this.#taken.set(id, slot);
    }
    return slot;
  }

  /** The number is given out again from the next index on, not within this one. */
  free(id: string): void {
    this.#taken.delete(id);
  }

  get taken(): ReadonlyMap<string, number> {
    return this.#taken;
  }
}

class SlotBook {
  readonly lineItems: SlotList;
  readonly flights: SlotList;
  readonly creatives: SlotList;

  constructor({ slots }: DecisionIndex) {
    this.lineItems = new SlotList(slots.lineItems, slots.lineItemCount);
    this.flights = new SlotList(slots.flights, slots.flightCount);
    this.creatives = new SlotList(slots.creatives, slots.creativeCount);
  }

  all() {
    return {
      lineItems: this.lineItems.taken,
      flights: this.flights.taken,
      creatives: this.creatives.taken,
      lineItemCount: this.lineItems.count,
      flightCount: this.flights.count,
      creativeCount: this.creatives.count,
    };
  }
}
