import { DIMENSION_NAMES, DIMENSIONS, dimensionOrdinal, spell } from '@cuepoint/decisioning';
import { quoted, quotedList } from './ascii-json.ts';
import { BoundedCache } from './bounded-cache.ts';

/** What a request and its placement say, in the order of DIMENSIONS: null and an empty list for nothing. */
export type FactValues = (string | readonly string[] | null)[];

/** A value of a dimension as it has been met before: read once, and the same string from then on. */
interface KnownFact {
  /** Its hash is known already when an index is asked for it. */
  readonly value: string | readonly string[];
  /** `"dimension":"value"`, as the first member of an object and as a later one. */
  readonly first: string;
  readonly next: string;
}

/** Values of one dimension. */
class Book {
  readonly #name: string;
  readonly #known = new BoundedCache<string, KnownFact>(MOST_KNOWN);
  /** Undefined for what no dimension is called. */
  readonly ordinal: number | undefined;
  readonly isScalar: boolean;
  readonly quotedName: string;

  constructor(name: string) {
    this.#name = name;
    this.ordinal = dimensionOrdinal(name);
    this.isScalar = this.ordinal !== undefined && KINDS[this.ordinal] === 'scalar';
    this.quotedName = quoted(name);
  }

  of(text: string): KnownFact {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const spelt = spell(this.#name, text);
    const first = `${this.quotedName}:${quoted(text)}`;
    const fact = { value: this.isScalar ? spelt : [spelt], first, next: `,${first}` };
    // Longer ones are hardly ever the same.
    if (text.length <= LONGEST_KNOWN) this.#known.set(text, fact);
    return fact;
  }

  ofList(texts: readonly string[]): FactValues[number] {
    if (this.isScalar) return texts.length === 0 ? null : spell(this.#name, texts[0]!);
    return texts.length === 0 ? NONE : texts.map((one) => spell(this.#name, one));
  }
}

const KINDS = DIMENSION_NAMES.map((name) => DIMENSIONS[name].kind);
const MOST_KNOWN = 4096;
const LONGEST_KNOWN = 64;
const NONE: readonly string[] = [];
const books = new Map<string, Book>();

function bookOf(name: string): Book {
  let book = books.get(name);
  if (!book) {
    book = new Book(name);
    // Names are ours; those of a logged request may be anything.
    if (books.size < MOST_KNOWN) books.set(name, book);
  }
  return book;
}

/**
 * What a request states put over what its placement says, for the engine, and the same statements as JSON of ASCII
 * characters, for the log.
 *
 * @param base of `placementFacts`; copied, not changed
 */
export function readFacts(
  stated: Readonly<Record<string, string | readonly string[]>>,
  base: Readonly<FactValues>,
): { readonly values: FactValues; readonly json: string } {
  const values = base.slice();
  let json = '';
  for (const name in stated) {
    const value = stated[name]!;
    const book = bookOf(name);
    if (typeof value === 'string') {
      const fact = book.of(value);
      json += json === '' ? fact.first : fact.next;
      if (book.ordinal !== undefined) values[book.ordinal] = fact.value;
    } else {
      json += `${json === '' ? '' : ','}${book.quotedName}:${quotedList(value)}`;
      if (book.ordinal !== undefined) values[book.ordinal] = book.ofList(value);
    }
  }
  return { values, json: `{${json}}` };
}
