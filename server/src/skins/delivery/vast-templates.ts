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

/** Compiled VAST of one snapshot's creatives: each creative and version is compiled at its first use, once. */
export class VastTemplates {
  readonly #compiled = new Map<string, VastTemplate | CreativeUnservableError>();

  /**
   * The document of one decision. `urls` are the tracking addresses in the order of TRACKING_EVENTS, the click last.
   * Throws CreativeUnservableError when the document cannot be compiled or asks for a slot that is not ours.
   */
  fill(
    creative: SnapshotCreative,
    version: ServedVastVersion,
    decisionId: string,
    urls: readonly string[],
  ): string {
    const key = `${version} ${creative.id}`;
    let template = this.#compiled.get(key);
    if (!template) {
      template = compile(creative, version);
      this.#compiled.set(key, template);
    }
    if (template instanceof CreativeUnservableError) throw template;
    const values: Record<string, string> = {
      [VAST_SLOTS.adId]: creative.id,
      [VAST_SLOTS.adServingId]: decisionId,
    };
    for (let event = 0; event < urls.length; event++) values[TRACKING_SLOTS[event]!] = urls[event]!;
    return template(values);
  }
}

function compile(
  creative: SnapshotCreative,
  version: ServedVastVersion,
): VastTemplate | CreativeUnservableError {
  try {
    const template = compileVast(creative.vast as unknown as VastDocument, { version });
    const strange = template.slots.filter((name) => !KNOWN_SLOTS.has(name));
    if (strange.length === 0) return template;
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
