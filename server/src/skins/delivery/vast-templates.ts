import { type Ad, type AdTemplate, compileAd, emptyVast, joinAds, type VastDocument } from '@cuepoint/vast';
import {
  type ServedVastVersion,
  type SnapshotCreative,
  TRACKING_EVENTS,
  VAST_SLOTS,
} from '../../kernel/delivery-protocol.ts';
import { type AnswerMacros, FILLED_MACROS, macrosOfAd } from './faces/server-macros.ts';

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

/** What differs from one serving of a creative to the next. */
export interface AdValues {
  readonly decisionId: string;
  /** Addresses in the order of TRACKING_EVENTS, the click last. */
  readonly urls: readonly string[];
  /** Place in a break, from 1; undefined for an ad that stands alone. */
  readonly sequence: number | undefined;
  /** For macros in addresses that are not ours. */
  readonly macros: AnswerMacros;
}

interface Compiled {
  readonly template: AdTemplate;
  /** Nothing in the fixed text needs more than one byte a character; ids and addresses never do. */
  readonly isAscii: boolean;
  /** By slot of the template: which of the addresses goes there, or AD_ID, or AD_SERVING_ID. */
  readonly order: readonly number[];
}

const AD_ID = -1;
const AD_SERVING_ID = -2;

/** A piece of a document, and whether every character of it is one byte. */
export interface Piece {
  readonly xml: string;
  readonly isAscii: boolean;
}

/** Compiled VAST: each creative and version is compiled at its first use, once for as long as the creative stays. */
export class VastTemplates {
  readonly #compiled = new WeakMap<
    SnapshotCreative,
    Partial<Record<ServedVastVersion, Compiled | CreativeUnservableError>>
  >();

  /**
   * The `<Ad>` of one serving. Throws CreativeUnservableError when the document cannot be compiled, holds another number
   * of ads than one, or asks for a slot that is not ours.
   */
  fill(creative: SnapshotCreative, version: ServedVastVersion, ad: AdValues): Piece {
    let versions = this.#compiled.get(creative);
    if (!versions) {
      versions = {};
      this.#compiled.set(creative, versions);
    }
    const compiled = versions[version] ?? compile(creative, version);
    versions[version] = compiled;
    if (compiled instanceof CreativeUnservableError) throw compiled;
    const { template, isAscii, order } = compiled;
    const values: string[] = [];
    for (let at = 0; at < order.length; at++) {
      const place = order[at]!;
      values.push(place === AD_ID ? creative.id : place === AD_SERVING_ID ? ad.decisionId : ad.urls[place]!);
    }
    const macros =
      template.macros.length === 0
        ? undefined
        : macrosOfAd(template.macros, ad.macros, creative, ad.decisionId, ad.sequence);
    return { xml: template.fillInOrder(values, ad.sequence, macros), isAscii };
  }
}

function compile(creative: SnapshotCreative, version: ServedVastVersion): Compiled | CreativeUnservableError {
  try {
    const { ads } = creative.vast as unknown as VastDocument;
    if (ads.length !== 1) throw new Error(`the document holds ${ads.length} ads instead of one`);
    const template = compileAd(ads[0] as Ad, { version, serverMacros: FILLED_MACROS });
    const strange = template.slots.filter((name) => !KNOWN_SLOTS.has(name));
    if (strange.length === 0) {
      const fixed = template(Object.fromEntries(template.slots.map((name) => [name, ''])));
      const order = template.slots.map((name) =>
        name === VAST_SLOTS.adId
          ? AD_ID
          : name === VAST_SLOTS.adServingId
            ? AD_SERVING_ID
            : TRACKING_SLOTS.indexOf(name),
      );
      return { template, isAscii: Buffer.byteLength(fixed) === fixed.length, order };
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

/** A whole document of ads in the order given. */
export function documentOf(version: ServedVastVersion, ads: readonly Piece[]): Piece {
  return {
    xml: joinAds(
      version,
      ads.map((ad) => ad.xml),
    ),
    isAscii: ads.every((ad) => ad.isAscii),
  };
}

/** The valid answer without an ad; `errorUrl` is told of it, in versions that have a place for that. */
export function emptyDocument(version: ServedVastVersion, errorUrl: string): Piece {
  return { xml: emptyVast(version, errorUrl), isAscii: true };
}
