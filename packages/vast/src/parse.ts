import { VAST_PARSE_FAILED, VAST_VERSION_MISMATCH } from './codes.ts';
import type { Ad, Extension, VastDocument } from './model.ts';
import { readAd } from './read-ad.ts';
import { type ParseNote, said, TreeReader } from './tree-reader.ts';
import { readVastVersion, VAST_VERSIONS, type VastVersion } from './version.ts';
import { localName, type XmlElement, type XmlNode } from './xml/element.ts';
import { readXml, type XmlLimits, type XmlProblem } from './xml/read.ts';

/** How to parse. */
export interface ParseOptions {
  /** Versions the caller can handle; any known one when absent. */
  readonly accept?: readonly VastVersion[];
  /** Bounds on the XML, each defaulting to DEFAULT_XML_LIMITS. */
  readonly limits?: Partial<XmlLimits>;
}

/** A document as refused: a stable code, a message for people, and the VAST error code to report. */
export interface VastRefusal {
  readonly ok: false;
  readonly code: typeof VAST_PARSE_FAILED | typeof VAST_VERSION_MISMATCH;
  readonly message: string;
  /** 100 not XML, 101 not VAST, 102 not a supported version (VAST 4.2, section 2.3.6.3). */
  readonly errorCode: 100 | 101 | 102;
  /** Place of an XML problem, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A document, with notes on everything in it that the model has no place for. */
export interface ParsedVast {
  readonly ok: true;
  readonly document: VastDocument;
  readonly notes: readonly ParseNote[];
}

export type ParseResult = ParsedVast | VastRefusal;

/**
 * Reads a VAST document of any version from 2.0 to 4.3. Refuses what is not XML, not VAST, or not of an accepted
 * version; inside a document it is lenient and notes what it leaves out, since a player must show what
 * it can. Whether the document is any good is for `lintVast` to say.
 */
export function parseVast(xml: string, options: ParseOptions = {}): ParseResult {
  const root = readVastRoot(xml, options);
  if (!root.ok) return root;
  const notes: ParseNote[] = [];
  const context = { version: root.version, notes, prefixes: {} };
  return { ok: true, document: readDocument(new TreeReader(root.tree, root.tree.name, context)), notes };
}

/** The document below a `VAST` element, whose version stands in the reader's context. */
export function readDocument(reader: TreeReader): VastDocument {
  reader.attribute('version');
  const ads = reader.children('Ad').flatMap((child): Ad[] => {
    const ad = readAd(child);
    return ad ? [ad] : [];
  });
  const { version } = reader.context;
  const document = said<VastDocument>({ version, ads, errorUrls: reader.urls('Error') });
  reader.done();
  return { ...document, ads: document.ads ?? [] };
}

/** The root element and version of a text, before anything else is read. */
export function readVastRoot(xml: string, options: ParseOptions = {}): VastRoot | VastRefusal {
  const read = readXml(xml, options.limits);
  if (!read.ok) {
    const { message, line, column } = read.problem;
    return {
      ok: false,
      code: VAST_PARSE_FAILED,
      errorCode: 100,
      message: `line ${line}: ${message}`,
      line,
      column,
    };
  }
  return checkVastRoot(read.root, options);
}

/** A `VAST` element of an accepted version. */
export interface VastRoot {
  readonly ok: true;
  readonly tree: XmlElement;
  readonly version: VastVersion;
}

/** Whether an element is a `VAST` of a known and accepted version. */
export function checkVastRoot(
  tree: XmlElement,
  options: Pick<ParseOptions, 'accept'> = {},
): VastRoot | VastRefusal {
  const name = localName(tree.name);
  if (name === 'VideoAdServingTemplate') {
    return mismatch('the document is VAST 1, which is not read; ask the ad server for 2.0 or later');
  }
  if (name !== 'VAST') {
    const message = `the root element is <${tree.name.slice(0, 80)}>, not <VAST>`;
    return { ok: false, code: VAST_PARSE_FAILED, errorCode: 101, message };
  }
  const stated = tree.attributes.version;
  const version = stated === undefined ? undefined : readVastVersion(stated);
  if (version === undefined) {
    const known = VAST_VERSIONS.join(', ');
    return mismatch(
      stated === undefined
        ? `VAST has no version attribute; one of ${known} is needed`
        : `version "${stated.slice(0, 40)}" is not one of ${known}`,
    );
  }
  if (options.accept && !options.accept.includes(version)) {
    return mismatch(`version ${version} is not accepted here, only ${options.accept.join(', ')}`);
  }
  return { ok: true, tree, version };
}

function mismatch(message: string): VastRefusal {
  return { ok: false, code: VAST_VERSION_MISMATCH, errorCode: 102, message };
}

/** Reads a piece of XML with any number of top-level elements, for `Extension.nodes`. */
export function xmlFragment(
  xml: string,
):
  | { readonly ok: true; readonly nodes: readonly XmlNode[] }
  | { readonly ok: false; readonly problem: XmlProblem } {
  const read = readXml(`<fragment>${xml}</fragment>`);
  return read.ok ? { ok: true, nodes: read.root.children } : { ok: false, problem: read.problem };
}

/** An extension from XML text. Throws TypeError, naming the place, when the text is not well-formed. */
export function extensionFromXml(type: string, xml: string): Extension {
  const fragment = xmlFragment(xml);
  if (!fragment.ok)
    throw new TypeError(`the content of extension "${type}" is not XML: ${fragment.problem.message}`);
  return { type, nodes: fragment.nodes };
}
