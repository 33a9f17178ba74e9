/** An XML element without position or comments: exactly what carries meaning in a VAST document. */
export interface XmlElement {
  /** Name as written, prefix included. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

/** A child: an element, or a run of text with CDATA sections already joined. */
export type XmlNode = XmlElement | string;

/** Builds an element; attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  children: readonly XmlNode[] = [],
): XmlElement {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) kept[key] = value;
  return { name, attributes: kept, children };
}

/** Name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** True for an element, false for text. */
export function isElement(node: XmlNode): node is XmlElement {
  return typeof node !== 'string';
}

/** Element children, in order. */
export function elementsOf(parent: XmlElement): XmlElement[] {
  return parent.children.filter(isElement);
}

/** The element's own text without surrounding XML white space: VAST documents are routinely indented inside URLs. */
export function textOf(parent: XmlElement): string {
  let text = '';
  for (const child of parent.children) if (typeof child === 'string') text += child;
  return trimXml(text);
}

/** Strips space, tab, CR and LF only; other Unicode spaces belong to the value. */
export function trimXml(text: string): string {
  // A loop, since a pattern anchored at the end takes quadratic time on long runs of spaces inside.
  let start = 0;
  let end = text.length;
  while (start < end && isXmlSpace(text.charCodeAt(start))) start++;
  while (end > start && isXmlSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isXmlSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
