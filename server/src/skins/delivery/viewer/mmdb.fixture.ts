import { parseAddress } from './address.ts';

/** Data of a record: the types that location databases use. Numbers become uint16 or uint32, or double with a fraction. */
export type MmdbValue =
  | string
  | number
  | boolean
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue };

export interface MmdbInput {
  readonly networks: readonly (readonly [cidr: string, record: MmdbValue])[];
  readonly type?: string;
  readonly recordSize?: 24 | 28 | 32;
  readonly ipVersion?: 4 | 6;
  readonly builtAtSeconds?: number;
}

/** A node has two children: another node, data by its offset, or nothing. */
type Child = { node: Node } | { data: number } | null;
interface Node {
  children: [Child, Child];
}

/**
 * Writes a database of the MaxMind DB file format specification, version 2.0: search tree, 16 zeros, data, metadata.
 * Later networks win over earlier ones within them.
 */
export function writeMmdb(input: MmdbInput): Buffer {
  const { recordSize = 28, ipVersion = 6 } = input;
  const root: Node = { children: [null, null] };
  const data: Buffer[] = [];
  let offset = 0;
  for (const [cidr, record] of input.networks) {
    const bytes = encode(record);
    insert(root, bitsOf(cidr, ipVersion), { data: offset });
    data.push(bytes);
    offset += bytes.length;
  }
  const nodes: Node[] = [];
  const number = new Map<Node, number>();
  const visit = (node: Node) => {
    number.set(node, nodes.length);
    nodes.push(node);
    for (const child of node.children) if (child && 'node' in child) visit(child.node);
  };
  visit(root);
  const recordFor = (child: Child) =>
    child === null
      ? nodes.length
      : 'node' in child
        ? number.get(child.node)!
        : nodes.length + 16 + child.data;
  const tree = Buffer.concat(
    nodes.map(({ children }) => writeNode(recordFor(children[0]), recordFor(children[1]), recordSize)),
  );
  // Readers in C insist on the widths of the specification.
  const metadata = map({
    binary_format_major_version: uint(5, 2, 2),
    binary_format_minor_version: uint(5, 2, 0),
    build_epoch: uint(9, 8, input.builtAtSeconds ?? 1_700_000_000),
    database_type: encode(input.type ?? 'Test-City'),
    description: encode({ en: 'written by a test' }),
    ip_version: uint(5, 2, ipVersion),
    languages: encode(['en']),
    node_count: uint(6, 4, nodes.length),
    record_size: uint(5, 2, recordSize),
  });
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'),
    metadata,
  ]);
}

function bitsOf(cidr: string, ipVersion: 4 | 6): number[] {
  const [text, length] = cidr.split('/') as [string, string];
  const { family, words } = parseAddress(text)!;
  const used = family === 4 ? words.slice(0, 1) : words;
  const bits = used.flatMap((word) => Array.from({ length: 32 }, (_, index) => (word >>> (31 - index)) & 1));
  const prefix = bits.slice(0, Number(length));
  return family === 4 && ipVersion === 6 ? [...new Array<number>(96).fill(0), ...prefix] : prefix;
}

function insert(root: Node, bits: readonly number[], leaf: Child): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const child = node.children[bit as 0 | 1];
    const next = child && 'node' in child ? child.node : { children: [child, child] as [Child, Child] };
    node.children[bit as 0 | 1] = { node: next };
    node = next;
  }
  node.children[bits.at(-1) as 0 | 1] = leaf;
}

function writeNode(left: number, right: number, recordSize: number): Buffer {
  const node = Buffer.alloc(recordSize / 4);
  if (recordSize === 24) {
    node.writeUIntBE(left, 0, 3);
    node.writeUIntBE(right, 3, 3);
  } else if (recordSize === 32) {
    node.writeUInt32BE(left, 0);
    node.writeUInt32BE(right, 4);
  } else {
    node.writeUIntBE(left & 0xffffff, 0, 3);
    node[3] = ((left >>> 24) << 4) | (right >>> 24);
    node.writeUIntBE(right & 0xffffff, 4, 3);
  }
  return node;
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(2, bytes.length), bytes]);
  }
  if (typeof value === 'boolean') return control(14, value ? 1 : 0);
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return uint(value < 65_536 ? 5 : 6, value < 65_536 ? 2 : 4, value);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return Buffer.concat([control(3, 8), bytes]);
  }
  if (isList(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  return map(Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, encode(entry)])));
}

function map(entries: Readonly<Record<string, Buffer>>): Buffer {
  const pairs = Object.entries(entries).flatMap(([key, value]) => [encode(key), value]);
  return Buffer.concat([control(7, pairs.length / 2), ...pairs]);
}

/** An unsigned number of one of the types 5 (two bytes), 6 (four), 9 (eight). */
function uint(type: number, width: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return Buffer.concat([control(type, width), bytes.subarray(8 - width)]);
}

const isList = (value: MmdbValue): value is readonly MmdbValue[] => Array.isArray(value);

/** Control byte: type in three bits, or 0 and type - 7 in a byte of its own; size in five bits, from 29 on in a further byte. */
function control(type: number, size: number): Buffer {
  const short = Math.min(size, 29);
  const head = type > 7 ? [short, type - 7] : [(type << 5) | short];
  return Buffer.from(size >= 29 ? [...head, size - 29] : head);
}

/** A record of the City schema. */
export const cityRecord = (
  country: string,
  region: string,
  city: string,
  postal: string,
  metro?: number,
): MmdbValue => ({
  country: { iso_code: country, names: { en: country } },
  subdivisions: [{ iso_code: region }],
  city: { names: { en: city } },
  postal: { code: postal },
  location: { latitude: 1.5, longitude: 2.5, ...(metro === undefined ? {} : { metro_code: metro }) },
});
