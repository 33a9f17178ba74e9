import { fitToVersion } from './fit.ts';
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

/** A compiled document: fills its slots. Throws TypeError when a value is missing. */
export interface VastTemplate {
  (values: SlotValues): string;
  /** Slot names, each once, in order of first use. */
  readonly slots: readonly string[];
  /** What the version could not carry, as `serializeVast` reports it. */
  readonly dropped: readonly string[];
}

/** A compiled `<Ad>`: fills its slots and, for a pod, its sequence number. Join with `joinAds`. */
export interface AdTemplate {
  (values: SlotValues, sequence?: number): string;
  readonly slots: readonly string[];
  readonly dropped: readonly string[];
}

/** Compiles a document once for any number of fills. Slots that the version drops are not among `slots`. */
export function compileVast(
  document: VastDocument,
  options: Pick<SerializeOptions, 'version'> = {},
): VastTemplate {
  const version = options.version ?? document.version;
  const { tree, dropped } = fitToVersion(documentToTree(document, version), version);
  const { fill, slots } = compileText(XML_DECLARATION + writeXml(tree, { slots: true }));
  return Object.assign((values: SlotValues) => fill(values), { slots, dropped });
}

/**
 * Compiles one ad for `joinAds`. The ad's own `sequence` is not used: where it stands is known only when a
 * pod is put together. In 2.0, which has no pods, the sequence is not written.
 */
export function compileAd(ad: Ad, options: { readonly version: VastVersion }): AdTemplate {
  const { version } = options;
  const { sequence: _unused, ...rest } = ad;
  const { tree, dropped } = fitToVersion(adToTree(rest as Ad, version), version);
  const xml = writeXml(tree, { slots: true, path: 'VAST/Ad' });
  const { fill, slots } = compileText(xml.slice('<Ad'.length));
  const pods = version !== '2.0';
  return Object.assign(
    (values: SlotValues, sequence?: number) => {
      const body = fill(values);
      return sequence === undefined || !pods
        ? `<Ad${body}`
        : `<Ad sequence="${podPosition(sequence)}"${body}`;
    },
    { slots, dropped },
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

function compileText(xml: string): { fill: (values: SlotValues) => string; slots: readonly string[] } {
  const pieces = xml.split(SLOT_MARK);
  const first = pieces[0] as string;
  const names = pieces.filter((_, index) => index % 2 === 1);
  const texts = pieces.filter((_, index) => index % 2 === 0).slice(1);
  const count = names.length;
  const fill = (values: SlotValues): string => {
    let out = first;
    for (let index = 0; index < count; index++) {
      const value = values[names[index] as string];
      if (value === undefined) throw new TypeError(`no value was given for the slot "${names[index]}"`);
      out += value + texts[index];
    }
    return out;
  };
  return { fill, slots: [...new Set(names)] };
}
