import { XML_DECLARATION } from '../serialize.ts';
import { formatTime } from '../time.ts';
import { trimXml } from '../xml/element.ts';
import { escapeXml, XmlWriteError } from '../xml/write.ts';
import { type BreakType, VMAP_NAMESPACE, type VmapTrackingEvent } from './model.ts';
import { formatTimeOffset, type VmapTimeOffset } from './time-offset.ts';

/*
 * Answering a VMAP request puts VAST that is text already between a few attributes. Nothing of it is parsed again: a
 * break costs the concatenation of its parts.
 */

/** One break of `vmapDocument`. */
export interface VmapBreak {
  readonly timeOffset: VmapTimeOffset;
  readonly breakType: BreakType | readonly BreakType[];
  readonly breakId?: string;
  /** Repeats the break at this distance, in milliseconds. */
  readonly repeatAfterMs?: number;
  /**
   * A whole VAST response as text, from `joinAds`, `compileVast` or elsewhere. It is trusted and embedded as it is, less
   * its XML declaration; excludes `adTagUri`.
   */
  readonly vastXml?: string;
  /** A tag for the player to ask instead. */
  readonly adTagUri?: string;
  /** `vast3` when absent, the newest the schema has a word for. */
  readonly templateType?: string;
  readonly tracking?: readonly VmapTrackingEvent[];
  /** An integer by the schema. */
  readonly adSourceId?: string;
  /** True when absent. */
  readonly allowMultipleAds?: boolean;
  /** True when absent: a server that answers VMAP expects its wrappers to be followed. */
  readonly followRedirects?: boolean;
}

const HEAD = `${XML_DECLARATION}<vmap:VMAP xmlns:vmap="${VMAP_NAMESPACE}" version="1.0">`;
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
// Nearly every value: nothing to escape and nothing to refuse, found in one pass.
const PLAIN = /^[ !#-%(-;=?-~]*$/;

/**
 * A VMAP 1.0 response of breaks whose VAST is text already.
 *
 * Throws TypeError for a break with both VAST and a tag or with text that does not start with `<VAST`, XmlWriteError for a
 * character XML cannot hold, RangeError for a time out of range; each names the break, counted from 1.
 */
export function vmapDocument(breaks: readonly VmapBreak[]): string {
  let out = HEAD;
  for (let index = 0; index < breaks.length; index++)
    out += writeBreak(breaks[index] as VmapBreak, index + 1);
  return `${out}</vmap:VMAP>`;
}

function writeBreak(one: VmapBreak, number: number): string {
  const type = typeof one.breakType === 'string' ? one.breakType : one.breakType.join(',');
  let out = `<vmap:AdBreak timeOffset="${formatTimeOffset(one.timeOffset)}" breakType="${type}"`;
  if (one.breakId !== undefined) out += ` breakId="${safe(one.breakId, number, 'breakId')}"`;
  if (one.repeatAfterMs !== undefined) out += ` repeatAfter="${formatTime(one.repeatAfterMs)}"`;
  return `${out}>${writeSource(one, number)}${writeTracking(one.tracking, number)}</vmap:AdBreak>`;
}

function writeSource(one: VmapBreak, number: number): string {
  const { vastXml, adTagUri, adSourceId } = one;
  if (vastXml === undefined && adTagUri === undefined) return '';
  if (vastXml !== undefined && adTagUri !== undefined)
    throw new TypeError(`break ${number} has vastXml and adTagUri; a break has one source of ads`);
  const id = adSourceId === undefined ? '' : ` id="${safe(adSourceId, number, 'adSourceId')}"`;
  const flags = ` allowMultipleAds="${one.allowMultipleAds ?? true}" followRedirects="${one.followRedirects ?? true}"`;
  const content =
    vastXml === undefined
      ? `<vmap:AdTagURI templateType="${safe(one.templateType ?? 'vast3', number, 'templateType')}">${safe(adTagUri as string, number, 'adTagUri')}</vmap:AdTagURI>`
      : `<vmap:VASTAdData>${withoutProlog(vastXml, number)}</vmap:VASTAdData>`;
  return `<vmap:AdSource${id}${flags}>${content}</vmap:AdSource>`;
}

function withoutProlog(xml: string, number: number): string {
  // Our own documents start with exactly this declaration, and then need no search.
  const quick = xml.startsWith(XML_DECLARATION) ? xml.slice(XML_DECLARATION.length) : xml;
  if (quick.startsWith('<VAST ')) return quick;
  const body = afterProlog(xml);
  if (/^<(?:[\w.-]{1,64}:)?VAST[\s/>]/.test(body)) return body;
  throw new TypeError(`vastXml of break ${number} starts with "${body.slice(0, 20)}", not with <VAST`);
}

/** Text from the root element on: a declaration, instructions and comments before it are no part of what is embedded. */
function afterProlog(xml: string): string {
  let rest = trimXml(xml.startsWith('\uFEFF') ? xml.slice(1) : xml);
  for (;;) {
    const end = rest.startsWith('<?') ? '?>' : rest.startsWith('<!--') ? '-->' : undefined;
    const at = end === undefined ? -1 : rest.indexOf(end, 2);
    if (end === undefined || at < 0) return rest;
    rest = trimXml(rest.slice(at + end.length));
  }
}

function writeTracking(tracking: readonly VmapTrackingEvent[] | undefined, number: number): string {
  if (tracking === undefined || tracking.length === 0) return '';
  let out = '<vmap:TrackingEvents>';
  for (const { event, url } of tracking)
    out += `<vmap:Tracking event="${event}">${safe(url, number, `tracking ${event}`)}</vmap:Tracking>`;
  return `${out}</vmap:TrackingEvents>`;
}

function safe(value: string, number: number, what: string): string {
  if (PLAIN.test(value)) return value;
  const found = ILLEGAL.exec(value)?.[0];
  if (found === undefined) return escapeXml(value);
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new XmlWriteError(
    `${what} of break ${number} holds the character U+${code}, which XML cannot carry; remove it`,
  );
}
