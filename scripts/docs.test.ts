import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { DEFAULT_ROLES, fill, PERMISSIONS } from '@gec/core';
import { describe, expect, it } from 'vitest';
import { createCli } from '../apps/gec/src/cli/context.ts';
import { createProgram } from '../apps/gec/src/cli/program.ts';
import { processTerminal } from '../apps/gec/src/cli/terminal.ts';
import { motsDepartement } from '../apps/gec/src/modules/departements/departements.texts.ts';
import {
  BORNES,
  CLES_PARAMETRES,
  PARAMETRES_PAR_DEFAUT,
} from '../apps/gec/src/modules/parametres/parametres.schema.ts';
import { parametresTexts } from '../apps/gec/src/modules/parametres/parametres.texts.ts';
import { GROUPES_PERMISSIONS } from '../apps/gec/src/modules/roles/roles.permissions.ts';
import { rolesTexts } from '../apps/gec/src/modules/roles/roles.texts.ts';
import { sharedAtelier } from '../apps/gec/src/test/atelier.ts';
import { documents, readDocument, ROOT } from '../e2e/lib/documents.ts';

/**
 * Blocks of commands that no test can run as they stand here, by document and first words, with the reason. All others
 * are marked `sh essayé` and run by e2e/guides.test.ts.
 */
const NOT_HERE: readonly (readonly [document: string, begins: string, why: string])[] = [
  ['README.md', 'npm start', 'e2e/programs.test.ts runs the first; the second is what runs this'],
  ['README.md', 'npm run demo', 'a minute of work: demo.test.ts fills a smaller one'],
  ['README.en.md', 'npm start', 'as in README.md'],
  ['README.en.md', 'npm run demo', 'as in README.md'],
  [
    'docs/DEPLOIEMENT.md',
    'deploy/image.sh /opt/gec-0.1.0',
    'needs root and /opt: scripts/try-image.mjs runs it',
  ],
  ['docs/DEPLOIEMENT.md', 'useradd --system', 'needs root and systemd'],
  ['docs/DEPLOIEMENT.md', 'apt-get install nginx certbot', 'needs root, a public name and the Internet'],
  ['docs/DEPLOIEMENT.md', 'GEC_HOST=', 'needs Caddy'],
  ['docs/DEPLOIEMENT.md', 'docker build', 'needs Docker'],
  ['docs/DEPLOIEMENT.md', 'docker run', 'needs Docker'],
  [
    'docs/DEPLOIEMENT.md',
    'deploy/image.sh /opt/gec-0.2.0',
    'e2e/deploiement.test.ts runs deploy/systemd/upgrade',
  ],
  ['docs/DEPLOIEMENT.md', 'cd /var/lib/gec', 'needs the account gec: upgrade.test.ts reads such a copy'],
  ['docs/SCALE.md', 'cp /etc/systemd', 'needs root and systemd'],
  ['docs/SCALE.md', 'pg_basebackup', 'needs two machines: packages/testing makes standbys so'],
  ['docs/SCALE.md', 'pg_ctl -D "$PGDATA" promote', 'needs two machines: npm run bench -- failover does it'],
  ['docs/SCALE.md', 'psql -c "select pg_create', 'needs two machines: done by hand, as the document says'],
  ['docs/SCALE.md', 'pg_rewind', 'needs two machines: done by hand, as the document says'],
  [
    'docs/EXPLOITATION.md',
    'gec keys status',
    'minutes of waiting for other processes: keys.test.ts runs each',
  ],
  [
    'docs/EXPLOITATION.md',
    'licences secrets status',
    'minutes of waiting for other processes: secrets.test.ts does each',
  ],
];

/** Whatever a document may call a shell. */
const SHELLS = ['sh', 'bash', 'shell', 'console', 'zsh'];

