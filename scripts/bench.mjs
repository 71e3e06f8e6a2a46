// Runs benchmarks: node scripts/bench.mjs [names] [--options for them]
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, fail, node, root } from './lib/prepare.mjs';
import { run } from './lib/run.mjs';

const directory = join(root, 'bench');
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));

const available = existsSync(directory)
  ? readdirSync(directory).filter((file) => file.endsWith('.bench.ts'))
  : [];

function fileOf(name) {
  const file = [`${name}.bench.ts`, `${name}.ts`, name].find((candidate) =>
    existsSync(join(directory, candidate)),
  );
  return file ?? fail(`Pas de mesure « ${name} ». / No benchmark "${name}". (${available.join(', ')})`, 2);
}

const files = names.length > 0 ? names.map(fileOf) : available.sort();
if (files.length === 0) fail('Aucune mesure dans bench/. / There is no benchmark in bench/.');

ensureInstalled();
ensureBuilt();

let failure = 0;
for (const file of files) {
  process.stdout.write(`\n== bench/${file}\n`);
  const code = await run(node, ['--enable-source-maps', join(directory, file), ...options]);
  failure ||= code;
}
process.exit(failure);
