import { fitToVersion } from './fit.ts';
import { openMacros } from './macro-slots.ts';
import { MACRO_UNKNOWN } from './macros.ts';
import type { Ad, VastDocument } from './model.ts';
import { type SerializeOptions, XML_DECLARATION } from './serialize.ts';
import { adToTree, documentToTree, rootAttributes } from './to-tree.ts';
import type { VastVersion } from './version.ts';
import { element, type XmlElement } from './xml/element.ts';
import { SLOT_MARK } from './xml/slots.ts';
import { escapeXml, writeXml } from './xml/write.ts';

/*
 * Serving an ad changes a handful of URLs in a document that is otherwise the same for every request. A
 * template does the model, the ordering and the escaping once; a request costs one string concatenation.
 */

/** Text that stands for a value filled in per request; use it in any text or URL of a document. */
export function slot(name: string): string {
  if (!/^[\w.-]+$/.test(name)) {
    throw new TypeError(`a slot name has letters, digits, "_", "." and "-" only, not "${name}"`);
  }
  return SLOT_MARK + name + SLOT_MARK;
}

/** Values by slot name. Each must already be XML-escaped (`escapeXml`); a URL without "&" needs nothing. */
export type SlotValues = Readonly<Record<string, string>>;

/**
 * Values by macro name, already encoded: from `outgoingMacros` or `encodeMacros`, made once per request for all its ads.
 */
export type MacroSlotValues = Readonly<Record<string, string>>;

/** What to make of macros that the server fills. */
export interface MacroOptions {
  /**
   * Macros filled per request wherever a URL of the document has them, such as SERVER_MACROS; none when absent. All
   * others stay for the player.
   */
  readonly serverMacros?: readonly string[];
  /**
   * What becomes of such a macro without a value: `keep` leaves it for the player that calls the URL (the default),
   * `unknown` writes -1 (right for a server that calls the URLs itself).
   */
  readonly missing?: 'keep' | 'unknown';
}

/** A compiled document: fills its slots and macros. Throws TypeError when the value of a slot is missing. */
export interface VastTemplate {
  (values: SlotValues, macros?: MacroSlotValues): string;
  /** Slot names, each once, in order of first use. */
  readonly slots: readonly string[];
  /** Names of the macros it fills, each once, in order of first use. */
  readonly macros: readonly string[];
  /** What the version could not carry, as `serializeVast` reports it. */
  readonly dropped: readonly string[];
}

/** A compiled `<Ad>`: fills its slots, its macros and, for a pod, its sequence number. Join with `joinAds`. */
export interface AdTemplate {
  (values: SlotValues, sequence?: number, macros?: MacroSlotValues): string;
  readonly slots: readonly string[];
  readonly macros: readonly string[];
  readonly dropped: readonly string[];
  /**
   * The same with the values in the order of `slots`: what serves many ads a second need not look names up.
   */
  fillInOrder(values: readonly string[], sequence?: number, macros?: MacroSlotValues): string;
}

/** Compiles a document once for any number of fills. Slots that the version drops are not among `slots`. */
export function compileVast(
  document: VastDocument,
  options: Pick<SerializeOptions, 'version'> & MacroOptions = {},
): VastTemplate {
  const version = options.version ?? document.version;
  const { tree, dropped } = fitToVersion(documentToTree(document, version), version);
  const opened = openMacros(tree, options.serverMacros ?? []);
  const { fill, slots, macros } = compileText(XML_DECLARATION + writeXml(opened, { slots: true }), options);
  return Object.assign((values: SlotValues, given?: MacroSlotValues) => fill(values, given), {
    slots,
    macros,
    dropped,
  });
}

/**
 * Compiles one ad for `joinAds`. The ad's own `sequence` is not used: where it stands is known only when a
 * pod is put together. In 2.0, which has no pods, the sequence is not written.
 */
