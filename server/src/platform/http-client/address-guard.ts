import ipaddr from 'ipaddr.js';

/** Inside 2000::/3 and still not a public host: protocol assignments (Teredo among them), documentation, 6to4. */
const ipv6Exceptions = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((block) =>
  ipaddr.IPv6.parseCIDR(block),
);
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why an address must not be connected to, or null when it is a public host.
 * IPv6 is an allow-list of its global unicast block: a deny-list misses forms such as the IPv4-compatible `::7f00:1`,
 * which ipaddr.js calls unicast.
 * @param address a literal, without brackets
 */
export function addressRefusal(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'not an IP address';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) {
    const range = parsed.range();
    return range === 'unicast' ? null : `a ${words(range)} address`;
  }
  const v6 = parsed as ipaddr.IPv6;
  if (v6.zoneId) return 'an address with a zone';
  if (!v6.match(globalUnicast)) {
    const range = v6.range();
    return range === 'unicast' ? 'outside the public IPv6 range 2000::/3' : `a ${words(range)} address`;
  }
  return ipv6Exceptions.some((block) => v6.match(block)) ? 'in a reserved IPv6 block' : null;
}

function words(range: string): string {
  return range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
