import { runCli } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';
import { atelierOf } from './workers/atelier.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(),
  env: process.env,
  openAtelier: atelierOf(new URL('./atelier.js', import.meta.url)),
});
