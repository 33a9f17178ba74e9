import { fitToVersion } from '../fit.ts';
import { XML_DECLARATION } from '../serialize.ts';
import { formatTime } from '../time.ts';
import { documentToTree } from '../to-tree.ts';
import { show, text } from '../tree-parts.ts';
import type { VastVersion } from '../version.ts';
import { element, type XmlElement } from '../xml/element.ts';
import { writeXml } from '../xml/write.ts';
import {
  type AdBreak,
  type AdSource,
  type AdSourceContent,
  VMAP_NAMESPACE,
  type VmapDocument,
  type VmapTrackingEvent,
} from './model.ts';
import { formatTimeOffset } from './time-offset.ts';

/** How to serialise. */
export interface VmapSerializeOptions {
  /** Version to write the VAST inside in; the documents' own when absent. */
  readonly vastVersion?: VastVersion;
  /** Indentation for people; compact when false or absent. */
  readonly indent?: boolean;
}

/** A document as text, and what the versions of the VAST inside could not carry. */
export interface SerializedVmap {
  readonly xml: string;
  /** One line per loss: path, colon, reason. Empty when the whole document is there. */
  readonly dropped: readonly string[];
}

/**
 * Writes a VMAP 1.0 document, elements prefixed with `vmap:` and in the order of the schema (VMAP 1.0.1, section 2).
 * Throws as `serializeVast` does.
 */
export function serializeVmap(document: VmapDocument, options: VmapSerializeOptions = {}): SerializedVmap {
  const { tree, dropped } = vmapToTree(document, options.vastVersion);
  const lineBreak = options.indent ? '\n' : '';
  const xml = XML_DECLARATION + lineBreak + writeXml(tree, { indent: options.indent ?? false }) + lineBreak;
  return { xml, dropped };
}

/** The whole document as elements. */
export function vmapToTree(
  document: VmapDocument,
  vastVersion?: VastVersion,
): { readonly tree: XmlElement; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const several = document.adBreaks.length > 1;
  const breaks = document.adBreaks.map((adBreak, index) => {
    const path = `vmap:VMAP/vmap:AdBreak${several ? `[${index + 1}]` : ''}`;
    return breakToTree(adBreak, vastVersion, path, dropped);
  });
  const attributes = { 'xmlns:vmap': VMAP_NAMESPACE, version: document.version };
  const tree = element('vmap:VMAP', attributes, [...breaks, ...extensionsToTree(document.extensions)]);
  return { tree, dropped };
}

function breakToTree(
  adBreak: AdBreak,
  vastVersion: VastVersion | undefined,
  path: string,
  dropped: string[],
): XmlElement {
  const { timeOffset, breakTypes, breakId, repeatAfterMs, adSource } = adBreak;
  const attributes = {
    timeOffset: timeOffset === null ? undefined : formatTimeOffset(timeOffset),
    breakType: breakTypes.length === 0 ? undefined : breakTypes.join(','),
    breakId,
    repeatAfter: repeatAfterMs === undefined ? undefined : formatTime(repeatAfterMs),
  };
  return element('vmap:AdBreak', attributes, [
    ...(adSource ? [sourceToTree(adSource, vastVersion, `${path}/vmap:AdSource`, dropped)] : []),
    ...eventsToTree(adBreak.trackingEvents),
    ...extensionsToTree(adBreak.extensions),
  ]);
}

function sourceToTree(
  source: AdSource,
  vastVersion: VastVersion | undefined,
  path: string,
  dropped: string[],
): XmlElement {
  const attributes = {
    id: source.id,
    allowMultipleAds: show(source.allowMultipleAds),
    followRedirects: show(source.followRedirects),
  };
  const content = source.content ? [contentToTree(source.content, vastVersion, path, dropped)] : [];
  return element('vmap:AdSource', attributes, content);
}

function contentToTree(
  content: AdSourceContent,
  vastVersion: VastVersion | undefined,
  path: string,
  dropped: string[],
): XmlElement {
  if (content.kind === 'vast') {
    const { document } = content;
    if (!document) return element('vmap:VASTAdData');
    const version = vastVersion ?? document.version;
    const fitted = fitToVersion(documentToTree(document, version), version);
    dropped.push(...fitted.dropped.map((line) => `${path}/vmap:VASTAdData/${line}`));
    return element('vmap:VASTAdData', {}, [fitted.tree]);
  }
  const attributes = { templateType: content.templateType ?? undefined };
  return content.kind === 'tag'
    ? element('vmap:AdTagURI', attributes, text(content.uri))
    : element('vmap:CustomAdData', attributes, text(content.data));
}

function eventsToTree(events: readonly VmapTrackingEvent[] | undefined): XmlElement[] {
  if (!events || events.length === 0) return [];
  const trackers = events.map(({ event, url }) => element('vmap:Tracking', { event }, text(url)));
  return [element('vmap:TrackingEvents', {}, trackers)];
}

function extensionsToTree(list: VmapDocument['extensions']): XmlElement[] {
  if (!list || list.length === 0) return [];
  const children = list.map(({ type, attributes, nodes }) =>
    element('vmap:Extension', { type, ...attributes }, nodes),
  );
  return [element('vmap:Extensions', {}, children)];
}
