import { element, type XmlElement, type XmlNode } from './element.ts';

/** Bounds on what is read. VAST comes from strangers: a document beyond them is refused, not truncated. */
export interface XmlLimits {
  /** Longest text accepted, in UTF-16 code units. */
  readonly maxLength: number;
  /** Deepest nesting of elements. */
  readonly maxDepth: number;
  /** Most attributes on one element. */
  readonly maxAttributes: number;
  /** Most elements in the document. */
  readonly maxElements: number;
}

/** Limits used when the caller names none: about a hundred times the largest document seen in practice. */
export const DEFAULT_XML_LIMITS: XmlLimits = {
  maxLength: 2_000_000,
  maxDepth: 64,
  maxAttributes: 64,
  maxElements: 50_000,
};

/** Why a text is not acceptable XML, with its place (1-based). */
export interface XmlProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The root element, or the first thing wrong. */
export type XmlReadResult =
  | { readonly ok: true; readonly root: XmlElement }
  | { readonly ok: false; readonly problem: XmlProblem };

const NAME = /[A-Za-z_:\u00C0-\uFFFD][\w:.\-\u00B7\u00C0-\uFFFD]*/y;
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const NAMED_ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

class Refusal extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
  readonly at: number;
}

/**
 * Reads one XML 1.0 document, strictly: a DOCTYPE is refused (so no entity can be declared or fetched), only
 * the five predefined entities and character references are expanded, and every limit is a refusal.
 * Comments and processing instructions are skipped; text and CDATA are joined.
 */
