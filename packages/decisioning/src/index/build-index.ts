import type { CreativeInput, LineItemInput, PlacementInput, SnapshotInput } from '../model.ts';
import { BLOCK_ITEMS, buildBlock, type ItemRows, itemRows } from './block.ts';
import { compareRank, indexCreative, indexLineItem, indexPlacement } from './index-line-item.ts';
import { LayeredMap } from './layered-map.ts';
import type {
  AccountIndex,
  DecisionIndex,
  IndexBlock,
  IndexChange,
  IndexedCreative,
  IndexedLineItem,
  IndexedPlacement,
  SlotRange,
  Slots,
} from './model.ts';

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
/** Line items made, and looked at, between two yields. */
const ITEMS_AT_ONCE = 64;
const LOOKED_AT_ONCE = 4096;

const NO_SLOTS: SlotRange = { count: 0, free: [] };
const EMPTY: DecisionIndex = {
  accounts: new Map(),
  lineItems: LayeredMap.of(new Map()),
  creatives: LayeredMap.of(new Map()),
  placements: new Map(),
  slots: { lineItems: NO_SLOTS, flights: NO_SLOTS, creatives: NO_SLOTS },
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
    if (step.done) return step.value.index;
  }
}

/**
 * The index after some changes. Line items that did not change, and blocks in which none did, are taken over as they
 * are, so the work is in proportion to what changed. It yields after each bounded piece of work, so that a serving
 * thread can answer in between; `before` stays valid all the while, and after it until the next change.
 *
 * @param before null for nothing
 */
export function* changeIndexInSteps(
  before: DecisionIndex | null,
  changes: SnapshotChanges,
): Generator<void, IndexChange> {
  const { accounts: accountsBefore, ...old } = before ?? EMPTY;
  const slots = new SlotBook(old.slots);
  const changedCreatives = new Map<string, IndexedCreative | undefined>();
  for (const id of changes.removed.creatives) {
    const creative = old.creatives.get(id);
    if (!creative) continue;
    changedCreatives.set(id, undefined);
    slots.creatives.free(creative.slot);
  }
  for (const input of changes.creatives) {
    const known = old.creatives.get(input.id);
    // A number of its own for what it is now: verdicts about what it was are not about it.
    if (known && !changedCreatives.has(input.id)) slots.creatives.free(known.slot);
    changedCreatives.set(input.id, indexCreative(input, slots.creatives.take()));
  }
  const creatives = yield* old.creatives.changed(changedCreatives);
  yield;

  const changedItems = new Map<string, IndexedLineItem | undefined>();
  const leaving = new Set<IndexedLineItem>();
  const coming: IndexedLineItem[] = [];
  for (const id of changes.removed.lineItems) {
    const item = old.lineItems.get(id);
    if (!item) continue;
    leaving.add(item);
    changedItems.set(id, undefined);
    slots.lineItems.free(item.slot);
    for (const flight of item.flights) slots.flights.free(flight.slot);
  }
  const inputs = new Map(changes.lineItems.map((input) => [input.id, input]));
  // A line item holds its creatives: when one of them changed, so did it.
  if (changedCreatives.size > 0 && old.lineItems.size > 0) {
    let looked = 0;
    for (const item of old.lineItems.values()) {
      if (
        !inputs.has(item.id) &&
        !changedItems.has(item.id) &&
        item.source.creatives.some(({ creativeId }) => changedCreatives.has(creativeId))
      )
        inputs.set(item.id, item.source);
      if (++looked % LOOKED_AT_ONCE === 0) yield;
    }
  }
  let done = 0;
  for (const input of inputs.values()) {
    const known = changedItems.has(input.id) ? undefined : old.lineItems.get(input.id);
    if (known) leaving.add(known);
    const kept = new Set(input.flights.map((flight) => flight.id));
    const flightSlots = new Map<string, number>();
    for (const flight of known?.flights ?? [])
      if (kept.has(flight.id)) flightSlots.set(flight.id, flight.slot);
      else slots.flights.free(flight.slot);
    const item = indexLineItem(
      input,
      {
        lineItem: () => known?.slot ?? slots.lineItems.take(),
        flight: (id) => flightSlots.get(id) ?? slots.flights.take(),
      },
      creatives,
    );
    changedItems.set(item.id, item);
    coming.push(item);
    if (++done % ITEMS_AT_ONCE === 0) yield;
  }
  const lineItems = yield* old.lineItems.changed(changedItems);
  yield;

  const accounts = new Map(accountsBefore);
  const accountIds = new Set([...leaving, ...coming].map((item) => item.accountId));
  for (const accountId of accountIds) {
    const account = yield* changeAccount(
      accountsBefore.get(accountId),
      leaving,
      coming.filter((item) => item.accountId === accountId).sort(compareRank),
    );
    if (account.count === 0) accounts.delete(accountId);
    else accounts.set(accountId, account);
  }

  const placements = changedPlacements(
    old.placements,
    changes,
    changedCreatives.values(),
    slots.creatives.count,
  );
  return {
    index: { accounts, lineItems, creatives, placements, slots: slots.after() },
    left: [...leaving],
    came: coming,
  };
}

