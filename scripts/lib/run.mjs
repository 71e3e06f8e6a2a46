import { spawn } from 'node:child_process';
import { environment, root } from './prepare.mjs';
import { exitCode, forwardSignals } from './signals.mjs';

let current;
let interrupted = false;

// A terminal sends Ctrl-C to the child itself, which shares our group; other signals reach only us. We outlive the
// child in each case, so that it can put away what it made.
forwardSignals((signal) => {
  interrupted = true;
  if (!current) process.exit(exitCode(null, signal));
  if (signal !== 'SIGINT' || !process.stdin.isTTY) current.kill(signal);
});

/**
 * Runs one program in the foreground, in the root of the repository and with the pinned Node first in PATH, and passes
 * signals on to it. After a signal the whole script ends with the program: what would follow is no longer wanted.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [extra] variables besides those of this process
 * @returns {Promise<number>} its exit code, 128 plus the number of the signal that ended it, or 127 if not found
 */
export function run(command, args, extra = {}) {
  return new Promise((resolve) => {
    current = spawn(command, args, { cwd: root, env: environment(extra), stdio: 'inherit' });
    const finish = (code) => {
      current = undefined;
      if (interrupted) process.exit(code || 130);
      resolve(code);
    };
    current.on('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      finish(127);
    });
    current.on('exit', (code, signal) => finish(exitCode(code, signal)));
  });
}
