/** A JSON message or a piece of raw bytes, as it crosses a pipe between the server and a child of the atelier. */
export type Frame = { kind: 'control'; message: unknown } | { kind: 'data'; bytes: Buffer };

const HEADER = 5;
const CONTROL = 0;
const DATA = 1;

/** Largest payload that either side accepts (bytes): beyond it the peer is broken or hostile. */
const MAX_PAYLOAD = 32 * 1024 * 1024;

/** Raw bytes are cut into pieces of this size, so that no side ever waits for a large frame to be complete. */
const PIECE = 256 * 1024;

function head(kind: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt8(kind, 4);
  return bytes;
}

/**
 * Encodes a message: a 32-bit big-endian payload length, one byte of kind, then UTF-8 JSON.
 *
 * @param message anything that JSON can carry
 */
export function controlFrame(message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message), 'utf8');
  return Buffer.concat([head(CONTROL, payload.length), payload]);
}

/**
 * Encodes raw bytes as frames of at most 256 KB each, in pieces to be written one after the other: the head of a frame,
 * then its bytes as they are, for a copy of every file would cost more than sending it. Nothing comes out for no bytes.
 */
export function* dataFrames(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    yield head(DATA, piece.length);
    yield piece;
  }
}

/** Puts frames back together from the arbitrary pieces in which a pipe delivers them. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #size = 0;
  #need = HEADER;

  /**
   * Takes what the pipe gave and yields the frames that are now complete.
   *
   * @throws Error on a frame that no peer of ours sends (unknown kind, oversized, not JSON)
   */
  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#need) {
      const all =
        this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
      const length = all.readUInt32BE(0);
      if (length > MAX_PAYLOAD) throw new Error(`Frame of ${length} bytes refused`);
      if (all.length < HEADER + length) {
        this.#chunks = [all];
        this.#need = HEADER + length;
        return;
      }
      const rest = all.subarray(HEADER + length);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#size = rest.length;
      this.#need = HEADER;
      yield decode(all.readUInt8(4), all.subarray(HEADER, HEADER + length));
    }
  }
}

function decode(kind: number, payload: Buffer): Frame {
  if (kind === DATA) return { kind: 'data', bytes: payload };
  if (kind === CONTROL) return { kind: 'control', message: JSON.parse(payload.toString('utf8')) as unknown };
  throw new Error(`Unknown kind of frame: ${kind}`);
}
