/**
 * Lends a buffer to a piece of work that fits into one; when none is free, or more is needed, the other way is taken.
 *
 * @param bytes what the work needs at most
 */
export type Buffers = <T>(
  bytes: number,
  small: (buffer: Buffer) => Promise<T>,
  otherwise: () => Promise<T>,
) => Promise<T>;

/**
 * Makes buffers that are used again and again: memory outside the heap is what the garbage collector is worst at, and a
 * megabyte for each upload would keep it busy for longer than the upload takes.
 *
 * @param count buffers at most; each is made when it is first wanted
 * @param size bytes of each
 */
export function createBuffers(count: number, size: number): Buffers {
  const free: Buffer[] = [];
  let left = count;
  return async (bytes, small, otherwise) => {
    if (bytes > size) return otherwise();
    let buffer = free.pop();
    if (!buffer) {
      if (left === 0) return otherwise();
      left -= 1;
      buffer = Buffer.allocUnsafeSlow(size);
    }
    try {
      const result = await small(buffer);
      free.push(buffer);
      return result;
    } catch (error) {
      // Whatever failed may still be reading from it: it is left to the garbage collector.
      left += 1;
      throw error;
    }
  };
}
