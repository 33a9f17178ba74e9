import { checkVastRoot, type ParseOptions, parseVast, readDocument } from '../parse.ts';
import { readExtensions } from '../read-parts.ts';
import { readTime } from '../time.ts';
import { type ParseNote, said, TreeReader } from '../tree-reader.ts';
import { localName, type XmlElement } from '../xml/element.ts';
import { readXml } from '../xml/read.ts';
import {
  type AdBreak,
  type AdSource,
  type AdSourceContent,
  BREAK_TYPES,
  type BreakType,
  VMAP_EVENTS,
  VMAP_VERSIONS,
  type VmapDocument,
  type VmapTrackingEvent,
  type VmapVersion,
} from './model.ts';
import { readTimeOffset, type VmapTimeOffset } from './time-offset.ts';

/** The text is not well-formed XML, exceeds a limit, or is not a VMAP document. */
export const VMAP_PARSE_FAILED = 'VMAP_PARSE_FAILED';

/** The document is VMAP of a version that is not known. */
export const VMAP_VERSION_MISMATCH = 'VMAP_VERSION_MISMATCH';

/** A document as refused: a stable code, a message for people, and the VMAP error code to report. */
export interface VmapRefusal {
  readonly ok: false;
  readonly code: typeof VMAP_PARSE_FAILED | typeof VMAP_VERSION_MISMATCH;
  readonly message: string;
  /** 1002 not XML, 1000 not VMAP, 1001 not a supported version (VMAP 1.0.1, section 2.5). */
  readonly errorCode: 1000 | 1001 | 1002;
  /** Place of an XML problem, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A document, with notes on everything in it that the model has no place for. */
export interface ParsedVmap {
  readonly ok: true;
  readonly document: VmapDocument;
  readonly notes: readonly ParseNote[];
}

export type VmapParseResult = ParsedVmap | VmapRefusal;

/**
 * Reads a VMAP document and the VAST inside it. As lenient as `parseVast`: what is not XML, not VMAP or not of
 * version 1.0 is refused, everything else is read as far as it goes and noted. A VAST that is refused by itself
 * leaves `document: null` and a note. `options` are those of `parseVast`, for the VAST inside.
 */
export function parseVmap(xml: string, options: ParseOptions = {}): VmapParseResult {
  const root = readVmapRoot(xml, options);
  if (!root.ok) return root;
  const notes: ParseNote[] = [];
  const reader = new TreeReader(root.tree, root.tree.name, { version: '4.2', notes, prefixes: {} });
  reader.attribute('version');
  const adBreaks = reader.children('AdBreak').map((child) => readBreak(child, options));
  const document = said<VmapDocument>({
    version: root.version,
    adBreaks,
    extensions: readExtensions(reader, 'Extensions'),
  });
  reader.done();
  return { ok: true, document: { ...document, adBreaks }, notes };
}

/** The root element of a text, before anything else is read. */
export function readVmapRoot(
  xml: string,
  options: Pick<ParseOptions, 'limits'> = {},
): { readonly ok: true; readonly tree: XmlElement; readonly version: VmapVersion } | VmapRefusal {
  const read = readXml(xml, options.limits);
  if (!read.ok) {
    const { message, line, column } = read.problem;
    const refusal = { ok: false, code: VMAP_PARSE_FAILED, errorCode: 1002 } as const;
    return { ...refusal, message: `line ${line}: ${message}`, line, column };
  }
  const tree = read.root;
  if (localName(tree.name) !== 'VMAP') {
    const message = `the root element is <${tree.name.slice(0, 80)}>, not <vmap:VMAP>`;
    return { ok: false, code: VMAP_PARSE_FAILED, errorCode: 1000, message };
  }
  const stated = tree.attributes.version?.trim();
  const version = VMAP_VERSIONS.find((known) => known === stated);
  if (version !== undefined) return { ok: true, tree, version };
  const known = VMAP_VERSIONS.join(' or ');
  const message =
    stated === undefined
      ? `VMAP has no version attribute; ${known} is needed`
      : `version "${stated.slice(0, 40)}" is not ${known}`;
  return { ok: false, code: VMAP_VERSION_MISMATCH, errorCode: 1001, message };
}

function readBreak(reader: TreeReader, options: ParseOptions): AdBreak {
  const source = reader.child('AdSource');
  const breakTypes = readBreakTypes(reader);
  const timeOffset = readOffset(reader);
  const adBreak = said<Omit<AdBreak, 'timeOffset' | 'breakTypes'>>({
    breakId: reader.attribute('breakId'),
    repeatAfterMs: readRepeatAfter(reader),
    adSource: source && readSource(source, options),
    trackingEvents: readBreakEvents(reader),
    extensions: readExtensions(reader, 'Extensions'),
  });
  reader.done();
  return { timeOffset, breakTypes, ...adBreak };
}

function readOffset(reader: TreeReader): VmapTimeOffset | null {
  const text = reader.attribute('timeOffset')?.trim();
  if (text === undefined) return null;
  const offset = readTimeOffset(text);
  if (offset === undefined) {
    const wanted = 'start, end, a time HH:MM:SS(.mmm), a percentage or a position such as #1';
    reader.note('@timeOffset', `"${text.slice(0, 80)}" is not ${wanted}; it was left out`);
  }
  return offset ?? null;
}

function readBreakTypes(reader: TreeReader): BreakType[] {
  const types: BreakType[] = [];
  for (const part of (reader.attribute('breakType') ?? '').split(',', 16)) {
    const word = part.trim();
    const type = BREAK_TYPES.find((known) => known === word.toLowerCase());
    if (type !== undefined && !types.includes(type)) types.push(type);
    else if (type === undefined && word !== '')
      reader.note('@breakType', `"${word.slice(0, 80)}" is not ${BREAK_TYPES.join(', ')}; it was left out`);
  }
  return types;
}

function readRepeatAfter(reader: TreeReader): number | undefined {
  const text = reader.attribute('repeatAfter')?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = readTime(text);
  if (ms === undefined)
    reader.note('@repeatAfter', `"${text.slice(0, 80)}" is not a time HH:MM:SS(.mmm); it was left out`);
  return ms;
}

function readSource(reader: TreeReader, options: ParseOptions): AdSource {
  const attributes = said<Omit<AdSource, 'content'>>({
    id: reader.attribute('id'),
    allowMultipleAds: reader.flag('allowMultipleAds'),
    followRedirects: reader.flag('followRedirects'),
  });
  const content = readContent(reader, options);
  reader.done();
  return { ...attributes, content };
}

/** The one content an ad source may have; further ones stay unread and are noted. */
function readContent(reader: TreeReader, options: ParseOptions): AdSourceContent | null {
  const vast = reader.child('VASTAdData');
  if (vast) return { kind: 'vast', document: readVast(vast, options) };
  const tag = reader.child('AdTagURI');
  if (tag) {
    const templateType = tag.attribute('templateType') ?? null;
    tag.done();
    return tag.hasUrl() ? { kind: 'tag', uri: tag.text(), templateType } : null;
  }
  const custom = reader.child('CustomAdData');
  if (!custom) return null;
  const templateType = custom.attribute('templateType') ?? null;
  custom.done();
  return { kind: 'custom', data: custom.text(), templateType };
}

function readVast(reader: TreeReader, options: ParseOptions) {
  const child = reader.child('VAST');
  const text = reader.text();
  reader.done();
  if (!child && text.startsWith('<')) return readVastText(reader, text, options);
  const root = child && checkVastRoot(child.node, options);
  if (root?.ok) {
    const context = { ...reader.context, version: root.version };
    return readDocument(new TreeReader(root.tree, child?.path ?? '', context));
  }
  reader.note('', root ? `${root.message}; it was left out` : 'there is no VAST inside');
  return null;
}

/** Against the standard, but seen: the VAST as text, in CDATA. */
function readVastText(reader: TreeReader, text: string, options: ParseOptions) {
  const parsed = parseVast(text, options);
  if (!parsed.ok) {
    reader.note('', `the text inside is no VAST: ${parsed.message}; it was left out`);
    return null;
  }
  for (const { path, message } of parsed.notes) reader.note(`/${path}`, message);
  return parsed.document;
}

function readBreakEvents(reader: TreeReader): VmapTrackingEvent[] {
  const container = reader.child('TrackingEvents');
  if (!container) return [];
  const events = container.children('Tracking').flatMap((child): VmapTrackingEvent[] => {
    const stated = child.attribute('event');
    const event = VMAP_EVENTS.find((known) => known === stated);
    child.done();
    if (event === undefined) {
      child.note('', `the tracker is for none of ${VMAP_EVENTS.join(', ')}; it was left out`);
      return [];
    }
    return child.hasUrl() ? [{ event, url: child.text() }] : [];
  });
  container.done();
  return events;
}