describe('the blocks of commands', () => {
  it('are run by a test, or listed above with the reason', () => {
    const unknown: string[] = [];
    const used = new Set<unknown>();
    for (const { name, text, blocks } of documents) {
      for (const { language, tried, body, line } of blocks) {
        if (!SHELLS.includes(language)) continue;
        const reason = NOT_HERE.find(([document, begins]) => document === name && body.startsWith(begins));
        if (reason) used.add(reason);
        if (language !== 'sh' || tried === (reason !== undefined)) unknown.push(`${name}:${line}`);
      }
      // A block by indentation would not be found.
      if (
        /^ {4,}(\$ )?(gec|licences|npm|npx|curl|sudo|systemctl|docker) /m.test(
          text.replace(/^ *```[^]*?^ *```$/gm, ''),
        )
      )
        unknown.push(`${name}: indented commands`);
    }
    expect(unknown).toEqual([]);
    expect(NOT_HERE.filter((reason) => !used.has(reason))).toEqual([]);
  });

  it('name files that exist', () => {
    const missing = documents.flatMap(({ name, blocks }) =>
      blocks.flatMap(({ body }) =>
        [...body.matchAll(/(?<![\w/])(deploy|scripts)\/[\w./-]*\w/g)]
          .map(([path]) => path)
          .filter((path) => !existsSync(join(ROOT, path)) && path !== 'deploy/.env')
          .map((path) => `${name}: ${path}`),
      ),
    );
    expect(missing).toEqual([]);
  });
});

