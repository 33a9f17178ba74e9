import { z } from 'zod';
import {
  BodyRest,
  ENTITY_KINDS,
  type EntityKind,
  PartsSum,
  partDigest,
  perKind,
  SnapshotCreative,
  type SnapshotHeader,
  SnapshotLineItem,
  SnapshotPlacement,
  type SpendStatement,
} from '../../../kernel/delivery-protocol.ts';
import { elementTexts, memberTexts } from './entity-texts.ts';
import type { BodyChange, NodeChange } from './node-change.ts';

const PARTS = { lineItems: SnapshotLineItem, creatives: SnapshotCreative, placements: SnapshotPlacement };

/** A part of a body that the schema refuses; the message says which and why. */
export class BodyPartError extends Error {}

interface Held {
  readonly hash: string;
  readonly builtAt: string;
  /** Digest of each, by id. */
  readonly entities: Readonly<Record<EntityKind, ReadonlyMap<string, string>>>;
  readonly contents: PartsSum;
  readonly spend: SpendStatement;
}

const NOTHING: Held = {
  hash: '',
  builtAt: '',
  entities: perKind(() => new Map()),
  contents: new PartsSum(),
  spend: { ingestedThrough: {}, lineItems: {}, flights: {} },
};

/**
 * Finds what a snapshot changes. Of what is held it remembers a digest of each line item, creative and placement; only
 * those whose text is another are checked against the schema and handed on.
 */
export class SnapshotDiffer {
  #held: Held = NOTHING;
  #coming: Held = NOTHING;

  /** Hash of the body that is held; empty for none. */
  get bodyHash(): string {
    return this.#held.hash;
  }

  get builtAt(): string {
    return this.#held.builtAt;
  }

  get spend(): SpendStatement {
    return this.#held.spend;
  }

  /**
   * What takes the held snapshot to this one; call {@link taken} once that has happened.
   *
   * @param bodyText not read yet; null when it is the one that is held
   * @throws BodyPartError for a part that breaks the schema
   */
  change(header: Header, bodyText: string | null, spend: SpendStatement): NodeChange {
    const isSame = bodyText === null || header.hash === this.#held.hash;
    return this.#next(header, isSame ? null : this.#bodyChange(bodyText), spend);
  }

  /**
   * The same of a body that came as what takes an earlier one to it.
   *
   * @throws BodyPartError for a part that breaks the schema, and when it does not lead from what is held to what it names
   */
  difference(header: Header, text: string, spend: SpendStatement): NodeChange {
    return this.#next(header, this.#applied(text), spend);
  }

  #next(header: Header, found: Found | null, spend: SpendStatement): NodeChange {
    const held = this.#held;
    const { hash, spendHash, builtAt } = header;
    const { entities, contents } = found ?? held;
    this.#coming = { hash, builtAt, entities, contents, spend };
    const change = found?.change ?? null;
    return {
      hash,
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
    this.#held = this.#coming;
  }

  #bodyChange(bodyText: string): Found {
    const members = read('body', () => memberTexts(bodyText));
    const rest: Record<string, unknown> = {};
    for (const [name, text] of members) if (!(name in PARTS)) rest[name] = read(name, () => JSON.parse(text));
    const entities = perKind(() => new Map<string, string>());
    const contents = new PartsSum();
    const changed = perKind(() => [] as unknown[]);
    const removed = perKind(() => [] as string[]);
    for (const kind of ENTITY_KINDS) {
      const before = this.#held.entities[kind];
      const after = entities[kind];
      for (const part of partsOf(kind, members.get(kind) ?? '')) {
        after.set(part.id, part.digest);
        contents.toggle(part.digest);
        if (before.get(part.id) !== part.digest) changed[kind].push(part.read());
      }
      for (const id of before.keys()) if (!after.has(id)) removed[kind].push(id);
    }
    return { change: changeOf(rest, changed, removed), entities, contents };
  }

  #applied(text: string): Found {
    const members = read('difference', () => memberTexts(text));
    const member = (name: string) => read(name, () => JSON.parse(members.get(name) ?? 'null') as unknown);
    const from = member('from');
    if (from !== this.#held.hash)
      throw new BodyPartError(`the difference leads from ${from}, and ${this.#held.hash} is held`);
    const entities = perKind((kind) => new Map(this.#held.entities[kind]));
    const contents = new PartsSum(this.#held.contents);
    const changed = perKind(() => [] as unknown[]);
    const removed = perKind(() => [] as string[]);
    for (const kind of ENTITY_KINDS) {
      const list = read(kind, () => memberTexts(members.get(kind) ?? ''));
      const held = entities[kind];
      const drop = (id: string): boolean => {
        const digest = held.get(id);
        if (digest === undefined) return false;
        contents.toggle(digest);
        return held.delete(id);
      };
      for (const id of checked(
        Ids,
        kind,
        read(kind, () => JSON.parse(list.get('gone') ?? '')),
      ))
        if (drop(id)) removed[kind].push(id);
      for (const part of partsOf(kind, list.get('put') ?? '')) {
        if (held.get(part.id) === part.digest) continue;
        drop(part.id);
        held.set(part.id, part.digest);
        contents.toggle(part.digest);
        changed[kind].push(part.read());
      }
    }
    if (String(contents) !== member('contents'))
      throw new BodyPartError('the difference does not lead to the body that it names');
    return { change: changeOf(member('rest'), changed, removed), entities, contents };
  }
}

type Header = Pick<SnapshotHeader, 'hash' | 'spendHash' | 'builtAt'>;
type Found = Pick<Held, 'entities' | 'contents'> & { readonly change: BodyChange };

const Ids = z.array(z.string());

function changeOf(
  rest: unknown,
  changed: Record<EntityKind, unknown[]>,
  removed: Record<EntityKind, string[]>,
): BodyChange {
  const { keys, accounts, mediaBaseUrl } = checked(BodyRest, 'body', rest);
  return { keys, accounts, mediaBaseUrl, ...changed, removed } as unknown as BodyChange;
}

/** The entities of a list's text; `read` parses one and checks it against the schema. */
function* partsOf(kind: EntityKind, list: string) {
  const texts = read(kind, () => elementTexts(list));
  for (const [position, text] of texts.entries()) {
    const where = `${kind}[${position}]`;
    const parsed = () => read(where, () => JSON.parse(text));
    yield {
      id: BEGINS_WITH_ID.exec(text)?.[1] ?? String(parsed().id),
      digest: partDigest(kind, text),
      read: () => checked<unknown>(PARTS[kind], where, parsed()),
    };
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
