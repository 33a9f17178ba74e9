import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type DeviceType, deviceType } from '@cuepoint/decisioning';
import ipaddr from 'ipaddr.js';

/** What a request says about who watches: only as much as targeting needs, and nothing is kept. */
export interface Viewer {
  readonly device: DeviceType;
  readonly country: string | null;
}

const MAX_CACHED_AGENTS = 4096;

/**
 * Reads device and country. Headers that speak for somebody else (`X-Device-User-Agent`, the country header,
 * `X-Forwarded-*`) are believed only from the proxies an operator named.
 */
export class ViewerReader {
  readonly #trusted: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  readonly #countryHeader: string | undefined;
  readonly #agents = new Map<string, DeviceType>();
  readonly #peers = new WeakMap<Socket, boolean>();

  /** Throws when a range is not CIDR notation. */
  constructor(trustedProxies: readonly string[], countryHeader: string | undefined) {
    this.#trusted = trustedProxies.map((range) => ipaddr.parseCIDR(range));
    this.#countryHeader = countryHeader?.toLowerCase();
  }

  read(request: IncomingMessage): Viewer {
    if (this.#trusted.length === 0)
      return { device: this.#device(request.headers['user-agent'] ?? ''), country: null };
    const isTrusted = this.isTrusted(request);
    const stated = isTrusted ? request.headers['x-device-user-agent'] : undefined;
    const agent = typeof stated === 'string' ? stated : (request.headers['user-agent'] ?? '');
    const country =
      isTrusted && this.#countryHeader !== undefined ? request.headers[this.#countryHeader] : undefined;
    return {
      device: this.#device(agent),
      country: typeof country === 'string' && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : null,
    };
  }

  /** True when the peer is one of the named proxies; looked up once a connection. */
  isTrusted({ socket }: IncomingMessage): boolean {
    let isTrusted = this.#peers.get(socket);
    if (isTrusted === undefined) {
      isTrusted = this.#matches(socket.remoteAddress);
      this.#peers.set(socket, isTrusted);
    }
    return isTrusted;
  }

  #matches(address: string | undefined): boolean {
    if (address === undefined || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#trusted.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits));
  }

  #device(agent: string): DeviceType {
    let type = this.#agents.get(agent);
    if (type === undefined) {
      type = deviceType(agent);
      // Strangers choose this key: start over rather than grow.
      if (this.#agents.size >= MAX_CACHED_AGENTS) this.#agents.clear();
      if (agent.length <= 512) this.#agents.set(agent, type);
    }
    return type;
  }
}
