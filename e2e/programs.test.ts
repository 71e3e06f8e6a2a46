import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, tempDir, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PASSWORD = 'Mot-de-passe-de-test-1';

/** A browser without a screen: cookies, form tokens, no redirection that is not asked for. */
function visitor(base: string) {
  const jar = new Map<string, string>();
  async function get(path: string, method = 'GET', body?: URLSearchParams) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie };
    const answer = await fetch(`${base}${path}`, { method, body, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) jar.set(name, value);
    }
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  }
  return {
    get,
    login: (account: string) =>
      get('/login', 'POST', new URLSearchParams({ email: account, username: account, password: PASSWORD })),
    /** Sends a form of a page with the token that the page has. */
    async send(page: string, action: string, fields: Readonly<Record<string, string>>) {
      const token = /name="_csrf" value="([^"]+)"/.exec((await get(page)).text)?.[1] ?? '';
      return get(action, 'POST', new URLSearchParams({ _csrf: token, ...fields }));
    },
  };
}

/** `npm start` itself: both built programs, joined, with nothing but two ports, two folders and two passwords. */
describe('both programs as npm start runs them', () => {
  let dir: TempDir;
  let child: ChildProcess;
  let output = '';
  let ended: Promise<number | null>;
  const address = { gec: '', licences: '' };

  beforeAll(async () => {
    dir = await tempDir();
    const [port, licencePort] = [await freePort(), await freePort()];
    Object.assign(address, {
      gec: `http://127.0.0.1:${port}`,
      licences: `http://127.0.0.1:${licencePort}`,
    });
    child = spawn(join(ROOT, 'node_modules/.bin/node'), [join(ROOT, 'scripts/start.mjs')], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        PORT: String(port),
        LICENSE_PORT: String(licencePort),
        GEC_DATA_DIR: join(dir.path, 'gec'),
        LICENSE_DATA_DIR: join(dir.path, 'licences'),
        GEC_ADMIN_PASSWORD: PASSWORD,
        LICENSE_ADMIN_PASSWORD: PASSWORD,
        BCRYPT_COST: '4',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    ended = new Promise((resolve) => child.once('exit', resolve));
    await vi.waitFor(
      () => {
        if (child.exitCode !== null) throw new Error(`the programs ended:\n${output}`);
        expect(output).toContain(address.gec);
        expect(output).toContain(address.licences);
      },
      { timeout: 90_000, interval: 200 },
    );
  });
  afterAll(async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    await dir[Symbol.asyncDispose]();
  });

  it('lets an administrator take a key from the one and activate it in the other', async () => {
    const shop = visitor(address.licences);
    expect((await shop.login('admin')).status).toBe(303);
    const counts = Object.fromEntries(
      ['1j', '5j', '1m', '6m', '12m'].map((code) => [`count-${code}`, '1000']),
    );
    const made = await shop.send('/generation', '/generation', { ...counts, label: 'Ministère' });
    expect(made).toMatchObject({ status: 303, location: '/lots/1' });
    const csv = (await shop.get('/licences/export.csv?batch=1')).text.trim().split('\r\n');
    expect(csv).toHaveLength(5_001);
    const key = csv.find((line) => line.includes('12 mois'))!.split(',')[0]!;

    const office = visitor(address.gec);
    expect((await office.login('admin')).status).toBe(303);
    expect((await office.get('/admin/licence')).text).toContain('Période d’évaluation');
    const wrong = await office.send('/admin/licence', '/admin/licence/activer', { cle: 'AAAABBBBCCCC' });
    expect(wrong.status).toBe(400);
    const activated = await office.send('/admin/licence', '/admin/licence/activer', { cle: key });
    expect(activated).toMatchObject({ status: 303, location: '/admin/licence' });
    expect((await office.get('/admin/licence')).text).toContain('Licence active');
    const renewed = await office.send('/admin/licence', '/admin/licence/synchroniser', {});
    expect(renewed.status).toBe(303);
    expect((await shop.get('/licences?status=used')).text).toContain(key.slice(-4));
    const answer = await fetch(`${address.licences}/api/validate/${key}`);
    expect(await answer.json()).toMatchObject({ valid: false, error_code: 'ALREADY_USED' });
  });

  it('ends both when it is asked to', async () => {
    child.kill('SIGTERM');
    await ended;
    await expect(fetch(`${address.gec}/health`)).rejects.toThrow();
    await expect(fetch(`${address.licences}/health`)).rejects.toThrow();
  });
});
