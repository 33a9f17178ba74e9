import type { AdParameters, CreativeResources, Extension, IdentifiedUrl, TrackingEvent } from './model.ts';
import { formatOffset } from './time.ts';
import type { VastVersion } from './version.ts';
import { element, type XmlElement } from './xml/element.ts';

/** Attribute text of an optional number or flag. */
export function show(value: number | boolean | null | undefined): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

/** An element with text only; none for an absent value. */
export function leaf(name: string, value: string | null | undefined): XmlElement[] {
  return value === undefined || value === null ? [] : [element(name, {}, text(value))];
}

/** A text node, or none when empty. */
export function text(value: string): string[] {
  return value === '' ? [] : [value];
}

/** One element per URL. */
export function leaves(name: string, urls: readonly string[] | undefined): XmlElement[] {
  return (urls ?? []).map((url) => element(name, {}, text(url)));
}

/** One element per URL with id. */
export function identified(name: string, urls: readonly IdentifiedUrl[] | undefined): XmlElement[] {
  return (urls ?? []).map(({ url, id }) => element(name, { id }, text(url)));
}

/** A container, left out when it would be empty. */
export function container(
  name: string,
  children: readonly XmlElement[],
  attributes: Readonly<Record<string, string | undefined>> = {},
): XmlElement[] {
  return children.length === 0 ? [] : [element(name, attributes, children)];
}

export function trackingEvents(events: readonly TrackingEvent[] | undefined): XmlElement[] {
  const children = (events ?? []).map(({ event, url, offset }) =>
    element('Tracking', { event, offset: offset && formatOffset(offset) }, text(url)),
  );
  return container('TrackingEvents', children);
}

export function adParameters(parameters: AdParameters | undefined): XmlElement[] {
  if (!parameters) return [];
  return [element('AdParameters', { xmlEncoded: show(parameters.xmlEncoded) }, text(parameters.value))];
}

export function resources(from: CreativeResources): XmlElement[] {
  return [
    ...leaves('HTMLResource', from.htmlResources),
    ...leaves('IFrameResource', from.iframeResources),
    ...(from.staticResources ?? []).map(({ url, creativeType }) =>
      element('StaticResource', { creativeType: creativeType ?? undefined }, text(url)),
    ),
  ];
}

/** `Extensions` and `CreativeExtensions` alike: the child is named after its container. */
export function extensions(name: string, list: readonly Extension[] | undefined): XmlElement[] {
  const children = (list ?? []).map(({ type, attributes, nodes }) =>
    element(name.slice(0, -1), { type, ...attributes }, nodes),
  );
  return container(name, children);
}

/** Attribute spelled differently over time: `AdID` until 3.0, `adId` since. */
export function adIdAttribute(version: VastVersion): 'AdID' | 'adId' {
  return version === '2.0' || version === '3.0' ? 'AdID' : 'adId';
}
