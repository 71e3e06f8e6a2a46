import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that a test can cut, for what happens when the network or the server goes away. */
export interface Line {
  /** Where the line begins, on 127.0.0.1. */
  readonly port: number;
  /** Breaks every connection and takes no new one. */
  cut(): void;
  /** Takes connections again. */
  mend(): void;
  close(): Promise<void>;
}

/** Opens a line to a server that listens already. */
async function startLine(target: { readonly host: string; readonly port: number }): Promise<Line> {
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((near) => {
    if (cut) return void near.destroy();
    const far = connect(target.port, target.host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      cut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      cut = false;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A line to the server of a database, with the address of the database through it. */
export async function startLineTo(databaseUrl: string): Promise<{ line: Line; url: string }> {
  const url = new URL(databaseUrl);
  const line = await startLine({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  return { line, url: url.toString() };
}
