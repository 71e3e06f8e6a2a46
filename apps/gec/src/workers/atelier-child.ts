import { Console } from 'node:console';
import { controlFrame, dataFrames, FrameDecoder } from './frames.ts';
import { ChildJob, type Outcome } from './child-job.ts';
import type { FromChild, ToChild } from './protocol.ts';

// The program of a child: reads jobs from its standard input, answers on its standard output, one at a time.

// Standard output carries frames only: what a library prints goes where it can do no harm.
globalThis.console = new Console(process.stderr, process.stderr);

function write(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function send(message: FromChild): Promise<void> {
  await write(controlFrame(message));
}

async function sendBytes(bytes: Uint8Array): Promise<void> {
  for (const piece of dataFrames(bytes)) await write(piece);
}

let current: ChildJob | undefined;

async function finish(job: ChildJob): Promise<void> {
  const outcome: Outcome = await job.run(
    sendBytes,
    (done, total) => void send({ t: 'progress', done, total }),
  );
  if (current === job) current = undefined;
  await send({ ...outcome, rss: process.memoryUsage.rss() });
}

function hear(message: ToChild): void {
  switch (message.t) {
    case 'job':
      current = new ChildJob(message.job);
      void finish(current);
      return;
    case 'rows':
      current?.takeRows(message.rows);
      return;
    case 'end':
      current?.end();
      return;
    case 'cancel':
      current?.cancel();
  }
}

const decoder = new FrameDecoder();
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of decoder.push(chunk)) {
    // What still comes for a job that was answered early is dropped.
    if (frame.kind === 'data') current?.takeBytes(frame.bytes);
    else hear(frame.message as ToChild);
  }
});
// A terminal or systemd tells the whole group to stop; the server decides when its children may, by closing their input.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// The server is gone, or wants this child no more.
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));
