import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { formatTrustAnchor } from '@gec/licence-client';
import { createEditor, type Editor } from '@gec/licence-client/test-editor';
import { describeEachDatabase, tempDir, testClock, type TempDir } from '@gec/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createContainer } from '../container.ts';
import { readConfig } from '../config.ts';
import { sharedAtelier } from '../test/atelier.ts';
import { CLI_ENV, runGec } from '../test/cli.ts';

const KEY = 'ABCDEFGH1234';
const DAY = 86_400_000;

describeEachDatabase('gec licence', (open) => {
  let editor: Editor;
  let server: Server;
  let dir: TempDir;
  let env: Record<string, string>;

  beforeAll(async () => {
    editor = await createEditor(() => Date.now());
    server = createServer((request, answer) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        void editor
          .fetch(`http://editor.example${request.url}`, {
            method: 'POST',
            body: Buffer.concat(parts).toString('utf8'),
          })
          .then(async (response) => answer.writeHead(response.status).end(await response.text()))
          .catch(() => answer.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  beforeEach(async () => {
    dir = await tempDir();
    editor.sell(KEY, 365);
    env = {
      ...CLI_ENV,
      DATABASE_URL: (await open()).url,
      GEC_DATA_DIR: dir.path,
      LICENSE_TRUST_ANCHOR: formatTrustAnchor([editor.root]),
      LICENSE_SERVER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
  });
  afterEach(() => dir[Symbol.asyncDispose]());

  const run = (args: string[], options = {}) => command(['licence', ...args], options);

  const command = (args: string[], { stdin = '', over = {} as Record<string, string> } = {}) =>
    runGec({ ...env, ...over }, args, stdin);

  it('shows the state, activates, synchronises and gives back by the network', async () => {
    const before = await run(['status']);
    expect([before.code, before.stderr]).toEqual([0, '']);
    expect(before.stdout).toContain('Période d’évaluation');

    const wrong = await run(['activate', 'ABC']);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('12 lettres et chiffres')]);
    const done = await run(['activate', 'abcd-efgh-1234']);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('Licence active');
    expect(done.stdout).toContain('••••-••••-1234');
    expect(done.stdout).not.toContain(KEY);

    expect((await run(['sync'])).code).toBe(0);
    const english = await run(['--lang', 'en', 'status']);
    expect(english.stdout).toContain('Last synchronisation');
    const json = await run(['status', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ etat: 'active', modifiable: true });

    const asked = await run(['deactivate']);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await run(['deactivate', '--yes'])).stdout).toContain('La licence a été rendue');
    expect((await run(['sync'])).code).toBe(1);
  });

  it('goes by file without a network, in at both ends', async () => {
    const over = { LICENSE_SERVER_URL: '' };
    const path = join(dir.path, 'demande.gecreq');
    const made = await run(['request', 'activate', '--key', KEY, '-o', path], { over });
    expect([made.code, made.stdout]).toEqual([0, '']);
    const again = await run(['request', 'activate', '--key', KEY, '-o', path], { over });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('existe déjà')]);

    const { request } = JSON.parse(await readFile(path, 'utf8')) as { request: string };
    const answer = await editor.fetch('http://editor.example/api/offline', {
      method: 'POST',
      body: JSON.stringify({ request }),
    });
    const bundle = await answer.text();
    const file = join(dir.path, 'licence.geclic');
    await writeFile(file, bundle);
    const applied = await run(['apply', file], { over });
    expect([applied.code, applied.stderr]).toEqual([0, '']);
    expect(applied.stdout).toContain('Licence active');

    const renewal = await run(['request', 'renew'], { over });
    expect(JSON.parse(renewal.stdout)).toEqual({ request: expect.any(String) });
    const broken = await run(['apply', '-'], { over, stdin: bundle.replace(/.{20}$/, '') });
    expect(broken.code).toBe(1);
    expect((await run(['apply', join(dir.path, 'absent')], { over })).code).toBe(2);

    const kept = await run(['request', 'deactivate'], { over });
    expect(kept.code).toBe(2);
    expect((await run(['status'], { over })).stdout).toContain('Licence active');
    expect((await run(['request', 'deactivate', '--yes'], { over })).code).toBe(0);
    expect((await run(['status'], { over })).stdout).not.toContain('Licence active');
  });

  it('ends with 3 when nothing may be registered, and then fills no register either', async () => {
    const clock = testClock(new Date(Date.now() - 60 * DAY).toISOString());
    const first = await createContainer(readConfig(env), { clock, openAtelier: sharedAtelier });
    for (let day = 0; day < 45; day++) {
      await first.licence.etat();
      clock.advance(DAY);
    }
    await first.close();
    const status = await run(['status']);
    expect(status.code).toBe(3);
    expect(status.stdout).toContain('Lecture seule');
    const demo = await command(['demo']);
    expect([demo.code, demo.stdout]).toEqual([1, '']);
    expect(demo.stderr).toContain('rien ne peut être enregistré');
  });

  it('says so where no licence is needed', async () => {
    const off = await run(['status'], { over: { LICENSE_MODE: 'off' } });
    expect([off.code, off.stdout]).toEqual([0, expect.stringContaining('Aucune licence n’est nécessaire')]);
    const refused = await run(['activate', KEY], { over: { LICENSE_MODE: 'off' } });
    expect(refused.code).toBe(1);
  });

  it.each([[['status', '--rien']], [['request', 'danser']], [['activate']], [[]]])(
    'refuses %j as wrong usage',
    async (args) => expect((await run(args)).code).toBe(2),
  );
});
