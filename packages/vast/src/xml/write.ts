import { isElement, type XmlElement } from './element.ts';
import { hasSlot, replaceSlots } from './slots.ts';

/** How to write a tree. */
export interface XmlWriteOptions {
  /** Two-space indentation for people; compact when false or absent. */
  readonly indent?: boolean;
  /** Where the tree starts, for messages. */
  readonly path?: string;
  /** Lets slot marks through (templates); they are otherwise illegal characters. */
  readonly slots?: boolean;
}

/** A value that no XML document can hold. */
export class XmlWriteError extends Error {
  override readonly name = 'XmlWriteError';
}

const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const SPECIAL = /[&<>"'\r\n\t]/;
const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * Escapes a value so that it is right both as element text and inside a quoted attribute.
 * It does not check for characters XML cannot hold; the writer does.
 */
export function escapeXml(value: string): string {
  return SPECIAL.test(value) ? value.replace(/[&<>"'\r\n\t]/g, (c) => REFERENCES[c] as string) : value;
}

/** Writes a tree as XML text without a declaration. Throws XmlWriteError, naming the path, on an illegal character. */
export function writeXml(root: XmlElement, options: XmlWriteOptions = {}): string {
  return writeElement(root, options, options.path ?? root.name, options.indent ? '\n' : '');
}

function writeElement(node: XmlElement, options: XmlWriteOptions, path: string, lineBreak: string): string {
  let out = `<${node.name}`;
  for (const name in node.attributes) {
    const value = node.attributes[name] as string;
    check(value, options, `${path}@${name}`);
    out += ` ${name}="${escapeXml(value)}"`;
  }
  if (node.children.length === 0) return `${out}/>`;
  out += '>';
  // Indenting beside text would change the text, so mixed content is left as it is.
  const inner = lineBreak !== '' && node.children.every(isElement) ? `${lineBreak}  ` : '';
  for (const child of node.children) {
    out += inner;
    if (isElement(child)) out += writeElement(child, options, `${path}/${child.name}`, inner);
    else {
      check(child, options, path);
      out += writeText(child);
    }
  }
  if (inner !== '') out += lineBreak;
  return `${out}</${node.name}>`;
}

/** Markup and scripts are kept readable in CDATA; everything else, URLs included, is escaped. */
function writeText(value: string): string {
  const cdata = /[<"]/.test(value) && !/\]\]>|\r/.test(value) && !hasSlot(value);
  if (cdata) return `<![CDATA[${value}]]>`;
  return SPECIAL.test(value) ? value.replace(/[&<>\r]/g, (c) => REFERENCES[c] as string) : value;
}

function check(value: string, options: XmlWriteOptions, path: string): void {
  const found = ILLEGAL.exec(options.slots ? replaceSlots(value, () => '') : value)?.[0];
  if (found === undefined) return;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new XmlWriteError(`${path} holds the character U+${code}, which XML cannot carry; remove it`);
}
