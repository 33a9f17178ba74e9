import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { BoundedCache } from '../../../kernel/bounded-cache.ts';
import type { PlayerRequest } from '../listener/exchange.ts';
import { type Address, parseAddress } from './address.ts';

interface Range {
  readonly family: 4 | 6;
  readonly words: readonly number[];
  readonly masks: readonly number[];
}

/** The peer of a connection. */
interface Peer {
  readonly address: Address | null;
  readonly isTrusted: boolean;
}

/** Whose request this is, as far as named proxies vouch for it. */
export interface Asker {
  /** Address of the first hop, from the right, that is no named proxy; null when that is no address. */
  readonly address: Address | null;
  /** The peer itself is a named proxy: its headers are believed. */
  readonly isPeerTrusted: boolean;
  /** Every hop is a named proxy: the asker is one too, and may speak for a viewer of its own (ad insertion). */
  readonly isAskerTrusted: boolean;
  /** A forwarding header was there: the peer speaks for another hop. */
  readonly isForwarded: boolean;
}

const MAX_HOPS = 16;
const MAX_HEADER = 2048;

/** The proxies an operator named. Only they may say whose request it is. */
export class Proxies {
  readonly #ranges: readonly Range[];
  readonly #peers = new WeakMap<Socket, Peer>();
  /** Strangers write addresses into headers; reading each again would cost more than keeping it. */
  readonly #addresses = new BoundedCache<string, Address | 0>(4096);

  /** @throws when a range is not CIDR notation, such as `10.0.0.0/8`. */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(readRange);
  }

  /** True when the peer is one of the named proxies; looked up once a connection. */
  isTrusted(request: PlayerRequest): boolean {
    return this.#peer(request.socket).isTrusted;
  }

  /** Walks `X-Forwarded-For` from the right, and stops at the first hop that is no named proxy. */
  ask(request: PlayerRequest): Asker {
    const peer = this.#peer(request.socket);
    if (!peer.isTrusted)
      return { address: peer.address, isPeerTrusted: false, isAskerTrusted: false, isForwarded: false };
    const header = request.headers['x-forwarded-for'];
    const forwarded = typeof header === 'string' ? header : undefined;
    if (forwarded === undefined)
      return { address: peer.address, isPeerTrusted: true, isAskerTrusted: true, isForwarded: false };
    let last = peer.address;
    let end = forwarded.length;
    for (let hop = 0; end > 0 && hop < MAX_HOPS && forwarded.length - end < MAX_HEADER; hop++) {
      const comma = forwarded.lastIndexOf(',', end - 1);
      const address = this.address(hostOf(forwarded.slice(comma + 1, end).trim()));
      // What a named proxy passes on without an address says that it does not know whose request it is.
      if (address === null || !this.#holds(address))
        return { address, isPeerTrusted: true, isAskerTrusted: false, isForwarded: true };
      last = address;
      end = comma;
    }
    return { address: last, isPeerTrusted: true, isAskerTrusted: end <= 0, isForwarded: true };
  }

  /** An address written in a header or a parameter; null when it is none. */
  address(text: string): Address | null {
    if (text.length > 64) return null;
    const known = this.#addresses.get(text);
    if (known !== undefined) return known === 0 ? null : known;
    const address = parseAddress(text);
    this.#addresses.set(text, address ?? 0);
    return address;
  }

  #peer(socket: Socket): Peer {
    let peer = this.#peers.get(socket);
    if (peer === undefined) {
      const address = parseAddress(socket.remoteAddress ?? '');
      peer = { address, isTrusted: address !== null && this.#holds(address) };
      this.#peers.set(socket, peer);
    }
    return peer;
  }

  #holds({ family, words }: Address): boolean {
    return this.#ranges.some(
      (range) =>
        range.family === family &&
        range.masks.every((mask, index) => ((words[index]! ^ range.words[index]!) & mask) === 0),
    );
  }
}

function readRange(text: string): Range {
  const [base, bits] = ipaddr.parseCIDR(text);
  const address = parseAddress(base.toNormalizedString())!;
  // A range of mapped addresses is a range of IPv4.
  const length = base.kind() === 'ipv6' && address.family === 4 ? bits - 96 : bits;
  if (length < 0) throw new RangeError(`"${text}" mixes mapped IPv4 addresses with others.`);
  const masks = [0, 1, 2, 3].map((index) => {
    const ones = Math.min(32, Math.max(0, length - index * 32));
    return ones === 0 ? 0 : -1 << (32 - ones);
  });
  return { family: address.family, words: address.words, masks };
}

/** An address without brackets and port: `192.0.2.1:8080`, `[2001:db8::1]:443`. */
function hostOf(hop: string): string {
  if (hop.startsWith('[')) return hop.slice(1, hop.indexOf(']'));
  const colon = hop.indexOf(':');
  return colon >= 0 && hop.indexOf(':', colon + 1) < 0 ? hop.slice(0, colon) : hop;
}
