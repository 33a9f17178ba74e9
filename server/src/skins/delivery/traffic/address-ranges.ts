import { readFile, stat } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from '../viewer/address.ts';

/** A list of ranges that cannot be used. The message names the file, the line and what would be accepted. */
export class AddressRangesError extends Error {
  override readonly name = 'AddressRangesError';
}

const ACCEPTED =
  'a range such as 192.0.2.0/24 or 2001:db8::/32, or first and last address with a comma between';

/**
 * Ranges of addresses, sorted and joined, looked up by halving. IPv4 addresses are their 32-bit number; of IPv6 the
 * first 48 bits, which no hosting range is finer than, so that one number holds both ends.
 */
export class AddressRanges {
  readonly #ipv4: Spans;
  readonly #ipv6: Spans;

  private constructor(ipv4: readonly Span[], ipv6: readonly Span[]) {
    this.#ipv4 = new Spans(ipv4);
    this.#ipv6 = new Spans(ipv6);
  }

  /**
   * Reads a list, a range a line; what follows a `#`, and columns behind the range, are passed over.
   * @throws AddressRangesError naming the line
   */
  static parse(text: string): AddressRanges {
    const spans: Record<4 | 6, Span[]> = { 4: [], 6: [] };
    for (const [index, line] of text.split('\n').entries()) {
      const said = line.replace(/#.*/, '').trim();
      if (said === '') continue;
      const span = readSpan(said.split(/[,;\t]/).map((column) => column.trim().replace(/^"(.*)"$/, '$1')));
      if (span === null)
        throw new AddressRangesError(`line ${index + 1} is "${said.slice(0, 80)}"; accepted: ${ACCEPTED}`);
      spans[span.family].push(span);
    }
    return new AddressRanges(spans[4], spans[6]);
  }

  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  holds({ family, words }: Address): boolean {
    return family === 4 ? this.#ipv4.holds(words[0] >>> 0) : this.#ipv6.holds(prefixOf(words));
  }
}

interface Span {
  readonly family: 4 | 6;
  readonly first: number;
  readonly last: number;
}

class Spans {
  readonly #firsts: Float64Array;
  readonly #lasts: Float64Array;

  constructor(spans: readonly Span[]) {
    const joined: { first: number; last: number }[] = [];
    for (const { first, last } of [...spans].sort((left, right) => left.first - right.first)) {
      const before = joined.at(-1);
      if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
      else joined.push({ first, last });
    }
    this.#firsts = Float64Array.from(joined, ({ first }) => first);
    this.#lasts = Float64Array.from(joined, ({ last }) => last);
  }

  get size(): number {
    return this.#firsts.length;
  }

  holds(number: number): boolean {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#firsts[middle]! <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number <= this.#lasts[low - 1]!;
  }
}

const prefixOf = (words: Address['words']): number => (words[0] >>> 0) * 65_536 + (words[1] >>> 16);

function readSpan([first = '', second]: readonly string[]): Span | null {
  if (first.includes('/')) return readCidr(first);
  const from = parseAddress(first);
  if (from === null) return null;
  const to = second === undefined ? from : parseAddress(second);
  if (to === null || to.family !== from.family) return null;
  const [low, high] = [numberOf(from), numberOf(to)];
  return low <= high ? { family: from.family, first: low, last: high } : null;
}

function readCidr(text: string): Span | null {
  if (!ipaddr.isValidCIDR(text)) return null;
  const [base, bits] = ipaddr.parseCIDR(text);
  const address = parseAddress(base.toNormalizedString());
  // A range of mapped addresses is written as IPv4 by who means it.
  if (address === null || (base.kind() === 'ipv6' && address.family === 4)) return null;
  const width = address.family === 4 ? 32 : 48;
  const size = 2 ** Math.max(0, width - bits);
  const first = Math.floor(numberOf(address) / size) * size;
  return { family: address.family, first, last: first + size - 1 };
}

function numberOf({ family, words }: Address): number {
  return family === 4 ? words[0] >>> 0 : prefixOf(words);
}

/** Keeps a list of ranges that a file holds up to date. The one before stays in use when a new one cannot be read. */
export class RangesFile {
  ranges: AddressRanges | null = null;
  readonly #path: string;
  readonly #tell: (said: { problem: string } | { loaded: number }) => void;
  #tried = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, tell: (said: { problem: string } | { loaded: number }) => void) {
    this.#path = path;
    this.#tell = tell;
  }

  /** Takes the file into use if it has changed since it was tried last. */
  async refresh(): Promise<void> {
    try {
      const { mtimeMs, size } = await stat(this.#path);
      const state = `${mtimeMs} ${size}`;
      if (state === this.#tried) return;
      this.#tried = state;
      this.ranges = AddressRanges.parse(await readFile(this.#path, 'utf8'));
      this.#tell({ loaded: this.ranges.size });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason === this.#tried) return;
      if (!(error instanceof AddressRangesError)) this.#tried = reason;
      this.#tell({ problem: `${this.#path}: ${reason}` });
    }
  }

  /** Looks for a new file from now on. The timer does not keep the process alive. */
  watch(everyMs: number): void {
    this.#timer ??= setInterval(() => void this.refresh(), everyMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
