/* global module */
/** The import rules of docs/CONTRIBUTING.md and of the design (modules, layers, two programs). */

const TESTS = ['\\.test\\.tsx?$', '^(packages|apps)/[^/]+/(src/)?test/'];

/** Where a package found in node_modules resolves to. */
const external = (name) => `(^|/)node_modules/${name}/`;

/** A shared package may import only the listed ones of its siblings. */
const siblings = (name, allowed) => ({
  name: `${name}-siblings`,
  comment: `packages/${name} may import only: ${allowed.join(', ') || 'no other workspace'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: TESTS },
  to: { path: '^(packages|apps)/', pathNot: [name, ...allowed].map((one) => `^packages/${one}/`) },
});

module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'core has no I/O and depends on zod alone',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: TESTS },
      to: { pathNot: ['^packages/core/src/', external('zod')] },
    },
    siblings('crypto', ['core']),
    siblings('db', ['core']),
    siblings('backup', ['core', 'crypto', 'db']),
    siblings('ui', ['core']),
    siblings('http', ['core', 'crypto', 'db', 'ui']),
    siblings('licence-client', ['core']),
    siblings('testing', ['core']),
    {
      name: 'licence-client-is-portable',
      comment: 'the SDK depends on core, jose and zod only, since others embed it',
      severity: 'error',
      from: { path: '^packages/licence-client/src/', pathNot: TESTS },
      to: { path: external('[^/]+'), pathNot: [external('(jose|zod)')] },
    },
    {
      name: 'programs-are-separate',
      comment: 'the two programs share packages, never code of each other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'routes-go-through-services',
      comment: 'a route never imports a repo',
      severity: 'error',
      from: { path: '\\.(pages\\.tsx|api\\.ts)$' },
      to: { path: '\\.repo\\.ts$' },
    },
    {
      name: 'services-know-no-http',
      comment: 'a service never imports Fastify',
      severity: 'error',
      from: { path: '\\.service\\.ts$' },
      to: { path: [external('fastify'), external('fastify-[^/]+'), external('@fastify/[^/]+')] },
    },
    {
      name: 'views-only-show',
      comment: 'a view imports neither service nor repo: what it shows comes from a presenter',
      severity: 'error',
      from: { path: '\\.views\\.tsx$' },
      to: { path: '\\.(service|repo)\\.ts$' },
    },
    {
      name: 'modules-meet-at-services',
      comment:
        'another module is reached only through its service, schema, policy, texts, or types of its presenter; a view may show a component of its views, a route read a form with its files',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/modules/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^apps/$1/src/modules/',
        pathNot: [
          '^apps/$1/src/modules/$2/',
          '\\.(service|schema|policy|texts|presenter|views|multipart)\\.tsx?$',
        ],
      },
    },
    {
      name: 'presenters-lend-types-only',
      comment: 'of the presenter of another module only types may be imported',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/modules/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^apps/$1/src/modules/.*\\.presenter\\.tsx?$',
        pathNot: '^apps/$1/src/modules/$2/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sql-lives-in-repos',
      comment:
        'only *.repo.ts, packages/db, jobs/outbox.ts, db/schema.ts and migrations import Kysely at run time',
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot: [
          ...TESTS,
          '\\.repo\\.ts$',
          '^packages/db/',
          '^apps/[^/]+/src/jobs/outbox\\.ts$',
          '^apps/[^/]+/src/db/(schema\\.ts$|migrations/)',
        ],
      },
      to: { path: external('kysely'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'nothing but tests, e2e and bench imports @gec/testing',
      severity: 'error',
      from: { path: '^(packages|apps|scripts)/', pathNot: [...TESTS, '^packages/testing/'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'tests-stay-apart',
      comment: 'no program contains what only its tests need',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [...TESTS, '\\.(harness|fixture)\\.ts$'] },
      to: { path: '^(packages|apps)/[^/]+/(src/)?test/' },
    },
    {
      name: 'no-cycles',
      comment: 'modules that need each other at run time cannot be read, tested or loaded one by one',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      comment: 'an import that is not found would slip through all the other rules',
      severity: 'error',
      from: { path: '^(packages|apps)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.d.ts', '.d.mts'],
    },
  },
};
