import { compileVast, emptyVast, type VastDocument, type VastTemplate } from '@cuepoint/vast';
import {
  type ServedVastVersion,
  type SnapshotCreative,
  TRACKING_EVENTS,
  VAST_SLOTS,
} from '../../kernel/delivery-protocol.ts';

const TRACKING_SLOTS = TRACKING_EVENTS.map((event) =>
  event === 'click' ? VAST_SLOTS.clickThrough : VAST_SLOTS.tracking[event],
);
const KNOWN_SLOTS: ReadonlySet<string> = new Set([
  VAST_SLOTS.adId,
  VAST_SLOTS.adServingId,
  ...TRACKING_SLOTS,
]);

/** The creative's document cannot be served; the message says why. */
export class CreativeUnservableError extends Error {}

interface Compiled {
  readonly template: VastTemplate;
  /** Nothing in the fixed text needs more than one byte a character; ids and addresses never do. */
  readonly isAscii: boolean;
}

/** Compiled VAST of one snapshot's creatives: each creative and version is compiled at its first use, once. */
export class VastTemplates {
  readonly #compiled = new Map<string, Compiled | CreativeUnservableError>();

  /**
   * The document of one decision. `urls` are the tracking addresses in the order of TRACKING_EVENTS, the click last.
   * Throws CreativeUnservableError when the document cannot be compiled or asks for a slot that is not ours.
   */
  fill(
    creative: SnapshotCreative,
    version: ServedVastVersion,
    decisionId: string,
    urls: readonly string[],
  ): { vast: string; isAscii: boolean } {
    const key = `${version} ${creative.id}`;
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      compiled = compile(creative, version);
      this.#compiled.set(key, compiled);
    }
    if (compiled instanceof CreativeUnservableError) throw compiled;
    const values: Record<string, string> = {
      [VAST_SLOTS.adId]: creative.id,
      [VAST_SLOTS.adServingId]: decisionId,
    };
    for (let event = 0; event < urls.length; event++) values[TRACKING_SLOTS[event]!] = urls[event]!;
    return { vast: compiled.template(values), isAscii: compiled.isAscii };
  }
}

function compile(creative: SnapshotCreative, version: ServedVastVersion): Compiled | CreativeUnservableError {
  try {
    const template = compileVast(creative.vast as unknown as VastDocument, { version });
    const strange = template.slots.filter((name) => !KNOWN_SLOTS.has(name));
    if (strange.length === 0) {
      const fixed = template(Object.fromEntries(template.slots.map((name) => [name, ''])));
      return { template, isAscii: Buffer.byteLength(fixed) === fixed.length };
    }
    return new CreativeUnservableError(
      `creative ${creative.id} asks for unknown slots ${strange.join(', ')}`,
    );
  } catch (error) {
    return new CreativeUnservableError(
      `creative ${creative.id} does not compile to VAST ${version}: ${error}`,
    );
  }
}

const EMPTY = new Map<ServedVastVersion, string>();

/** The valid answer without an ad. */
export function emptyDocument(version: ServedVastVersion): string {
  let text = EMPTY.get(version);
  if (text === undefined) {
    text = emptyVast(version);
    EMPTY.set(version, text);
  }
  return text;
}
