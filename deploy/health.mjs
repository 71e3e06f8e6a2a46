/* global AbortSignal */
// Asks the program of this container whether it can work; ends with 0 or 1. HEALTH_PORT is the port to ask.
const port = process.env.HEALTH_PORT || process.env.PORT || '5000';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = answer.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
