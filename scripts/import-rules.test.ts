import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { tempDir } from '@gec/testing';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const gec = 'apps/gec/src';
const courriers = `${gec}/modules/courriers`;

/** A small repository: each file with its imports; those that must be reported name the rule. */
const files: Record<string, { code: string; breaks?: string[] }> = {
  'packages/core/src/index.ts': { code: "import 'zod';" },
  'packages/core/src/io.ts': { code: "import 'node:fs';", breaks: ['core-is-pure'] },
  'packages/core/src/io.test.ts': { code: "import 'node:fs'; import '@gec/testing';" },
  'packages/crypto/src/index.ts': { code: "import '@gec/core'; import 'node:crypto';" },
  'packages/crypto/src/wrong.ts': { code: "import '@gec/db';", breaks: ['crypto-siblings'] },
  'packages/db/src/index.ts': { code: "import '@gec/core'; import 'kysely';" },
  'packages/db/src/wrong.ts': { code: "import type {} from '@gec/http';", breaks: ['db-siblings'] },
  'packages/ui/src/index.ts': { code: "import '@gec/core';" },
  'packages/http/src/index.ts': {
    code: "import '@gec/core'; import '@gec/crypto'; import '@gec/db'; import '@gec/ui'; import type {} from 'kysely';",
  },
  'packages/http/src/wrong.ts': { code: "import 'kysely';", breaks: ['sql-lives-in-repos'] },
  'packages/testing/src/index.ts': { code: 'export {};' },
  'packages/licence-client/src/index.ts': { code: "import '@gec/core'; import 'jose'; import 'zod';" },
  'packages/licence-client/src/wrong.ts': {
    code: "import 'pg';",
    breaks: ['licence-client-is-portable'],
  },
  'apps/licences/src/main.ts': { code: "import '../../gec/src/main.ts';", breaks: ['programs-are-separate'] },
  [`${gec}/main.ts`]: { code: "import '@gec/testing';", breaks: ['testing-is-for-tests'] },
  [`${gec}/test/harness.ts`]: { code: "import '@gec/testing';" },
  [`${gec}/cli/wrong.ts`]: { code: "import '../test/harness.ts';", breaks: ['tests-stay-apart'] },
  [`${gec}/jobs/outbox.ts`]: { code: "import 'kysely';" },
  [`${gec}/jobs/mail.ts`]: { code: "import 'kysely';", breaks: ['sql-lives-in-repos'] },
  [`${gec}/db/migrations/0001.ts`]: { code: "import 'kysely';" },
  [`${courriers}/courriers.repo.ts`]: { code: "import 'kysely';" },
  [`${courriers}/courriers.presenter.ts`]: { code: 'export interface Line { id: string }' },
  [`${courriers}/courriers.service.ts`]: {
    code: "import './courriers.repo.ts'; import type {} from 'kysely'; import '../pieces/pieces.service.ts';",
  },
  [`${courriers}/wrong.service.ts`]: {
    code: "import type {} from 'fastify'; import 'kysely';",
    breaks: ['services-know-no-http', 'sql-lives-in-repos'],
  },
  [`${courriers}/courriers.pages.tsx`]: { code: "import 'fastify'; import './courriers.service.ts';" },
  [`${courriers}/wrong.pages.tsx`]: {
    code: "import './courriers.repo.ts';",
    breaks: ['routes-go-through-services'],
  },
  [`${courriers}/wrong.api.ts`]: {
    code: "import './courriers.repo.ts';",
    breaks: ['routes-go-through-services'],
  },
  [`${courriers}/wrong.views.tsx`]: {
    code: "import type {} from './courriers.service.ts';",
    breaks: ['views-only-show'],
  },
  [`${courriers}/courriers.test.ts`]: { code: "import '@gec/testing'; import '../pieces/pieces.repo.ts';" },
  [`${gec}/modules/pieces/pieces.repo.ts`]: { code: "import 'kysely';" },
  [`${gec}/modules/pieces/pieces.service.ts`]: {
    code: "import type { Line } from '../courriers/courriers.presenter.ts'; export type { Line };",
  },
  [`${gec}/modules/pieces/wrong.ts`]: {
    code: "import '../courriers/courriers.repo.ts'; import '../courriers/courriers.presenter.ts';",
    breaks: ['modules-meet-at-services', 'presenters-lend-types-only'],
  },
  [`${gec}/cycle-a.ts`]: { code: "import './cycle-b.ts';", breaks: ['no-cycles'] },
  [`${gec}/cycle-b.ts`]: {
    code: "import './cycle-a.ts'; import './missing.ts';",
    breaks: ['everything-resolves'], // the cycle is reported once
  },
};

interface Report {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

it('reports every breach of the import rules, and nothing else', async () => {
  await using repository = await tempDir();
  const at = (path: string) => join(repository.path, path);
  const write = async (path: string, content: string) => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
  };
  for (const [path, { code }] of Object.entries(files)) await write(path, code);
  await write(
    'tsconfig.json',
    '{ "compilerOptions": { "module": "NodeNext", "allowImportingTsExtensions": true } }',
  );
  await mkdir(at('node_modules/@gec'), { recursive: true });
  for (const name of ['core', 'crypto', 'db', 'http', 'ui', 'testing', 'licence-client']) {
    await write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@gec/${name}`, exports: './src/index.ts' }),
    );
    await symlink(at(`packages/${name}`), at(`node_modules/@gec/${name}`));
  }
  for (const name of ['zod', 'kysely', 'jose', 'fastify', 'pg']) {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, exports: './index.js' }));
    await write(`node_modules/${name}/index.js`, '');
  }
  const config = join(root, '.dependency-cruiser.cjs');
  const cruise = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cruise, '--config', config, '--output-type', 'json', 'packages', 'apps'],
    { cwd: repository.path, maxBuffer: 1 << 26 },
  ).catch((error: { stdout: string }) => error); // the exit code is the number of breaches
  const { summary } = JSON.parse(stdout) as Report;
  const found = new Map<string, Set<string>>();
  for (const { from, rule } of summary.violations) {
    found.set(from, (found.get(from) ?? new Set()).add(rule.name));
  }
  const expected = Object.entries(files).flatMap(([path, { breaks }]) => (breaks ? [[path, breaks]] : []));
  const sorted = [...found].map(([path, rules]) => [path, [...rules].sort()]);
  expect(Object.fromEntries(sorted)).toEqual(Object.fromEntries(expected));
});
