import { createServer, type Socket } from 'node:net';
import { runGec } from '../../apps/gec/src/test/cli.ts';

/** One command, as the program that stands in for `gec` hands it over. */
interface Command {
  readonly args: string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** Runs it in its folder. */
function run({ args, cwd, env }: Command) {
  process.chdir(cwd);
  return runGec(env, args);
}

/**
 * Runs the command line of GEC Mines in this process for shells outside: starting Node with all modules for each of
 * the hundred commands of the guides would take minutes. Commands run one after the other, as a shell sends them.
 *
 * @param path where the socket is to be
 * @returns a script for Node that does what `gec` does, and how to end
 */
export async function serveCommandLine(
  path: string,
): Promise<{ script: string; close: () => Promise<void> }> {
  const home = process.cwd();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => {
      void run(JSON.parse(text) as Command).then(
        (said) => socket.end(JSON.stringify(said)),
        (error: unknown) => socket.end(JSON.stringify({ code: 1, stdout: '', stderr: String(error) })),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const script = `
    const socket = require('node:net').connect({ path: ${JSON.stringify(path)}, allowHalfOpen: true });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => {
      const { code, stdout, stderr } = JSON.parse(text);
      process.stderr.write(stderr);
      process.stdout.write(stdout);
      process.exitCode = code;
    });
    socket.end(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env: process.env }));`;
  return {
    script,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      process.chdir(home);
    },
  };
}
