import { isIP, isIPv6 } from 'node:net';

/** The address without the IPv6 wrapping of IPv4, so that `::ffff:10.0.0.1` and `10.0.0.1` are one client. */
export function plainAddress(ip: string | undefined): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip ?? '');
  return mapped?.[1] ?? ip ?? '';
}

/** The eight groups of an IPv6 address (RFC 4291 § 2.2), lower case, without leading zeros. */
function ipv6Groups(ip: string): string[] {
  const [bare = ''] = ip.toLowerCase().split('%');
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(Math.max(0, missing)).fill('0'), ...right].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  );
}

/**
 * What counts as one client when attempts are counted: an IPv4 address, or the /64 network of an IPv6 one, within
 * which a subscriber changes address at will.
 */
export function addressGroup(ip: string): string {
  const plain = plainAddress(ip);
  return isIPv6(plain) ? `${ipv6Groups(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** An address or a range, as a person types it. */
export interface Cidr {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
  /** `address/prefix`. */
  readonly text: string;
}

/**
 * Reads an address (`10.0.0.1`, a range of one) or a range in CIDR notation (RFC 4632, RFC 4291 § 2.3).
 *
 * @returns `null` when it is neither
 */
export function parseCidr(text: string): Cidr | null {
  const match = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const address = plainAddress(match?.[1]).toLowerCase();
  const version = isIP(address);
  if (!match || version === 0 || address.includes('%')) return null;
  const longest = version === 4 ? 32 : 128;
  const prefix = match[2] === undefined ? longest : Number(match[2]);
  if (prefix > longest) return null;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6', text: `${address}/${prefix}` };
}