/** Placements remember what they say of a creative by its number; there is room for a few more before all are made anew. */
const SPARE_VERDICTS = 1.25;

function changedPlacements(
  before: ReadonlyMap<string, IndexedPlacement>,
  changes: SnapshotChanges,
  creatives: Iterable<IndexedCreative | undefined>,
  creativeCount: number,
): ReadonlyMap<string, IndexedPlacement> {
  const room = Math.ceil(creativeCount * SPARE_VERDICTS);
  const placements = new Map(before);
  for (const id of changes.removed.placements) placements.delete(id);
  // A number that was somebody else's begins without a verdict; nobody that still serves has it.
  const newSlots = [...creatives].flatMap((creative) => (creative ? [creative.slot] : []));
  for (const [id, placement] of placements) {
    if (placement.verdicts.length < creativeCount) placements.set(id, indexPlacement(placement.source, room));
    else for (const slot of newSlots) placement.verdicts[slot] = 0;
  }
  for (const input of changes.placements) placements.set(input.id, indexPlacement(input, room));
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
  const touched = new Set<number>();
  const accountId = old[0]?.items[0]?.accountId;
  for (const item of leaving) if (item.accountId === accountId) touched.add(blockOf(old, item));
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
    const isChanged = added.length > 0 || touched.has(position);
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

/** Where an item stands, or would: the last block that begins with it or with something better. */
function blockOf(blocks: readonly IndexBlock[], item: IndexedLineItem): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (compareRank(blocks[middle]!.items[0]!, item) <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

function bestRankBehind(blocks: readonly IndexBlock[]): number[] {
  const best = new Array<number>(LOWEST_PRIORITY + 1).fill(0);
  for (const { bestRanks } of blocks)
    for (const [priority, rankMicros] of bestRanks)
      if (rankMicros > best[priority]!) best[priority] = rankMicros;
  const behind = new Array<number>(LOWEST_PRIORITY + 1).fill(0);
  for (let priority = LOWEST_PRIORITY - 1; priority >= 0; priority--)
    behind[priority] = Math.max(behind[priority + 1]!, best[priority + 1]!);
  return behind;
}

/** Gives out dense numbers, free ones first. */
class SlotList {
  readonly #free: number[];
  readonly #freed: number[] = [];
  count: number;

  constructor({ free, count }: SlotRange) {
    this.#free = [...free];
    this.count = count;
  }

  take(): number {
    return this.#free.pop() ?? this.count++;
  }

  /** The number is given out again from the next change on, not within this one: the index before it still serves. */
  free(slot: number): void {
    this.#freed.push(slot);
  }

  after(): SlotRange {
    return { count: this.count, free: [...this.#free, ...this.#freed] };
  }
}

class SlotBook {
  readonly lineItems: SlotList;
  readonly flights: SlotList;
  readonly creatives: SlotList;

  constructor({ lineItems, flights, creatives }: Slots) {
    this.lineItems = new SlotList(lineItems);
    this.flights = new SlotList(flights);
    this.creatives = new SlotList(creatives);
  }

  after(): Slots {
    return {
      lineItems: this.lineItems.after(),
      flights: this.flights.after(),
      creatives: this.creatives.after(),
    };
  }
}
