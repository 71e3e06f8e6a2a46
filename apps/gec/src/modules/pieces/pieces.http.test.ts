import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { encryptedPdf, openTestDatabase, samplePdf, samplePng } from '@gec/testing';
import { describe, expect, it } from 'vitest';
import { migrated } from '../../test/migrated.ts';
import { FRONTIERE, LIMITE, multipart, preparerServeur } from './pieces.http.harness.ts';

const { ici, call, send, filesOnDisk, waiting } = preparerServeur(() => openTestDatabase('sqlite', migrated));

describe('sending files', () => {
  it('answers each file with what it is', async () => {
    const answer = await send('Été n° 5.pdf', await samplePdf({ pages: 2 }));
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({
      fichiers: [{ nom: 'Été n° 5.pdf', type: 'application/pdf', pages: 2, deja_enregistre: false }],
      erreurs: [],
    });
    const [file] = answer.files;
    expect((await call('GET', `/api/v1/televersements/${file!.id}`)).json()).toEqual(file);
    expect((await call('GET', `/api/v1/televersements/${file!.id}`, { who: 'autre' })).status).toBe(404);
    expect(
      (await call('GET', `/api/v1/televersements/${file!.id}/pages/1.jpg?w=480`, { who: 'autre' })).status,
    ).toBe(404);
    await call('DELETE', `/api/v1/televersements/${file!.id}`, { who: 'autre' });
    const page = await call('GET', `/api/v1/televersements/${file!.id}/pages/2.jpg?w=480`);
    expect(page.headers['content-type']).toMatch(/^image\//);
    expect((await call('DELETE', `/api/v1/televersements/${file!.id}`)).status).toBe(204);
    expect((await call('GET', `/api/v1/televersements/${file!.id}`)).status).toBe(404);
  });

  it('keeps the good files of several and says what is wrong with the others', async () => {
    const answer = await call('POST', '/api/v1/televersements', {
      parts: [
        { name: 'pieces', filename: 'a.pdf', content: await samplePdf() },
        { name: 'pieces', filename: 'b.pdf', content: await encryptedPdf() },
        { name: 'pieces', filename: 'c.pdf', content: Buffer.alloc(LIMITE + 10, 1) },
        { name: 'pieces', filename: 'd.png', content: await samplePng() },
      ],
    });
    expect(answer.status).toBe(207);
    expect(answer.json()).toMatchObject({
      fichiers: [{ nom: 'a.pdf' }, { nom: 'd.png' }],
      erreurs: [
        { nom: 'b.pdf', code: 'PIECE_ENCRYPTED' },
        { nom: 'c.pdf', code: 'PIECE_TOO_LARGE' },
      ],
    });
  });

  it('refuses one file with the status of its refusal', async () => {
    const before = await filesOnDisk();
    expect((await send('a.pdf', Buffer.alloc(LIMITE + 1, 1))).status).toBe(413);
    expect((await send('a.pdf', await samplePng())).status).toBe(415);
    expect((await send('a.pdf', Buffer.alloc(0))).status).toBe(400);
    expect((await call('POST', '/api/v1/televersements', { parts: [] })).status).toBe(400);
    expect(await filesOnDisk()).toBe(before);
    expect(await waiting()).toBe(0);
  });

  it('takes at most twenty files at once, and keeps none of more', async () => {
    const content = await samplePng({ width: 20, height: 20 });
    const parts = Array.from({ length: 21 }, (_, i) => ({ name: 'pieces', filename: `${i}.png`, content }));
    const answer = await call('POST', '/api/v1/televersements', { parts });
    expect(answer.status).toBe(413);
    expect(answer.json()).toMatchObject({ error: { code: 'TOO_MANY_FILES' } });
    expect(await waiting()).toBe(0);
  });

  it.each([
    ['large', 3_000_000, 1],
    ['small', 1_000_000, 0],
  ])('keeps nothing when the client vanishes in the middle of a %s file', async (_, bytes, partial) => {
    const before = await filesOnDisk();
    const content = await samplePdf({ bytes });
    const whole = multipart([
      { name: 'pieces', filename: 'a.pdf', content: await samplePdf() },
      { name: 'pieces', filename: 'b.pdf', content },
    ]);
    const socket = connect(ici.port, '127.0.0.1');
    socket.write(
      `POST /api/v1/televersements HTTP/1.1\r\nHost: 127.0.0.1:${ici.port}\r\nCookie: ${ici.cookies.agent}\r\n` +
        `Content-Type: multipart/form-data; boundary=${FRONTIERE}\r\nContent-Length: ${whole.length}\r\n\r\n`,
    );
    socket.write(whole.subarray(0, 700_000));
    // The first file is in, the second under way.
    await expect.poll(async () => (await waiting()) === 1, { timeout: 10_000 }).toBe(true);
    await expect
      .poll(async () => (await readdir(join(ici.made.filesDir, 'partial'))).length, { timeout: 10_000 })
      .toBe(partial);
    socket.destroy();
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    const { createOutboxWorker } = await import('@gec/db');
    const worker = createOutboxWorker({
      database: ici.base.database,
      clock: ici.base.clock,
      handlers: ici.made.pieces.jobs,
      onError: () => undefined,
    });
    await worker.drain();
    expect(await readdir(join(ici.made.filesDir, 'partial'))).toEqual([]);
    expect(await filesOnDisk()).toBeLessThanOrEqual(before);
  });

  it('takes more small files at once than it keeps in memory', async () => {
    const content = await samplePdf({ bytes: 200_000 });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(`${i}.pdf`, content)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    const ids = answers.map((answer) => (answer.json() as { fichiers: { id: string }[] }).fichiers[0]!.id);
    for (const id of ids) await call('DELETE', `/api/v1/televersements/${id}`);
    expect(await waiting()).toBe(0);
  });

  it('is for those who may register, and for this site', async () => {
    const parts = [{ name: 'pieces', filename: 'a.pdf', content: await samplePdf() }];
    const foreign = { origin: 'https://ailleurs.example' };
    expect((await call('POST', '/api/v1/televersements', { parts, headers: foreign })).status).toBe(403);
    expect((await call('POST', '/api/v1/televersements', { parts, headers: { cookie: '' } })).status).toBe(
      401,
    );
  });
});

describe('a form with files', () => {
  const token = async () => (await call('GET', '/jeton')).body.toString();

  it('gives its fields and its files, and goes on when a file is refused', async () => {
    const answer = await call('POST', '/formulaire', {
      parts: [
        { name: '_csrf', value: await token() },
        { name: 'objet', value: 'Demande d’audience' },
        { name: 'pieces', value: 'x'.repeat(22) },
        { name: 'pieces', value: 'y'.repeat(22) },
        { name: 'fichiers', filename: 'a.pdf', content: await samplePdf() },
        { name: 'fichiers', filename: 'faux.pdf', content: await samplePng() },
        { name: 'fichiers', filename: '', content: Buffer.alloc(0) },
        { name: 'reference', value: 'après les fichiers' },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      fields: {
        objet: 'Demande d’audience',
        pieces: ['x'.repeat(22), 'y'.repeat(22)],
        reference: 'après les fichiers',
      },
      pieces: [{ nom: 'a.pdf' }],
      errors: [{ nom: 'faux.pdf' }],
    });
    expect(answer.json()['fields']).not.toHaveProperty('_csrf');
  });

  it('receives no file before its token, nor with a wrong one', async () => {
    const before = await filesOnDisk();
    const file = { name: 'fichiers', filename: 'a.pdf', content: await samplePdf({ bytes: 500_000 }) };
    for (const parts of [
      [file],
      [file, { name: '_csrf', value: await token() }],
      [{ name: '_csrf', value: 'non' }, file],
    ]) {
      const answer = await call('POST', '/formulaire', { parts });
      expect(answer.status).toBe(403);
      expect(answer.json()).toMatchObject({ error: { code: 'CSRF' } });
    }
    expect((await call('POST', '/formulaire', { parts: [{ name: 'objet', value: 'x' }] })).status).toBe(403);
    expect(await filesOnDisk()).toBe(before);
  });

  it('has bounds', async () => {
    const csrf = { name: '_csrf', value: await token() };
    const long = { name: 'objet', value: 'x'.repeat(70_000) };
    expect((await call('POST', '/formulaire', { parts: [csrf, long] })).status).toBe(413);
    const many = Array.from({ length: 150 }, (_, i) => ({ name: `f${i}`, value: 'x' }));
    expect((await call('POST', '/formulaire', { parts: [csrf, ...many] })).status).toBe(413);
    const proto = { name: '__proto__', value: 'x' };
    expect((await call('POST', '/formulaire', { parts: [csrf, proto] })).status).toBe(400);
  });
});
