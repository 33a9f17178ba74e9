import type {
  AdParameters,
  CreativeResources,
  Extension,
  IdentifiedUrl,
  StaticResource,
  TrackingEvent,
} from './model.ts';
import { said, type TreeReader } from './tree-reader.ts';
import { isElement, type XmlElement, type XmlNode } from './xml/element.ts';

/** All URLs with ids of that element name. */
export function readIdentified(reader: TreeReader, name: string): IdentifiedUrl[] {
  return reader.children(name).flatMap((child) => {
    const id = child.attribute('id');
    child.done();
    return child.hasUrl() ? [said<IdentifiedUrl>({ url: child.text(), id })] : [];
  });
}

/** The trackers in a `TrackingEvents` child. */
export function readTrackingEvents(reader: TreeReader): TrackingEvent[] {
  const container = reader.child('TrackingEvents');
  if (!container) return [];
  const events = container.children('Tracking').flatMap((child) => {
    const event = child.attribute('event');
    const offset = child.offset('offset');
    child.done();
    if (event === undefined) child.note('', 'the tracker names no event; it was left out');
    return event !== undefined && child.hasUrl()
      ? [said<TrackingEvent>({ event, url: child.text(), offset })]
      : [];
  });
  container.done();
  return events;
}

export function readAdParameters(reader: TreeReader): AdParameters | undefined {
  const child = reader.child('AdParameters');
  if (!child) return undefined;
  const parameters = said<AdParameters>({ value: child.text(), xmlEncoded: child.flag('xmlEncoded') });
  child.done();
  return parameters;
}

/** Static, iframe and HTML resources. */
export function readResources(reader: TreeReader): {
  [K in keyof CreativeResources]: CreativeResources[K] | undefined;
} {
  const staticResources = reader.children('StaticResource').flatMap((child): StaticResource[] => {
    const creativeType = child.attribute('creativeType') ?? null;
    child.done();
    return child.hasUrl() ? [{ url: child.text(), creativeType }] : [];
  });
  const htmlResources = reader.children('HTMLResource').map((child) => {
    // 3.0 let HTML be escaped twice; the model holds what one pass of an XML reader gives.
    if (child.flag('xmlEncoded')) child.note('@xmlEncoded', 'the HTML is kept as it is, without the flag');
    child.done();
    return child.text();
  });
  return { staticResources, iframeResources: reader.urls('IFrameResource'), htmlResources };
}

/** The extensions in a container, nodes kept as they are. */
export function readExtensions(reader: TreeReader, name: string): Extension[] {
  const container = reader.child(name);
  if (!container) return [];
  const list = container.children(name.slice(0, -1)).map((child) => {
    const { type, ...attributes } = child.node.attributes;
    return said<Extension>({
      type,
      attributes: Object.keys(attributes).length === 0 ? undefined : attributes,
      nodes: keepNodes(child.node, child.context.prefixes),
    });
  });
  container.done();
  // `nodes` may be empty and must stay: an extension without content is still an extension.
  return list.map((extension) => ({ ...extension, nodes: extension.nodes ?? [] }));
}

/** Content of an extension without the white space of indentation, declaring the prefixes it borrows from above. */
function keepNodes(parent: XmlElement, prefixes: Readonly<Record<string, string>>): XmlNode[] {
  const mixed = parent.children.some((child) => !isElement(child) && /[^ \t\r\n]/.test(child));
  const nodes = mixed ? parent.children : parent.children.filter(isElement);
  return nodes.map((node) => (isElement(node) ? declarePrefixes(keepElement(node), prefixes) : node));
}

function keepElement(node: XmlElement): XmlElement {
  const onlyElements = node.children.every((child) => isElement(child) || !/[^ \t\r\n]/.test(child));
  if (node.children.length === 0) return node;
  const children = onlyElements ? node.children.filter(isElement) : node.children;
  return { ...node, children: children.map((child) => (isElement(child) ? keepElement(child) : child)) };
}

function declarePrefixes(node: XmlElement, prefixes: Readonly<Record<string, string>>): XmlElement {
  const used = new Set<string>();
  collectPrefixes(node, used);
  const declarations: Record<string, string> = {};
  for (const prefix of used) {
    const uri = prefixes[prefix];
    if (uri !== undefined && node.attributes[`xmlns:${prefix}`] === undefined)
      declarations[`xmlns:${prefix}`] = uri;
  }
  return Object.keys(declarations).length === 0
    ? node
    : { ...node, attributes: { ...declarations, ...node.attributes } };
}

function collectPrefixes(node: XmlElement, into: Set<string>): void {
  for (const name of [node.name, ...Object.keys(node.attributes)]) {
    const colon = name.indexOf(':');
    if (colon > 0 && !name.startsWith('xmlns:') && !name.startsWith('xml:')) into.add(name.slice(0, colon));
  }
  for (const child of node.children) if (isElement(child)) collectPrefixes(child, into);
}
