/** A snapshot's body in parts: the lists that can be long, entity by entity, as texts that are told apart by digests. */
import { hash } from 'node:crypto';
import { SnapshotBody } from './snapshot-shapes.ts';

export type EntityKind = 'lineItems' | 'creatives' | 'placements';
export const ENTITY_KINDS: readonly EntityKind[] = ['lineItems', 'creatives', 'placements'];

/** Text of every entity, by id. */
export type BodyParts = Readonly<Record<EntityKind, ReadonlyMap<string, string>>>;

/** One of something for each kind. */
export function perKind<T>(make: (kind: EntityKind) => T): Record<EntityKind, T> {
  return {
    lineItems: make('lineItems'),
    creatives: make('creatives'),
    placements: make('placements'),
  };
}

/** What is no list of entities: keys, accounts and the address of media files. */
export const BodyRest = SnapshotBody.omit({ lineItems: true, creatives: true, placements: true });

/** The body's line as `JSON.stringify` writes it, and what it is made of. @throws ZodError for a part that breaks the schema */
export function encodeBody(body: SnapshotBody): { line: string; parts: BodyParts } {
  const whole = SnapshotBody.parse(body);
  const texts = perKind((kind) => whole[kind].map((entity) => JSON.stringify(entity)));
  const parts = perKind((kind) => new Map(whole[kind].map(({ id }, at) => [id, texts[kind][at]!])));
  const members = Object.entries(whole)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `"${name}":${name in texts ? `[${texts[name as EntityKind].join()}]` : JSON.stringify(value)}`,
    );
  return { line: `{${members.join()}}`, parts };
}

/** SHA-256 of an entity's text, a character for each of its 32 bytes. */
export const partDigest = (kind: EntityKind, text: string): string =>
  hash('sha256', `${kind} ${text}`, 'binary');

const DIGEST_BYTES = 32;

/**
 * What a body holds in one number, that follows every entity that comes or goes without reading the others: the digests
 * of all entities, added up bit by bit (XOR). It shows that two sides have lost step, and not that one of them lies.
 */
export class PartsSum {
  readonly #bytes: Uint8Array;

  constructor(start?: PartsSum) {
    this.#bytes = start === undefined ? new Uint8Array(DIGEST_BYTES) : start.#bytes.slice();
  }

  /** Puts an entity in, or takes it out. */
  toggle(digest: string): void {
    for (let at = 0; at < DIGEST_BYTES; at++) this.#bytes[at]! ^= digest.charCodeAt(at);
  }

  toString(): string {
    return Buffer.from(this.#bytes).toString('hex');
  }
}