it('names commands and options of `gec` that exist, in blocks and in sentences', () => {
  const { cli } = createCli({
    lang: 'fr',
    terminal: processTerminal(),
    env: {},
    openAtelier: sharedAtelier,
  });
  const program = createProgram(cli);
  const wrong: string[] = [];
  for (const { name, text, blocks } of documents) {
    const sentences = text.replace(/^ *```[^]*?^ *```$/gm, '');
    const said = [...sentences.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '));
    const lines = blocks.filter(({ language }) => language === 'sh').flatMap(({ body }) => body.split('\n'));
    for (const line of [...said, ...lines]) {
      const [, rest] =
        /(?:^|[(|;&] ?|" )(?:npm run gec --|gec(?:-admin)?) ([a-z-][^|;)#"']*)/.exec(line) ?? [];
      if (rest === undefined || /^\S*=/.test(rest)) continue;
      let command = program;
      const words = rest.trim().split(/\s+/);
      while (words.length > 0) {
        const next = command.commands.find(
          (one) => one.name() === words[0] || one.aliases().includes(words[0] ?? ''),
        );
        if (!next) break;
        command = next;
        words.shift();
      }
      if (command === program && words[0]?.startsWith('--')) continue;
      const options = [command, ...command.commands].flatMap((one) => one.options.map(({ long }) => long));
      const group = command.commands.length > 0 && /^[a-z]/.test(words[0] ?? '');
      const unknown = words.filter((word) => /^--[a-z]/.test(word) && !options.includes(word.split('=')[0]));
      if (group || unknown.length > 0) wrong.push(`${name}: ${line}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** The address of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

describe('the documents', () => {
  const linked = [...documents, ...['CHANGELOG.md', 'packages/licence-client/README.md'].map(readDocument)];

  it('lead to files and headings that exist', () => {
    const dead: string[] = [];
    for (const { name, text } of linked) {
      const words = text.replace(/^ *```[^]*?^ *```$/gm, '');
      for (const [, target = ''] of words.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?|mailto):/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? name : normalize(join(dirname(name), decodeURI(path)));
        const good = existsSync(join(ROOT, file)) && !file.startsWith('..');
        if (!good) dead.push(`${name}: ${target}`);
        else if (anchor !== undefined) {
          const headings = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^#+ (.+)$/gm)];
          if (!headings.some(([, heading = '']) => anchorOf(heading) === decodeURI(anchor)))
            dead.push(`${name}: ${target}`);
        }
      }
    }
    expect(dead).toEqual([]);
  });

  it('show the pictures that scripts/screenshots.mjs takes, all of them, and small ones', () => {
    const shown = documents.flatMap(({ text }) =>
      [...text.matchAll(/!\[[^\]]+\]\((?:docs\/)?images\/([\w-]+\.png)\)/g)].map(([, file]) => file),
    );
    const folder = join(ROOT, 'docs/images');
    const files = readdirSync(folder);
    expect([...new Set(shown)].sort()).toEqual(files.sort());
    const script = readFileSync(join(ROOT, 'scripts/lib/pictures.mjs'), 'utf8');
    const taken = [...script.matchAll(/name: '([a-z-]+)'/g)].map(([, picture]) => `${picture}.png`);
    expect(taken.sort()).toEqual(files);
    const sizes = files.map((file) => statSync(join(folder, file)).size);
    expect(Math.max(...sizes)).toBeLessThan(120 * 1024);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2 * 1024 * 1024);
  });

  it('can be found from both README files and from one another', () => {
    for (const readme of ['README.md', 'README.en.md']) {
      const { text } = readDocument(readme);
      const missing = documents
        .map(({ name }) => name)
        .filter((name) => name.startsWith('docs/') && !text.includes(`(${name})`));
      expect([readme, ...missing]).toEqual([readme]);
    }
  });
});

describe.each(['README.md', 'README.en.md'])('the first screen of %s', (name) => {
  it('says what it is, shows it, and has `npm start` and `npm test`', () => {
    // About what a window shows before one scrolls, the picture apart.
    const lines = readDocument(name).text.split('\n').slice(0, 16);
    const [title = '', empty, ...rest] = lines;
    expect([title, empty]).toEqual(['# GEC Mines', '']);
    const text = rest.join('\n');
    expect(text.slice(0, text.indexOf('\n\n'))).toMatch(/Secrétariat Général des Mines/);
    expect(text).toMatch(/^!\[[^\]]{10,}\]\(docs\/images\/liste\.png\)$/m);
    expect(text).toMatch(/^```sh\nnpm start .*#.*\nnpm test .*#.*\n```$/m);
  });
});

/** The rows of a document's table whose cell in the second column is `code`. */
function rowsOf(name: string): string[][] {
  return [...readDocument(name).text.matchAll(/^\| (.+ \| `\w+` \| .*) \|$/gm)].map(([, row = '']) =>
    row.split(' | ').map((cell) => cell.trim()),
  );
}

describe('the administrator’s guide', () => {
  const rows = rowsOf('docs/ADMINISTRATION.md');
  const plain = (text: string) => fill(text, motsDepartement('fr', 'Départements')).replaceAll('\u00A0', ' ');
  const yes = (has: boolean) => (has ? 'oui' : '');

  it('says of each permission what the program says, and which roles have it', () => {
    const t = rolesTexts('fr') as Readonly<Record<string, string>>;
    const expected = GROUPES_PERMISSIONS.flatMap(({ permissions }) =>
      permissions.map((one) => [
        plain(t[one] ?? ''),
        `\`${one}\``,
        plain(t[`${one}.aide`] ?? ''),
        yes(DEFAULT_ROLES.admin.includes(one)),
        yes(DEFAULT_ROLES.user.includes(one)),
      ]),
    );
    expect(expected).toHaveLength(PERMISSIONS.length);
    expect(rows.filter((row) => row.length === 5)).toEqual(expected);
  });

  it('says of each setting its name, its default and its bounds', () => {
    const t = parametresTexts('fr') as Readonly<Record<string, string>>;
    const number = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ' ');
    const expected = CLES_PARAMETRES.map((cle) => {
      const value = PARAMETRES_PAR_DEFAUT[cle];
      const code = Array.isArray(value) || String(value).includes('{');
      const words = [value].flat().map((one) => (code ? `\`${String(one)}\`` : String(one)));
      const bounds = BORNES[cle as keyof typeof BORNES] as readonly [number, number] | undefined;
      return [
        // Chosen on another page, where it has its own title.
        cle === 'secondFacteurRoles' ? 'Second facteur exigé' : plain(t[cle] ?? ''),
        `\`${cle}\``,
        value === null || value === '' || words.length === 0 ? 'vide' : words.join(', '),
        bounds ? `${number(bounds[0])} à ${number(bounds[1])}` : '',
      ];
    });
    expect(rows.filter((row) => row.length === 4)).toEqual(expected);
  });
});
