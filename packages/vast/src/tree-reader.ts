import { childPaths } from './fit.ts';
import { type Offset, readOffset, readTime } from './time.ts';
import type { VastVersion } from './version.ts';
import { elementsOf, localName, textOf, type XmlElement } from './xml/element.ts';

/** Something in a document that was read around: it is not in the model, or its value is not readable. */
export interface ParseNote {
  readonly path: string;
  readonly message: string;
}

/** What is shared by all readers of one document. */
export interface ReadContext {
  readonly version: VastVersion;
  readonly notes: ParseNote[];
  /** Namespace prefixes declared above, for extensions that use them. */
  readonly prefixes: Readonly<Record<string, string>>;
}

/**
 * Reads one element and remembers what was asked for, so that `done` can note what was not: nothing in a
 * document is lost in silence.
 */
export class TreeReader {
  readonly node: XmlElement;
  readonly path: string;
  readonly context: ReadContext;
  private readonly unread: Map<string, XmlElement[]>;
  private readonly paths: Map<XmlElement, string>;
  private readonly unreadAttributes: Set<string>;

  constructor(node: XmlElement, path: string, context: ReadContext) {
    this.node = node;
    this.path = path;
    this.unread = new Map();
    for (const child of elementsOf(node)) {
      const name = localName(child.name);
      const list = this.unread.get(name);
      if (list) list.push(child);
      else this.unread.set(name, [child]);
    }
    this.paths = childPaths(node, path);
    const own: Record<string, string> = {};
    this.unreadAttributes = new Set();
    for (const [name, value] of Object.entries(node.attributes)) {
      if (name.startsWith('xmlns:')) own[name.slice(6)] = value;
      else if (name !== 'xmlns' && !/^(xsi|xml):/.test(name)) this.unreadAttributes.add(name);
    }
    this.context =
      Object.keys(own).length === 0 ? context : { ...context, prefixes: { ...context.prefixes, ...own } };
  }

  /** The element's text, trimmed. */
  text(): string {
    return textOf(this.node);
  }

  /** An attribute under its name or an older spelling of it. */
  attribute(...names: string[]): string | undefined {
    let value: string | undefined;
    for (const name of names) {
      this.unreadAttributes.delete(name);
      value ??= this.node.attributes[name];
    }
    return value;
  }

  /** A whole number from 0. */
  integer(name: string): number | undefined {
    return this.value(name, 'a whole number', (text) =>
      /^\+?\d{1,15}$/.test(text) ? Number(text) : undefined,
    );
  }

  /** A decimal number. */
  decimal(name: string): number | undefined {
    return this.value(name, 'a number', (text) =>
      /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined,
    );
  }

  /** `true`, `false`, `1` or `0` (xs:boolean). */
  flag(name: string): boolean | undefined {
    return this.value(name, 'true, false, 1 or 0', (text) =>
      /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : undefined,
    );
  }

  /** HH:MM:SS(.mmm), in milliseconds. */
  time(name: string): number | undefined {
    return this.value(name, 'a time HH:MM:SS or HH:MM:SS.mmm', readTime);
  }

  /** A time or a percentage. */
  offset(name: string): Offset | undefined {
    return this.value(name, 'a time HH:MM:SS(.mmm) or a percentage', readOffset);
  }

  /** One of a few words, whatever their case. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    return this.value(name, words.join(', '), (text) =>
      words.find((word) => word.toLowerCase() === text.toLowerCase()),
    );
  }

  private value<T>(name: string, wanted: string, read: (text: string) => T | undefined): T | undefined {
    const text = this.attribute(name)?.trim();
    if (text === undefined || text === '') return undefined;
    const value = read(text);
    if (value === undefined)
      this.note(`@${name}`, `"${text.slice(0, 80)}" is not ${wanted}; it was left out`);
    return value;
  }

  /** The first child of that name; further ones stay unread and are noted. */
  child(name: string): TreeReader | undefined {
    const list = this.unread.get(name);
    const first = list?.shift();
    if (list?.length === 0) this.unread.delete(name);
    return first && this.open(first);
  }

  /** All children of that name. */
  children(name: string): TreeReader[] {
    const list = this.unread.get(name) ?? [];
    this.unread.delete(name);
    return list.map((node) => this.open(node));
  }

  /** Text of the first child of that name. */
  childText(name: string): string | undefined {
    const child = this.child(name);
    child?.done();
    return child?.text();
  }

  /** URLs of all children of that name; empty ones say nothing and are noted. */
  urls(name: string): string[] {
    return this.children(name).flatMap((child) => {
      child.done();
      return child.hasUrl() ? [child.text()] : [];
    });
  }

  /** The URL of the first child of that name; the others are noted. */
  firstUrl(name: string): string | undefined {
    const [first, ...others] = this.children(name);
    first?.done();
    for (const other of others) other.note('', `only the first ${name} counts; it was left out`);
    return first?.hasUrl() ? first.text() : undefined;
  }

  /** True when the element's text is there; notes it otherwise. */
  hasUrl(): boolean {
    if (this.text() !== '') return true;
    this.note('', 'the URL is empty; it was left out');
    return false;
  }

  note(suffix: string, message: string): void {
    this.context.notes.push({ path: this.path + suffix, message });
  }

  /** Notes every child element and attribute nobody asked for. */
  done(): void {
    for (const name of this.unreadAttributes)
      this.note(`@${name}`, 'the attribute is not part of VAST; it was left out');
    for (const list of this.unread.values()) {
      for (const node of list) {
        const path = this.paths.get(node) as string;
        this.context.notes.push({ path, message: 'the element is not expected here; it was left out' });
      }
    }
  }

  private open(node: XmlElement): TreeReader {
    return new TreeReader(node, this.paths.get(node) as string, this.context);
  }
}

/** Removes undefined values and empty lists, so that what a document does not say has no key. */
export function said<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined && !(Array.isArray(item) && item.length === 0)) kept[key] = item;
  }
  return kept as T;
}
