import { clearInterval, setInterval } from 'node:timers';

/** Repeats of a signal within this time are one keystroke: a terminal and npm both deliver Ctrl-C. */
const SAME_KEYSTROKE_MS = 1000;

/**
 * Passes SIGINT, SIGTERM and SIGHUP on to children, once for each request to stop. The children are expected to be in
 * process groups of their own, so that a terminal does not signal them a second time.
 *
 * @param {(signal: NodeJS.Signals) => void} deliver
 */
export function forwardSignals(deliver) {
  let last = -Infinity;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - last < SAME_KEYSTROKE_MS) return;
      last = now;
      deliver(signal);
    });
  }
}

const SHELL_CHECK_MS = 500;

/**
 * Calls back once the shell in which npm runs a script is gone. npm passes a signal on to that shell only, and the
 * usual one (dash) dies of it without a word to us: the programs would run on with nobody to end them.
 *
 * @param {() => void} gone
 */
export function followShell(gone) {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    gone();
  }, SHELL_CHECK_MS);
  timer.unref();
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** The exit code by which shells report how a process ended: its own, or 128 plus the number of the signal. */
export function exitCode(code, signal) {
  return signal ? 128 + (NUMBERS[signal] ?? 0) : (code ?? 1);
}
