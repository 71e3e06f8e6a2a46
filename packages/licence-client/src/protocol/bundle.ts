import { z } from 'zod';
import { decodeUtf8, parseJson } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { MAX_BUNDLE, MAX_KEY_CERTIFICATES, MAX_LIST, MAX_STATEMENT } from './limits.ts';
import { STATEMENTS } from './statements.ts';

const jws = z.string().min(20).max(MAX_STATEMENT);

/** What a `.geclic` file holds: a certificate and everything that is needed to verify it. */
export const bundle = z.object({
  v: z.literal(1),
  certificate: jws,
  key_certificates: z.array(jws).max(MAX_KEY_CERTIFICATES),
  krl: z.string().max(MAX_LIST).nullish(),
  receipt: jws.nullish(),
  revocations: z.string().max(STATEMENTS['gec-revocations+jws'].max).nullish(),
});
export type Bundle = z.output<typeof bundle>;

/** JSON in ASCII alone, so that it passes through QR codes, mail and clipboards unchanged. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function textOf(content: Uint8Array | string, what: string): string {
  const size = typeof content === 'string' ? content.length : content.byteLength;
  if (size > MAX_BUNDLE) throw new ProtocolError('TOO_LARGE', `${what} of more than ${MAX_BUNDLE} bytes`);
  const text = typeof content === 'string' ? content : decodeUtf8(content);
  if (text === null) throw new ProtocolError('MALFORMED', `${what} is not a text`);
  // What mail programs and editors add around a text is no alteration.
  return text.replace(/^\uFEFF/, '').trim();
}

/**
 * Writes a bundle (`.geclic`): JSON, ASCII, 64 KB at most.
 *
 * @throws ProtocolError BAD_CONTENT, TOO_LARGE (then leave `revocations` out: the certificate says the state too)
 */
export function encodeBundle(content: Bundle): string {
  const parsed = bundle.safeParse(content);
  if (!parsed.success) throw new ProtocolError('BAD_CONTENT', z.prettifyError(parsed.error));
  const text = asciiJson(parsed.data);
  if (text.length > MAX_BUNDLE) throw new ProtocolError('TOO_LARGE', `the bundle has ${text.length} bytes`);
  return text;
}

/**
 * Reads a bundle. Nothing in it is verified yet: see `establishTrust`.
 *
 * @throws ProtocolError TOO_LARGE, MALFORMED
 */
export function decodeBundle(content: Uint8Array | string): Bundle {
  const parsed = bundle.safeParse(parseJson(textOf(content, 'a licence file')));
  if (!parsed.success) throw new ProtocolError('MALFORMED', 'not a licence file');
  return parsed.data;
}

const requestFile = z.object({ request: jws });

/** Writes a request file (`.gecreq`): the very body of `POST /api/offline`. */
export function encodeRequestFile(request: string): string {
  return asciiJson(requestFile.parse({ request }));
}

/**
 * Reads a request file: the JSON that {@link encodeRequestFile} writes, or the bare JWS. Nothing is verified yet: see
 * `verifyRequest`.
 *
 * @returns the JWS
 * @throws ProtocolError TOO_LARGE, MALFORMED
 */
export function decodeRequestFile(content: Uint8Array | string): string {
  const text = textOf(content, 'a request file');
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) && text.length <= MAX_STATEMENT) return text;
  const parsed = requestFile.safeParse(parseJson(text));
  if (!parsed.success) throw new ProtocolError('MALFORMED', 'not a request file');
  return parsed.data.request;
}
