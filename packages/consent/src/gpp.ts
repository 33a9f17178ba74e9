import { BitReader, isBase64Url } from './bits.ts';

/** Longest GPP string that is looked at, in characters. */
export const MAX_GPP_LENGTH = 8192;
const MAX_SECTIONS = 64;

/** The sections of a GPP string by id, each still encoded. */
export type DecodedGpp =
  | { readonly ok: true; readonly sections: ReadonlyMap<number, string> }
  | { readonly ok: false; readonly problem: 'malformed' | 'unsupported_version' };

/**
 * Splits a GPP string (IAB Tech Lab, "Global Privacy Platform String", GPP String Format): a header that lists section
 * ids as a Fibonacci range, then one section for each, joined by `~`. Nothing is thrown.
 */
export function decodeGpp(text: string): DecodedGpp {
  if (text.length > MAX_GPP_LENGTH) return { ok: false, problem: 'malformed' };
  const parts = text.split('~', MAX_SECTIONS + 2);
  const [header] = parts;
  if (!header || !isBase64Url(header, 0, header.length)) return { ok: false, problem: 'malformed' };
  const reader = new BitReader(header);
  const isHeader = reader.take(6) === 3;
  const version = reader.take(6);
  if (!isHeader || reader.isBroken) return { ok: false, problem: 'malformed' };
  if (version !== 1) return { ok: false, problem: 'unsupported_version' };
  const ids = readIds(reader);
  if (!ids || ids.length !== parts.length - 1) return { ok: false, problem: 'malformed' };
  return { ok: true, sections: new Map(ids.map((id, index) => [id, parts[index + 1]!])) };
}

function readIds(reader: BitReader): number[] | null {
  const items = reader.take(12);
  const ids: number[] = [];
  let last = 0;
  for (let item = 0; item < items; item++) {
    const isGroup = reader.take(1) === 1;
    let next = last + reader.takeFibonacci();
    last = isGroup ? next + reader.takeFibonacci() : next;
    if (reader.isBroken || last - next >= MAX_SECTIONS) return null;
    while (next <= last) ids.push(next++);
    if (ids.length > MAX_SECTIONS) return null;
  }
  return reader.isBroken ? null : ids;
}

/**
 * Ids of the sections in force, from `gpp_sid`: numbers joined by commas. `-1` says that none applies (GPP CMP API,
 * applicableSections) and gives an empty list; `0`, not determined yet, counts as absent (null).
 * Undefined when it is not such a list.
 */
export function readSectionIds(text: string): readonly number[] | null | undefined {
  if (text.length > 128 || !/^-?\d{1,3}(,-?\d{1,3})*$/.test(text)) return undefined;
  const ids = [...new Set(text.split(',').map(Number))];
  if (ids.every((id) => id === -1)) return [];
  const stated = ids.filter((id) => id > 0);
  return stated.length > 0 ? stated : null;
}
