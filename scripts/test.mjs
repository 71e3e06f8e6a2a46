// Installs what the tests need and runs every check: npm test [-- arguments for vitest]
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, ensureInstalled, fail, root } from './lib/prepare.mjs';
import { run } from './lib/run.mjs';
import { closingLine, sumReports } from './lib/summary.mjs';
import { ensureSystemPrograms } from './lib/system-programs.mjs';

const filters = process.argv.slice(2);
const startedAt = Date.now();

/** Runs one tool of node_modules/.bin; the rest of its output goes to the terminal as it is. */
async function tool(name, ...args) {
  return (await run(name, args)) === 0;
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs a stage under its title; returns whether it succeeded. */
async function stage(title, work) {
  const since = Date.now();
  process.stdout.write(`\n== ${title}\n`);
  const succeeded = await work();
  process.stdout.write(`-- ${title}: ${succeeded ? 'ok' : 'FAILED'} (${seconds(since)})\n`);
  return succeeded;
}

ensureInstalled();
ensureSystemPrograms();

const reportDirectory = mkdtempSync(join(tmpdir(), 'gec-reports-'));
process.on('exit', () => rmSync(reportDirectory, { recursive: true, force: true }));
const reports = [];

async function vitest(project) {
  const file = join(reportDirectory, `${project}.json`);
  // With a filter, one of the two projects may have nothing to run; without any, that is a mistake found below.
  const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  const succeeded = await tool('vitest', ...args, `--outputFile.json=${file}`, ...filters);
  if (existsSync(file)) reports.push(JSON.parse(readFileSync(file, 'utf8')));
  return succeeded;
}

const buildScript = join(root, 'scripts', 'build.mjs');
/** Checks that need one processor each: two lanes, side by side. */
const lanes = [
  [['style (eslint)', () => tool('eslint', '.')]],
  [
    ['import rules', () => tool('npm', 'run', '--silent', 'check:imports')],
    ['unused code', () => tool('knip')],
    ['types', () => tool('tsc', '-p', 'tsconfig.json')],
    ['format', () => tool('prettier', '--check', '--log-level', 'warn', '.')],
  ],
];
const stages = [
  ['build', () => !existsSync(buildScript) || build()],
  ['unit tests (SQLite and PostgreSQL)', () => vitest('unit')],
  ['browser tests', () => vitest('e2e')],
];

/** Runs stages one after the other until one fails. */
async function inTurn(list) {
  for (const [title, work] of list) if (!(await stage(title, work))) return false;
  return true;
}

const checked = await Promise.all(lanes.map(inTurn));
const succeeded = checked.every(Boolean) && (await inTurn(stages));

const sum = sumReports(reports);
const executed = sum.passed + sum.failed;
process.stdout.write(
  `\n${succeeded ? 'All stages passed' : 'Stopped at the first failed stage'} (${seconds(startedAt)})\n`,
);
if (reports.length > 0) process.stdout.write(`${closingLine(sum)}\n`);
if (succeeded && executed === 0) fail('No test was executed.');
process.exit(succeeded && sum.failed === 0 ? 0 : 1);
