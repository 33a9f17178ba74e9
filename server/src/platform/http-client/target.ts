import { isIP } from 'node:net';
import { addressRefusal } from './address-guard.ts';
import { UpstreamError } from './errors.ts';

/** Where requests may go. Everything not named here is refused before a socket opens. */
export interface TargetPolicy {
  /**
   * Hosts that may be private or plain http, as `host` (any port) or `host:port`; `true` allows all.
   * Meant for stand-in servers and on-premises installs, and set by configuration only.
   */
  allowPrivate: boolean | readonly string[];
  /** Plain http to public hosts. */
  allowHttp: boolean;
  /** Ports of public hosts. */
  ports: readonly number[];
  resolve: (hostname: string) => Promise<readonly string[]>;
}

/** A URL that passed the guard, with the only addresses it may be connected at. */
export interface CheckedTarget {
  url: URL;
  addresses: readonly string[];
  /** It was allowed by name, not because its addresses are public. */
  privateAllowed: boolean;
}

const blocked = (why: string) => new UpstreamError('rejected', why, { code: 'address_blocked' });

/**
 * Resolves a URL and judges every address it has, so that no later look-up can give another one.
 * @param redirectedFrom a redirect may reach an allowed private host only from such a host
 * @throws UpstreamError `rejected` (address_blocked) or `unavailable` (name not found)
 */
export async function checkTarget(
  raw: string,
  policy: TargetPolicy,
  redirectedFrom?: CheckedTarget,
): Promise<CheckedTarget> {
  if (!URL.canParse(raw)) throw blocked(`not an absolute URL: ${raw.slice(0, 200)}`);
  const url = new URL(raw);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw blocked(`${url.protocol} is not allowed; expected https:`);
  }
  if (url.username !== '' || url.password !== '')
    throw blocked('a URL with a user name or password is not allowed');
  const privateAllowed =
    isAllowedByName(url, policy.allowPrivate) &&
    (redirectedFrom === undefined || redirectedFrom.privateAllowed);
  if (!privateAllowed) {
    if (url.protocol === 'http:' && !policy.allowHttp)
      throw blocked(`plain http to ${url.host} is not allowed; expected https:`);
    const port = portOf(url);
    if (!policy.ports.includes(port)) {
      throw blocked(`port ${port} of ${url.hostname} is not allowed; expected ${policy.ports.join(' or ')}`);
    }
  }
  if (redirectedFrom?.url.protocol === 'https:' && url.protocol === 'http:') {
    throw blocked(`a redirect from https: to http: (${url.host}) is not followed`);
  }

  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(hostname) ? [hostname] : await lookUp(hostname, policy);
  if (!privateAllowed) {
    for (const address of addresses) {
      const refusal = addressRefusal(address);
      if (refusal !== null) throw blocked(`${url.hostname} leads to ${address}, ${refusal}`);
    }
  }
  return { url, addresses, privateAllowed };
}

async function lookUp(hostname: string, policy: TargetPolicy): Promise<readonly string[]> {
  let addresses: readonly string[];
  try {
    addresses = await policy.resolve(hostname);
  } catch (cause) {
    throw new UpstreamError('unavailable', `the name ${hostname} could not be resolved`, {
      code: 'name_not_found',
      cause,
    });
  }
  if (addresses.length === 0) {
    throw new UpstreamError('unavailable', `the name ${hostname} has no address`, { code: 'name_not_found' });
  }
  return addresses;
}

function isAllowedByName(url: URL, allow: TargetPolicy['allowPrivate']): boolean {
  if (typeof allow === 'boolean') return allow;
  const withPort = `${url.hostname}:${portOf(url)}`;
  return allow.some((entry) => entry.toLowerCase() === url.hostname || entry.toLowerCase() === withPort);
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}
