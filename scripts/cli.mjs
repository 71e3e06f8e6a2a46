// The command line of a program from a clone: node scripts/cli.mjs gec users list
import { existsSync } from 'node:fs';
import { distFile, ensureBuilt, ensureInstalled, fail, node, programs } from './lib/prepare.mjs';
import { knownLicenceSettings } from './lib/licence.mjs';
import { run } from './lib/run.mjs';

const [program, ...args] = process.argv.slice(2);
if (!programs.includes(program)) fail(`Usage: node scripts/cli.mjs <${programs.join('|')}> [arguments]`, 2);

ensureInstalled();
ensureBuilt();

const file = distFile(program, 'cli.js');
if (!existsSync(file))
  fail(`« ${program} » n’a pas de ligne de commande. / "${program}" has no command line.`);
if (args[0] === '--') args.shift();

// In the root of the repository, as the programs themselves, so that `data/` is the same directory for both.
// It speaks of the same licence as the program that `npm start` joined to its server.
const joined = program === 'gec' ? knownLicenceSettings(process.env) : {};
process.exit(await run(node, ['--enable-source-maps', file, ...args], joined));
