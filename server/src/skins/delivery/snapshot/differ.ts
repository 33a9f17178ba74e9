import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  SnapshotBody,
  SnapshotCreative,
  type SnapshotHeader,
  SnapshotLineItem,
  SnapshotPlacement,
  type SpendStatement,
} from '../../../kernel/delivery-protocol.ts';
import { elementTexts, memberTexts } from './entity-texts.ts';
import { type BodyChange, ENTITY_KINDS, type EntityKind, type NodeChange } from './node-change.ts';

const PARTS = { lineItems: SnapshotLineItem, creatives: SnapshotCreative, placements: SnapshotPlacement };
/** Everything beside the lists that can be long. */
const Rest = SnapshotBody.omit({ lineItems: true, creatives: true, placements: true });

/** A part of a body that the schema refuses; the message says which and why. */
export class BodyPartError extends Error {}

interface Held {
  readonly hash: string;
  readonly entities: Readonly<Record<EntityKind, ReadonlyMap<string, string>>>;
  readonly spend: SpendStatement;
}

const NOTHING: Held = {
  hash: '',
  entities: { lineItems: new Map(), creatives: new Map(), placements: new Map() },
  spend: { ingestedThrough: {}, lineItems: {}, flights: {} },
};

/**
 * Finds what a snapshot changes. Of what is held it remembers a digest of each line item, creative and placement; only
 * those whose text is another are checked against the schema and handed on.
 */
export class SnapshotDiffer {
  #held: Held = NOTHING;
  #next: Held = NOTHING;

  /** Hash of the body that is held; empty for none. */
  get bodyHash(): string {
    return this.#held.hash;
  }

  /**
   * What takes the held snapshot to this one; call {@link taken} once that has happened.
   *
   * @param bodyText not read yet; null when it is the one that is held
   * @throws BodyPartError for a part that breaks the schema
   */
  change(
    header: Pick<SnapshotHeader, 'hash' | 'spendHash' | 'builtAt'>,
    bodyText: string | null,
    spend: SpendStatement,
  ): NodeChange {
    const held = this.#held;
    const { hash: bodyHash, spendHash, builtAt } = header;
    const isSame = bodyText === null || bodyHash === held.hash;
    const found = isSame ? null : this.#bodyChange(bodyText);
    this.#next = { hash: bodyHash, entities: found?.entities ?? held.entities, spend };
    const change = found?.change ?? null;
    return {
      hash: bodyHash,
      spendHash,
      builtAt,
      body: change,
      isWhole: held === NOTHING,
      spend: {
        ingestedThrough: spend.ingestedThrough,
        ...(spend.verifiedThrough ? { verifiedThrough: spend.verifiedThrough } : {}),
        ...spendChange(held.spend, spend, change),
      },
    };
  }

  /** The change is in use: the next one starts from here. */
  taken(): void {
    this.#held = this.#next;
  }

  #bodyChange(bodyText: string): { change: BodyChange; entities: Held['entities'] } {
    const members = read('body', () => memberTexts(bodyText));
    const rest: Record<string, unknown> = {};
    for (const [name, text] of members) if (!(name in PARTS)) rest[name] = read(name, () => JSON.parse(text));
    const { keys, accounts, mediaBaseUrl } = checked(Rest, 'body', rest);
    const entities = {} as Record<EntityKind, Map<string, string>>;
    const changed: Record<EntityKind, unknown[]> = { lineItems: [], creatives: [], placements: [] };
    const removed: Record<EntityKind, string[]> = { lineItems: [], creatives: [], placements: [] };
    for (const kind of ENTITY_KINDS) {
      const before = this.#held.entities[kind];
      const after = new Map<string, string>();
      const texts = read(kind, () => elementTexts(members.get(kind) ?? ''));
      texts.forEach((text, position) => {
        const where = `${kind}[${position}]`;
        const id = BEGINS_WITH_ID.exec(text)?.[1] ?? String(read(where, () => JSON.parse(text).id));
        const digest = hash('sha1', text, 'base64');
        after.set(id, digest);
        if (before.get(id) !== digest)
          changed[kind].push(
            checked<unknown>(
              PARTS[kind],
              where,
              read(where, () => JSON.parse(text)),
            ),
          );
      });
      for (const id of before.keys()) if (!after.has(id)) removed[kind].push(id);
      entities[kind] = after;
    }
    const change = { keys, accounts, mediaBaseUrl, ...changed, removed } as unknown as BodyChange;
    return { change, entities };
  }
}

/** As the encoder writes it: a part need not be read to know whose it is. */
const BEGINS_WITH_ID = /^\{"id":"([A-Za-z0-9_-]{1,64})"/;

function read<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new BodyPartError(`snapshot is not readable: ${where}: ${(error as Error).message}`);
  }
}

function checked<T>(schema: z.ZodType<T>, where: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BodyPartError(`snapshot is not readable: ${where}: ${z.prettifyError(result.error)}`);
}

/** Counters that moved, and those of everything that is new or other, for its pots are made anew. */
function spendChange(before: SpendStatement, after: SpendStatement, body: BodyChange | null) {
  const lineItemIds = new Set<string>();
  const flightIds = new Set<string>();
  for (const item of body?.lineItems ?? []) {
    lineItemIds.add(item.id);
    for (const flight of item.flights) flightIds.add(flight.id);
  }
  for (const [id, micros] of Object.entries(after.lineItems))
    if (before.lineItems[id] !== micros) lineItemIds.add(id);
  for (const id of Object.keys(before.lineItems)) if (!(id in after.lineItems)) lineItemIds.add(id);
  for (const [id, [micros, impressions]] of Object.entries(after.flights)) {
    const known = before.flights[id];
    if (known?.[0] !== micros || known[1] !== impressions) flightIds.add(id);
  }
  for (const id of Object.keys(before.flights)) if (!(id in after.flights)) flightIds.add(id);
  return {
    lineItems: [...lineItemIds].map((id) => [id, after.lineItems[id] ?? 0] as const),
    flights: [...flightIds].map((id) => [id, ...(after.flights[id] ?? ([0, 0] as const))] as const),
  };
}