export function readXml(text: string, limits: Partial<XmlLimits> = {}): XmlReadResult {
  try {
    return { ok: true, root: new XmlReader(text, { ...DEFAULT_XML_LIMITS, ...limits }).read() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const before = text.slice(0, error.at);
    const line = before.split('\n').length;
    return {
      ok: false,
      problem: { message: error.message, line, column: error.at - before.lastIndexOf('\n') },
    };
  }
}

class XmlReader {
  private readonly text: string;
  private readonly limits: XmlLimits;
  private at = 0;
  private elements = 0;
  private readonly stack: Open[] = [];
  private root: XmlElement | undefined;

  constructor(text: string, limits: XmlLimits) {
    this.text = text;
    this.limits = limits;
  }

  read(): XmlElement {
    const { text, limits } = this;
    if (text.length > limits.maxLength) {
      throw new Refusal(
        `the document has ${text.length} characters, at most ${limits.maxLength} are read`,
        0,
      );
    }
    const illegal = ILLEGAL.exec(text);
    if (illegal) throw new Refusal(`character ${codePoint(illegal[0])} is not allowed in XML`, illegal.index);
    if (text.startsWith('\uFEFF')) this.at = 1;
    if (/^<\?xml[ \t\r\n]/.test(text.slice(this.at, this.at + 6))) this.skipTo('?>', 'the XML declaration');
    while (this.at < text.length) this.readPiece();
    const open = this.stack.at(-1);
    if (open) throw new Refusal(`<${open.name}> is never closed`, open.at);
    if (!this.root) throw new Refusal('the document has no element', text.length);
    return this.root;
  }

  private readPiece(): void {
    const { text } = this;
    if (text[this.at] !== '<') this.readText();
    else if (text.startsWith('<!--', this.at)) this.skipComment();
    else if (text.startsWith('<![CDATA[', this.at)) this.readCdata();
    else if (text.startsWith('<!', this.at))
      throw new Refusal('a DOCTYPE or other declaration is not accepted', this.at);
    else if (text.startsWith('<?', this.at)) this.skipTo('?>', 'a processing instruction');
    else if (text.startsWith('</', this.at)) this.readEndTag();
    else this.readStartTag();
  }

  private skipTo(end: string, what: string): void {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) throw new Refusal(`${what} is never closed`, this.at);
    this.at = found + end.length;
  }

  private skipComment(): void {
    const start = this.at;
    const end = this.text.indexOf('--', start + 4);
    if (end < 0) throw new Refusal('a comment is never closed', start);
    if (this.text[end + 2] !== '>') throw new Refusal('"--" is not allowed inside a comment', end);
    this.at = end + 3;
  }

  private readCdata(): void {
    const start = this.at + 9;
    this.skipTo(']]>', 'a CDATA section');
    this.addText(this.text.slice(start, this.at - 3).replace(/\r\n?/g, '\n'), start);
  }

  private readText(): void {
    const start = this.at;
    const next = this.text.indexOf('<', start);
    this.at = next < 0 ? this.text.length : next;
    const raw = this.text.slice(start, this.at);
    const stray = raw.indexOf(']]>');
    if (stray >= 0) throw new Refusal('"]]>" is not allowed in text', start + stray);
    this.addText(this.expand(raw.replace(/\r\n?/g, '\n'), start), start);
  }

  private addText(value: string, at: number): void {
    const parent = this.stack.at(-1);
    if (!parent) {
      if (/[^ \t\r\n]/.test(value)) throw new Refusal('text is not allowed outside the root element', at);
      return;
    }
    if (value === '') return;
    const last = parent.children.length - 1;
    const before = parent.children[last];
    if (typeof before === 'string') parent.children[last] = before + value;
    else parent.children.push(value);
  }

  private expand(raw: string, at: number): string {
    if (!raw.includes('&')) return raw;
    return raw.replace(/&([^;&<]{0,12};?)/g, (whole: string, body: string) => {
      const name = body.endsWith(';') ? body.slice(0, -1) : '';
      const value = NAMED_ENTITIES[name] ?? characterReference(name);
      if (value === undefined) {
        throw new Refusal(`"${whole}" is not an entity XML knows; write a plain ampersand as "&amp;"`, at);
      }
      return value;
    });
  }

  private readName(what: string): string {
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0];
    if (name === undefined) throw new Refusal(`${what} has no valid name`, this.at);
    this.at += name.length;
    return name;
  }

  private skipSpace(): boolean {
    const start = this.at;
    while (' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++;
    return this.at > start;
  }

  private readStartTag(): void {
    const start = this.at++;
    if (this.root && this.stack.length === 0)
      throw new Refusal('a second root element is not allowed', start);
    if (this.stack.length >= this.limits.maxDepth) {
      throw new Refusal(`elements are nested deeper than ${this.limits.maxDepth}`, start);
    }
    if (++this.elements > this.limits.maxElements) {
      throw new Refusal(`the document has more than ${this.limits.maxElements} elements`, start);
    }
    const open: Open = { name: this.readName('a tag'), attributes: {}, children: [], at: start };
    const closed = this.readAttributes(open);
    this.stack.push(open);
    if (closed) this.close();
  }

  /** Reads up to the end of the tag; true when the element closes itself. */
  private readAttributes(open: Open): boolean {
    let count = 0;
    for (;;) {
      const spaced = this.skipSpace();
      if (this.text[this.at] === '>') {
        this.at++;
        return false;
      }
      if (this.text.startsWith('/>', this.at)) {
        this.at += 2;
        return true;
      }
      if (this.at >= this.text.length) throw new Refusal(`the tag <${open.name}> is never closed`, open.at);
      if (!spaced) throw new Refusal(`white space is missing in the tag <${open.name}>`, this.at);
      if (++count > this.limits.maxAttributes) {
        throw new Refusal(`<${open.name}> has more than ${this.limits.maxAttributes} attributes`, open.at);
      }
      this.readAttribute(open);
    }
  }

  private readAttribute(open: Open): void {
    const start = this.at;
    const name = this.readName(`an attribute of <${open.name}>`);
    if (Object.hasOwn(open.attributes, name)) {
      throw new Refusal(`the attribute ${name} of <${open.name}> is given twice`, start);
    }
    this.skipSpace();
    if (this.text[this.at] !== '=')
      throw new Refusal(`the attribute ${name} of <${open.name}> has no value`, start);
    this.at++;
    this.skipSpace();
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") {
      throw new Refusal(`the value of ${name} in <${open.name}> is not quoted`, this.at);
    }
    const from = this.at + 1;
    const end = this.text.indexOf(quote, from);
    if (end < 0) throw new Refusal(`the value of ${name} in <${open.name}> is never closed`, start);
    const raw = this.text.slice(from, end);
    if (raw.includes('<')) throw new Refusal(`"<" is not allowed in the value of ${name}`, start);
    // Literal line breaks and tabs in an attribute are spaces (XML 1.0, 3.3.3); character references are not.
    open.attributes[name] = this.expand(raw.replace(/\r\n|[\t\r\n]/g, ' '), from);
    this.at = end + 1;
  }

  private readEndTag(): void {
    const start = this.at;
    this.at += 2;
    const name = this.readName('an end tag');
    this.skipSpace();
    if (this.text[this.at] !== '>') throw new Refusal(`the end tag </${name}> is malformed`, start);
    this.at++;
    const open = this.stack.at(-1);
    if (!open) throw new Refusal(`</${name}> closes nothing`, start);
    if (open.name !== name) throw new Refusal(`</${name}> closes <${open.name}>`, start);
    this.close();
  }

  private close(): void {
    const open = this.stack.pop() as Open;
    const done = element(open.name, open.attributes, open.children);
    const parent = this.stack.at(-1);
    if (parent) parent.children.push(done);
    else this.root = done;
  }
}

function characterReference(body: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(body);
  if (!match) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  if (code > 0x10ffff) return undefined;
  const value = String.fromCodePoint(code);
  return ILLEGAL.test(value) ? undefined : value;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
