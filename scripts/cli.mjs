// The command line of a program from a clone: node scripts/cli.mjs gec users list
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { distFile, ensureBuilt, ensureInstalled, environment, fail, node, programs } from './lib/prepare.mjs';
import { exitCode, forwardSignals } from './lib/signals.mjs';

const [program, ...args] = process.argv.slice(2);
if (!programs.includes(program)) fail(`Usage: node scripts/cli.mjs <${programs.join('|')}> [arguments]`, 2);

ensureInstalled();
ensureBuilt();

const file = distFile(program, 'cli.js');
if (!existsSync(file))
  fail(`« ${program} » n’a pas de ligne de commande. / "${program}" has no command line.`);
if (args[0] === '--') args.shift();

const child = spawn(node, ['--enable-source-maps', file, ...args], { env: environment(), stdio: 'inherit' });
// A terminal signals the child itself, which shares our group; SIGTERM and SIGHUP reach only us.
forwardSignals((signal) => signal !== 'SIGINT' && child.kill(signal));
child.on('exit', (code, signal) => process.exit(exitCode(code, signal)));
