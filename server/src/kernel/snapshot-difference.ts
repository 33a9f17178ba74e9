/** What takes one body of a snapshot to a later one, so that an edit costs what was edited and not what there is. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  type BodyParts,
  BodyRest,
  ENTITY_KINDS,
  type EntityKind,
  PartsSum,
  partDigest,
  perKind,
} from './snapshot-parts.ts';
import type { SnapshotBody, SnapshotHeader } from './snapshot-shapes.ts';

type Rest = z.infer<typeof BodyRest>;

/** From one body to the next. */
interface Step {
  readonly from: string;
  readonly put: Readonly<Record<EntityKind, ReadonlyMap<string, string>>>;
  readonly gone: Readonly<Record<EntityKind, readonly string[]>>;
  readonly characters: number;
}

const MOST_STEPS = 200;
/** A difference that is no smaller than this share of a body is not worth having. */
const WORTH = 0.5;

/** Remembers how the last bodies became the newest one. */
export class SnapshotSteps {
  #hash = '';
  #rest: Rest | null = null;
  #parts: BodyParts = perKind(() => new Map());
  #contents = new PartsSum();
  #steps: Step[] = [];
  /** Of all entities of the newest body. */
  #characters = 0;
  /** Lines that were written already, by the body they start from: many nodes ask for the same. */
  readonly #written = new Map<string, string | null>();
  readonly #worth: number;

  /** @param worth the largest share of a body that a difference may be */
  constructor(worth = WORTH) {
    this.#worth = worth;
  }

  /** Goes on to another body; `hash` is that of its line. */
  follow(hash: string, body: SnapshotBody, parts: BodyParts): void {
    if (hash === this.#hash) return;
    const put = perKind(() => new Map<string, string>());
    const gone = perKind(() => [] as string[]);
    let characters = 0;
    let all = 0;
    for (const kind of ENTITY_KINDS) {
      const held = this.#parts[kind];
      for (const [id, text] of parts[kind]) {
        all += text.length;
        const before = held.get(id);
        // Texts are compared, which costs a tenth of a digest: hardly any is another.
        if (before === text) continue;
        if (before !== undefined) this.#contents.toggle(partDigest(kind, before));
        this.#contents.toggle(partDigest(kind, text));
        put[kind].set(id, text);
        characters += text.length;
      }
      for (const [id, text] of held) {
        if (parts[kind].has(id)) continue;
        this.#contents.toggle(partDigest(kind, text));
        gone[kind].push(id);
      }
    }
    this.#parts = parts;
    this.#steps.push({ from: this.#hash, put, gone, characters });
    this.#characters = all;
    this.#forget();
    this.#hash = hash;
    this.#rest = BodyRest.parse(body);
    this.#written.clear();
  }

  /**
   * The snapshot's file with a difference in place of its body, for who holds the body `from`; null when what led from
   * there is not known any more, or would not be much shorter.
   */
  fileFrom(from: string, snapshot: { header: SnapshotHeader; text: string }): string | null {
    if (snapshot.header.hash !== this.#hash) return null;
    let line = this.#written.get(from);
    if (line === undefined) {
      line = this.#lineFrom(from);
      this.#written.set(from, line);
    }
    if (line === null || line.length > snapshot.text.length * this.#worth) return null;
    const differenceHash = createHash('sha256').update(line).digest('hex');
    const spendAt = snapshot.text.lastIndexOf('\n', snapshot.text.length - 2);
    return `${JSON.stringify({ ...snapshot.header, differenceHash })}\n${line}${snapshot.text.slice(spendAt)}`;
  }

  #lineFrom(from: string): string | null {
    const first = this.#steps.findIndex((step) => step.from === from);
    if (first < 0 || from === '') return null;
    const put = perKind(() => new Map<string, string>());
    const gone = perKind(() => new Set<string>());
    for (const step of this.#steps.slice(first))
      for (const kind of ENTITY_KINDS) {
        for (const [id, text] of step.put[kind]) {
          put[kind].set(id, text);
          gone[kind].delete(id);
        }
        for (const id of step.gone[kind]) {
          put[kind].delete(id);
          gone[kind].add(id);
        }
      }
    const lists = ENTITY_KINDS.map(
      (kind) =>
        `"${kind}":{"put":[${[...put[kind].values()].join()}],"gone":${JSON.stringify([...gone[kind]])}}`,
    );
    const rest = JSON.stringify({ from, contents: this.#contents.toString(), rest: this.#rest });
    return `${rest.slice(0, -1)},${lists.join()}}`;
  }

  /** Steps that together are not worth having any more, the oldest first. */
  #forget(): void {
    let characters = 0;
    let first = this.#steps.length;
    while (first > 0 && this.#steps.length - first < MOST_STEPS) {
      characters += this.#steps[first - 1]!.characters;
      if (characters > this.#characters * this.#worth) break;
      first--;
    }
    this.#steps = this.#steps.slice(first);
  }
}
