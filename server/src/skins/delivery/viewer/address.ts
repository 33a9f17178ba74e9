/** An IP address as 32-bit words, most significant first; an IPv4 address is the first word alone. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly [number, number, number, number];
}

/** Longest text of an address with a zone, e.g. `fe80::1%eth0`. */
const MAX_TEXT = 64;

/**
 * Reads an address as it stands in headers and sockets; null when it is none. IPv4-mapped addresses
 * (`::ffff:192.0.2.1`) come back as IPv4, a zone is dropped. Work is bounded by 64 characters; nothing is thrown.
 */
export function parseAddress(text: string): Address | null {
  if (text.length > MAX_TEXT || text.length < 2) return null;
  if (text.indexOf(':') < 0) {
    const word = ipv4(text, 0, text.length);
    return word < 0 ? null : { family: 4, words: [word, 0, 0, 0] };
  }
  const zone = text.indexOf('%');
  const words = ipv6(zone < 0 ? text : text.slice(0, zone));
  if (words === null) return null;
  const [a, b, c, d] = words;
  if (a === 0 && b === 0 && c === 0xffff) return { family: 4, words: [d, 0, 0, 0] };
  return { family: 6, words };
}

/** Dotted decimal between two indexes as one word; -1 when it is not. Leading zeros are refused: some read them as octal. */
function ipv4(text: string, from: number, to: number): number {
  let word = 0;
  let octets = 0;
  let octet = -1;
  for (let index = from; index <= to; index++) {
    const code = index === to ? 46 : text.charCodeAt(index);
    if (code === 46) {
      if (octet < 0 || octets === 4) return -1;
      word = word * 256 + octet;
      octets++;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return -1;
    } else return -1;
  }
  return octets === 4 ? word : -1;
}

function ipv6(text: string): [number, number, number, number] | null {
  const gap = text.indexOf('::');
  const head: number[] = [];
  const tail: number[] = [];
  if (gap < 0) {
    if (!groups(text, head) || head.length !== 8) return null;
  } else {
    if (text.indexOf('::', gap + 1) >= 0) return null;
    if (!groups(text.slice(0, gap), head) || !groups(text.slice(gap + 2), tail)) return null;
    if (head.length + tail.length > 7) return null;
    // A dotted tail belongs at the end, not before the gap.
    if (text.lastIndexOf('.', gap) >= 0) return null;
  }
  while (head.length + tail.length < 8) head.push(0);
  const all = head.concat(tail);
  const word = (index: number) => all[index * 2]! * 65536 + all[index * 2 + 1]!;
  return [word(0), word(1), word(2), word(3)];
}

/** Reads groups of 16 bits, the last two possibly as dotted decimal. */
function groups(text: string, into: number[]): boolean {
  if (text === '') return true;
  const parts = text.split(':', 9);
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    if (index === parts.length - 1 && part.indexOf('.') >= 0) {
      const word = ipv4(part, 0, part.length);
      if (word < 0) return false;
      into.push(word >>> 16, word & 0xffff);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return false;
      into.push(Number.parseInt(part, 16));
    }
  }
  return into.length <= 8;
}

/** Canonical enough for a look-up by text: dotted decimal, or eight groups of hexadecimal digits. */
export function formatAddress({ family, words }: Address): string {
  if (family === 4) {
    const [word] = words;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  return words.map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(':');
}
