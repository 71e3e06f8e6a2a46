import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** Addresses of the machine itself and of private networks (RFC 1918, 4193, 6598, 3927). */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');

const TIMEOUT_MS = 10_000;

/** The signature of a delivery: HMAC-SHA-256 over `timestamp.body`, so that an old delivery cannot be sent again. */
export function webhookSignature(secret: string, timestampSeconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
  return `t=${timestampSeconds},v1=${mac}`;
}

const isPrivate = (address: string): boolean => PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
const refusal = (): Error => new Error('the address is private; LICENSE_WEBHOOK_PRIVATE=oui allows it');

/** Looks a name up for a connection, and refuses it there and then: a name cannot change between check and use. */
const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    if (addresses.some(({ address }) => isPrivate(address))) return done(refusal(), []);
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    if (!first) return done(new Error(`${host} has no address`), []);
    done(null, first.address, first.family);
  });
};

/**
 * Posts a body of JSON and waits for the answer's status; its body is thrown away, redirections are not followed.
 *
 * @param options.allowPrivate lets addresses of the machine itself and of private networks be reached
 * @throws Error when there is no answer within ten seconds, or it is not of the kind 2xx
 */
export function postWebhook(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: { allowPrivate: boolean },
): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!options.allowPrivate && isIP(host) !== 0 && isPrivate(host)) return Promise.reject(refusal());
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(options.allowPrivate ? {} : { lookup: publicLookup }),
      },
      (answer) => {
        answer.resume();
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`answered ${status}`));
      },
    );
    sent.on('error', (error) =>
      reject(error.name === 'AbortError' || error.name === 'TimeoutError' ? new Error('no answer') : error),
    );
    sent.end(body);
  });
}