export function compileAd(ad: Ad, options: { readonly version: VastVersion } & MacroOptions): AdTemplate {
  const { version } = options;
  const { sequence: _unused, ...rest } = ad;
  const { tree, dropped } = fitToVersion(adToTree(rest as Ad, version), version);
  const opened = openMacros(tree, options.serverMacros ?? []);
  const xml = writeXml(opened, { slots: true, path: 'VAST/Ad' });
  const { fill, fillInOrder, slots, macros } = compileText(xml.slice('<Ad'.length), options);
  const pods = version !== '2.0';
  const open = (sequence: number | undefined) =>
    sequence === undefined || !pods ? '<Ad' : `<Ad sequence="${podPosition(sequence)}"`;
  return Object.assign(
    (values: SlotValues, sequence?: number, given?: MacroSlotValues) => open(sequence) + fill(values, given),
    {
      slots,
      macros,
      dropped,
      fillInOrder: (values: readonly string[], sequence?: number, given?: MacroSlotValues) =>
        open(sequence) + fillInOrder(values, given),
    },
  );
}

/** A whole response from ads of `compileAd` (or any serialised `<Ad>`), in the order given. */
export function joinAds(version: VastVersion, ads: readonly string[]): string {
  const { head, tail } = frame(version);
  if (ads.length === 1) return head + (ads[0] as string) + tail;
  return head + ads.join('') + tail;
}

/**
 * A valid response without an ad. Error URLs are what a player calls then; 2.0 has no place for them and
 * leaves them out.
 */
export function emptyVast(version: VastVersion, errorUrl?: string | readonly string[]): string {
  const urls = errorUrl === undefined ? [] : typeof errorUrl === 'string' ? [errorUrl] : errorUrl;
  if (version === '2.0' || urls.length === 0) return `${XML_DECLARATION}${open(version, '/>')}`;
  const { head, tail } = frame(version);
  return head + urls.map((url) => writeXml(element('Error', {}, [url]))).join('') + tail;
}

function podPosition(sequence: number): number {
  if (Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw new RangeError(`a pod position is a whole number from 1, not ${sequence}`);
}

interface Frame {
  readonly head: string;
  readonly tail: string;
}

const frames = new Map<VastVersion, Frame>();

function frame(version: VastVersion): Frame {
  let found = frames.get(version);
  if (!found) {
    found = { head: XML_DECLARATION + open(version, '>'), tail: '</VAST>' };
    frames.set(version, found);
  }
  return found;
}

function open(version: VastVersion, end: string): string {
  const root: XmlElement = element('VAST', rootAttributes(version));
  const attributes = Object.entries(root.attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  return `<VAST${attributes.join('')}${end}`;
}

interface CompiledText {
  readonly fill: (values: SlotValues, macros?: MacroSlotValues) => string;
  /** Values in the order of `slots`. */
  readonly fillInOrder: (values: readonly string[], macros?: MacroSlotValues) => string;
  readonly slots: readonly string[];
  readonly macros: readonly string[];
}

function compileText(xml: string, { missing = 'keep' }: MacroOptions): CompiledText {
  const pieces = xml.split(SLOT_MARK);
  const first = pieces[0] as string;
  const names = pieces.filter((_, index) => index % 2 === 1);
  const texts = pieces.filter((_, index) => index % 2 === 0).slice(1);
  const count = names.length;
  // Empty for a slot of the caller's, whose names have no bracket.
  const macroNames = names.map(
    (name) => /^(?:\[|%5B)([\w-]+)(?:\]|%5D)$/i.exec(name)?.[1]?.toUpperCase() ?? '',
  );
  const fallbacks = names.map((name) => (missing === 'unknown' ? MACRO_UNKNOWN : name));
  const slots = [...new Set(names.filter((_, index) => macroNames[index] === ''))];
  /** By place in the text, which value goes there; -1 for a macro. */
  const places = names.map((name, index) => (macroNames[index] === '' ? slots.indexOf(name) : -1));
  const fillInOrder = (values: readonly string[], macros: MacroSlotValues = NO_MACROS): string => {
    let out = first;
    for (let index = 0; index < count; index++) {
      const place = places[index] as number;
      const value = place >= 0 ? values[place] : (macros[macroNames[index] as string] ?? fallbacks[index]);
      if (value === undefined) throw new TypeError(`no value was given for the slot "${names[index]}"`);
      out = out + value + (texts[index] as string);
    }
    return out;
  };
  return {
    fill: (values, macros) => {
      const inOrder = slots.map((name) => values[name] as string);
      return fillInOrder(inOrder, macros);
    },
    fillInOrder,
    slots,
    macros: [...new Set(macroNames.filter((name) => name !== ''))],
  };
}

const NO_MACROS: MacroSlotValues = {};
