import { z } from 'zod';
import { LicenceError } from './errors.ts';
import { refusal } from './protocol/index.ts';

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 15_000;
const ANSWER_MAX = 512 * 1024;

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Read piece by piece: whoever answers in the server's place must not fill the memory.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > ANSWER_MAX)
      throw new LicenceError('BAD_ANSWER', 'the answer of the licence server is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Asks the licence server.
 *
 * @param shape what a good answer holds
 * @throws LicenceError UNREACHABLE (network, time, 5xx, 429: trying again later makes sense), REFUSED with the
 *   server's code, BAD_ANSWER
 */
export async function post<S extends z.ZodType>(
  fetcher: Fetch,
  server: string,
  path: string,
  body: object,
  shape: S,
): Promise<z.output<S>> {
  let status: number;
  let text: string;
  try {
    const response = await fetcher(new URL(path, `${server.replace(/\/+$/, '')}/`).href, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    text = await limitedText(response);
  } catch (cause) {
    if (cause instanceof LicenceError) throw cause;
    throw new LicenceError('UNREACHABLE', 'the licence server cannot be reached', { cause });
  }
  if (status >= 500 || status === 429) {
    throw new LicenceError('UNREACHABLE', `the licence server answered ${status}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (status !== 200) {
    const refused = refusal.safeParse(json);
    if (!refused.success) throw new LicenceError('BAD_ANSWER', `the licence server answered ${status}`);
    throw new LicenceError('REFUSED', `the licence server refused: ${refused.data.error_code}`, {
      serverCode: refused.data.error_code,
      serverMessage: refused.data.message,
    });
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    throw new LicenceError(
      'BAD_ANSWER',
      `not the answer that was expected: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data;
}
