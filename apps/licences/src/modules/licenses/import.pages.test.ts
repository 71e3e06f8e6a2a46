import { openTestDatabase, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { exportXlsx } from './licenses.export.ts';

describe('importing keys by the page', () => {
  let database: TestDatabase;
  let server: TestServer;
  let cookie: string;
  let csrf: string;

  beforeAll(async () => {
    database = await openTestDatabase('sqlite');
    server = await createTestServer(database.url);
    ({ cookie } = await server.signIn());
    const page = await server.app.inject({ url: '/import', headers: { cookie, accept: 'text/html' } });
    csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)![1]!;
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  async function send(name: string, content: string | Buffer, fields: Readonly<Record<string, string>>) {
    const head = (field: string, rest = '') =>
      `--x\r\nContent-Disposition: form-data; name="${field}"${rest}\r\n\r\n`;
    const before = Object.entries({ _csrf: csrf, ...fields }).map(
      ([key, value]) => `${head(key)}${value}\r\n`,
    );
    return server.app.inject({
      method: 'POST',
      url: '/import',
      headers: { cookie, accept: 'text/html', 'content-type': 'multipart/form-data; boundary=x' },
      payload: Buffer.concat([
        Buffer.from(before.join('') + head('fichier', `; filename="${name}"`)),
        Buffer.from(content as string),
        Buffer.from('\r\n--x--\r\n'),
      ]),
    });
  }

  const csv = 'license_key,duration_days\nABCDEFGH1234,30\nABCDEFGH1234,30\nABC,30\n';

  it('says what it would do, then does it, and blocks nothing by itself', async () => {
    const dry = await send('anciennes.csv', csv, { action: 'verifier' });
    expect(dry.statusCode).toBe(200);
    expect(dry.body).toContain('Rien n’a été changé');
    expect(dry.body).toContain('lignes 4');
    expect((await server.container.licenses.list({}, { size: 5 })).total).toBe(0);
    const done = await send('anciennes.csv', csv, { action: 'importer', published: 'oui' });
    expect(done.statusCode).toBe(303);
    expect((await server.validate('ABCDEFGH1234')).status).toBe(200);
    expect(await server.container.licenses.list({ published: true }, { size: 5 })).toMatchObject({
      total: 1,
    });
    expect((await server.container.licenses.batches())[0]).toMatchObject({
      label: 'Import anciennes.csv',
      source: 'import',
      createdBy: 'admin',
    });
  });

  it('takes spreadsheets, and refuses what is none with a reason beside the field', async () => {
    const actor = (await server.container.admins.authenticate(1, '127.0.0.1'))!;
    await server.keys(2);
    const sheet = await exportXlsx(server.container.licenses.export(actor, {}), new Date());
    const known = await send('cles.xlsx', sheet, { action: 'verifier' });
    expect(known.statusCode).toBe(200);
    for (const [name, content] of [
      ['faux.xlsx', Buffer.concat([sheet.subarray(0, 400)])],
      ['vide.csv', ''],
      ['', ''],
    ] as const) {
      const refused = await send(name, content, { action: 'importer' });
      expect(refused.statusCode, name).toBe(400);
      expect(refused.body).toContain('fichier-error');
    }
    expect((await send('gros.csv', Buffer.alloc(9 * 1024 * 1024, 0x41), {})).statusCode).toBe(413);
    expect((await send('a.csv', csv, { _csrf: 'faux' })).statusCode).toBe(403);
  });
});
