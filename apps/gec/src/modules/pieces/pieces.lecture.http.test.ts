import { openTestDatabase, samplePdf } from '@gec/testing';
import { describe, expect, it } from 'vitest';
import { migrated } from '../../test/migrated.ts';
import { preparerServeur } from './pieces.http.harness.ts';

const { ici, journal, call, register } = preparerServeur(() => openTestDatabase('sqlite', migrated));

describe('reading files', () => {
  it('gives the scan with its own name, and notes it', async () => {
    const content = await samplePdf({ bytes: 300_000 });
    const { courrier } = await register('Note du 3 février – été.pdf', content);
    const answer = await call('GET', `/download_file/${courrier}`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(content)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(content.length),
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    expect(answer.headers['content-disposition']).toContain(
      "filename*=UTF-8''Note%20du%203%20f%C3%A9vrier%20%E2%80%93%20%C3%A9t%C3%A9.pdf",
    );
    expect(journal).toMatchObject([{ action: 'courrier.telechargement', courrierId: courrier }]);
  });

  it('lets no name break the headers', async () => {
    const { courrier } = await register('a"; filename=x.exe\u202Efdp.pdf', await samplePdf());
    const header = String((await call('GET', `/download_file/${courrier}`)).headers['content-disposition']);
    expect(header).toMatch(/^attachment; filename="[^"\r\n]+"; filename\*=UTF-8''[\w%.!~-]+$/);
  });

  it('does not exist for those who may not see the letter', async () => {
    const { courrier, piece } = await register('a.pdf', await samplePdf());
    const other = await register('b.pdf', await samplePdf());
    for (const path of [
      `/download_file/${courrier}`,
      `/mail/${courrier}/pieces/${piece}/pages/1.jpg`,
      `/api/v1/courriers/${courrier}/pieces`,
      `/api/v1/courriers/${courrier}/pieces/${piece}`,
      `/api/v1/courriers/${courrier}/pieces/${piece}/pages/1.jpg`,
    ]) {
      expect((await call('GET', path, { who: 'autre' })).status, path).toBe(404);
    }
    expect((await call('GET', `/download_file/${courrier}?piece=${other.piece}`)).status).toBe(404);
    expect((await call('GET', `/download_file/999999`)).status).toBe(404);
    expect(journal).toEqual([]);
  });

  it('shows pages in a few widths, which a browser may keep for a moment', async () => {
    const { courrier, piece } = await register('a.pdf', await samplePdf());
    const address = `/mail/${courrier}/pieces/${piece}/pages/1.jpg`;
    const image = await call('GET', `${address}?w=480`);
    expect(image.status).toBe(200);
    expect(image.headers['content-type']).toMatch(/^image\/(jpeg|png)$/);
    expect(image.headers['cache-control']).toBe('private, max-age=60, must-revalidate');
    const etag = String(image.headers['etag']);
    const again = await call('GET', `${address}?w=480`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
    const stranger = await call('GET', `${address}?w=480`, {
      who: 'autre',
      headers: { 'if-none-match': etag },
    });
    expect(stranger.status).toBe(404);
    expect((await call('GET', `${address}?w=481`)).status).toBe(400);
    expect((await call('GET', `/mail/${courrier}/pieces/${piece}/pages/2.jpg`)).status).toBe(404);
    expect((await call('GET', `/mail/${courrier}/pieces/${piece}/pages/1.svg`)).status).toBe(400);
  });

  it('lists and downloads the same through the JSON interface', async () => {
    const content = await samplePdf();
    const { courrier, piece } = await register('a.pdf', content);
    const list = (await call('GET', `/api/v1/courriers/${courrier}/pieces`)).json();
    expect(list).toMatchObject({ pieces: [{ id: piece, rang: 1, nom: 'a.pdf', taille: content.length }] });
    expect(JSON.stringify(list)).not.toContain('chemin');
    const file = await call('GET', `/api/v1/courriers/${courrier}/pieces/${piece}`);
    expect(file.body.equals(content)).toBe(true);
  });

  it('says that a file is missing instead of beginning an answer', async () => {
    const { courrier } = await register('a.pdf', await samplePdf());
    const [piece] = await ici.made.pieces.ofCourrier(courrier);
    await ici.made.store.remove(piece!.chemin);
    expect((await call('GET', `/download_file/${courrier}`)).status).toBe(503);
    expect(journal).toEqual([]);
  });
});
