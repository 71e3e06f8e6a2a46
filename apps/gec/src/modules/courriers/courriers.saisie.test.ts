import { systemActor } from '@gec/core';
import { openTestDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from './courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { gardeSuivant, lireSaisie, saisieVierge, versNouveau } from './courriers.saisie.schema.ts';

describe('the registration form', () => {
  it('reads what came, whatever came', () => {
    const saisie = lireSaisie('ENTRANT', {
      objet: ['un', 'deux'],
      expediteur: 'A',
      destinataire: 'B',
      pieces: ['p1', 'p1', '', 'p2'],
      doublons_vus: '3,x,-1,,4.5,7',
      secretaire_general_copie: 'peut-être',
    });
    expect(saisie).toMatchObject({
      objet: 'un',
      correspondant: 'A',
      pieces: ['p1', 'p2'],
      doublons_vus: [3, 7],
    });
    // What is no choice of the form is not taken for one.
    expect(versNouveau(saisie).secretaireGeneralCopie).toBeNull();
    expect(
      versNouveau(lireSaisie('SORTANT', { type_courrier_sortant_id: '1 OR 1' })).typeCourrierSortantId,
    ).toBeNaN();
  });

  it('carries to the next letter what stays the same, and nothing that the letter says', () => {
    const saisie = lireSaisie('ENTRANT', {
      objet: 'Secret',
      expediteur: 'Quelqu’un',
      date_redaction: '2026-11-20',
      secretaire_general_copie: 'oui',
    });
    const query = gardeSuivant(saisie);
    expect(query).toBe('flux=ENTRANT&date_redaction=2026-11-20&secretaire_general_copie=oui');
    const next = saisieVierge('ENTRANT', 'envoi', Object.fromEntries(new URLSearchParams(query)));
    expect(next).toMatchObject({ objet: '', date_redaction: '2026-11-20', secretaire_general_copie: 'oui' });
  });
});

describe('the pages of registration', () => {
  let site: TestApp;
  let drop: () => Promise<void>;
  let scan: Buffer;
  let clerk: Awaited<ReturnType<TestApp['person']>>;
  let headers: { cookie: string };
  let made: ReturnType<typeof createTestCourriers>;

  beforeAll(async () => {
    const database = await openTestDatabase('sqlite', migrated);
    drop = () => database.drop();
    site = await createTestApp(database.url);
    scan = await samplePng({ width: 60, height: 80 });
    clerk = await site.person('user', 'ADM', 'saisie');
    headers = await site.signIn(clerk);
    made = createTestCourriers(site, scan);
  });
  afterAll(async () => {
    await site.close();
    await drop();
  });

  const get = (url: string, extra: Record<string, string> = {}) =>
    site.app.inject({ url, headers: { ...headers, ...extra } });
  const hidden = (html: string, name: string) =>
    new RegExp(`name="${name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="${name}"`)
      .exec(html)
      ?.slice(1)
      .find(Boolean) ?? '';
  const value = (html: string, name: string) =>
    /value="([^"]*)"/.exec(new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html)?.[0] ?? '')?.[1] ?? '';

  /** Sends the form as a browser without script does. */
  async function post(
    fields: Record<string, string>,
    scans: Record<string, Buffer | string> = {},
    flux = 'ENTRANT',
    extra: Record<string, string> = {},
  ) {
    const page = (await get(`/courriers/nouveau?flux=${flux}`)).body;
    const data = new FormData();
    data.append('_csrf', fields['_csrf'] ?? hidden(page, '_csrf'));
    data.append('envoi', fields['envoi'] ?? value(page, 'envoi'));
    for (const [name, text] of Object.entries(fields))
      if (!/^(_csrf|envoi)$/.test(name)) data.append(name, text);
    for (const [name, content] of Object.entries(scans)) {
      data.append(
        'fichiers',
        new Blob([typeof content === 'string' ? content : new Uint8Array(content)]),
        name,
      );
    }
    return site.app.inject({
      method: 'POST',
      url: `/courriers/nouveau?flux=${flux}`,
      headers: { ...headers, ...extra },
      payload: data,
    });
  }
  let serial = 0;
  const facts = () => ({
    objet: `Objet de la page ${++serial}`,
    expediteur: 'Société « Étoile » & fils',
    secretaire_general_copie: 'oui',
  });

  it('registers and goes on to the number, its label, or the next letter', async () => {
    const files = { 'lettre.png': scan, 'annexe.png': scan };
    const done = await post({ ...facts(), date_redaction: '2026-11-20' }, files);
    expect(done.statusCode).toBe(303);
    const shown = await get(done.headers.location!);
    const number = />(GEC-\d{4}-\d{5})</.exec(shown.body)?.[1] ?? 'none';
    expect(shown.body).toContain(`<title>${number}`);
    expect(shown.body).toContain('lettre.png, annexe.png');
    expect(shown.body).toContain('date_redaction=2026-11-20&amp;secretaire_general_copie=oui');
    const label = await get(done.headers.location!.replace(/enregistre.*/, 'etiquette.pdf'));
    expect([label.statusCode, label.headers['content-type'], label.body.slice(0, 5)]).toEqual([
      200,
      'application/pdf',
      '%PDF-',
    ]);
    const next = await post({ ...facts(), suite: 'suivant' }, files);
    // The same file is registered already: the form asks once, and takes a second sending for a yes.
    expect(next.statusCode).toBe(409);
    expect(next.body).toContain(number);
    const seen = value(next.body, 'doublons_vus');
    const pieces = [...next.body.matchAll(/name="pieces" value="([^"]+)"/g)].map(([, id]) => id!);
    expect(pieces).toHaveLength(2);
    const again = await post({ ...facts(), suite: 'suivant', doublons_vus: seen, pieces: pieces[0]! });
    expect(again.headers.location).toMatch(
      /^\/courriers\/nouveau\?flux=ENTRANT&secretaire_general_copie=oui&precedent=\d+$/,
    );
    expect((await get(again.headers.location!)).body).toMatch(/big-number[^>]*>GEC-\d{4}-00002</);
  });

  it('comes back filled, with the files, whatever refuses the letter', async () => {
    const png = await samplePng({ width: 66, height: 91 });
    const entry = facts();
    const refused = await post({ ...entry, expediteur: '' }, { 'lettre.png': png });
    expect(refused.statusCode).toBe(400);
    const piece = /name="pieces" value="([^"]+)"/.exec(refused.body)?.[1] ?? '';
    expect(refused.body).toContain(entry.objet);
    expect(refused.body).toContain('href="#expediteur"');
    // A fault of ours, too.
    const broken = vi.spyOn(site.container.courriers, 'register').mockRejectedValueOnce(new Error('boum'));
    const fault = await post({ ...entry, pieces: piece });
    broken.mockRestore();
    expect(fault.statusCode).toBe(500);
    expect(fault.body).toContain('Société « Étoile » &amp; fils');
    expect(fault.body).not.toContain('boum');
    // It is also kept as a draft.
    const back = await get('/courriers/nouveau?flux=ENTRANT');
    expect(back.body).toContain('Brouillon du');
    expect(back.body).toContain(piece);
    expect((await post({ ...entry, pieces: piece })).statusCode).toBe(303);
    expect((await get('/courriers/nouveau?flux=ENTRANT')).body).not.toContain('Brouillon du');
  });

  it('does not take a form that has served for another letter, and lets it serve again', async () => {
    const first = facts();
    const envoi = 'formulaire-repris-001';
    await post({ ...first, envoi }, { 'a.png': await samplePng({ width: 67, height: 91 }) });
    const png = await samplePng({ width: 68, height: 91 });
    const other = await post({ ...first, objet: 'Tout autre chose', envoi }, { 'b.png': png });
    expect(other.statusCode).toBe(409);
    expect(other.body).toContain('a déjà servi');
    const fresh = value(other.body, 'envoi');
    expect(fresh).not.toBe(envoi);
    const piece = /name="pieces" value="([^"]+)"/.exec(other.body)?.[1] ?? '';
    expect(
      (await post({ ...first, objet: 'Tout autre chose', envoi: fresh, pieces: piece })).statusCode,
    ).toBe(303);
  });

  it('refuses a form that is not ours before it takes a file', async () => {
    const before = await site.container.database.kysely.selectFrom('televersement').select('id').execute();
    expect((await post({ ...facts(), _csrf: 'faux' }, { 'lettre.png': scan })).statusCode).toBe(403);
    const after = await site.container.database.kysely.selectFrom('televersement').select('id').execute();
    expect(after.length).toBe(before.length);
  });

  it('proposes the number where the register is kept by hand, and refuses one that is taken', async () => {
    const { registres } = site.container;
    const annee = new Date().getUTCFullYear();
    const format = `{counter:06d}-{yy}`;
    await registres.configure(systemActor('test'), {
      flux: 'SORTANT',
      annee,
      format,
      mode: 'manuel',
      valeurDepart: 8951,
    });
    const yy = String(annee).slice(2);
    expect(value((await get('/courriers/nouveau?flux=SORTANT')).body, 'numero_accuse_reception')).toBe(
      `008951-${yy}`,
    );
    const [type] = await site.container.referentiels.typesSortants();
    const depart = (numero: string) => ({
      objet: `Départ ${++serial}`,
      destinataire: 'Gouverneur',
      type_courrier_sortant_id: String(type?.id),
      date_redaction: '2026-11-20',
      numero_accuse_reception: numero,
    });
    const one = await post(
      depart(`008960-${yy}`),
      { 'd.png': await samplePng({ width: 69, height: 91 }) },
      'SORTANT',
    );
    expect(one.statusCode).toBe(303);
    const two = await post(
      depart(`008960-${yy}`),
      { 'd.png': await samplePng({ width: 70, height: 91 }) },
      'SORTANT',
    );
    expect(two.statusCode).toBe(400);
    expect(two.body).toContain('href="#numero_accuse_reception"');
    expect(two.body).toContain(`008961-${yy}`);
  });

  it('gives the same as JSON to whoever prefers it', async () => {
    const accept = { accept: 'application/json' };
    expect((await get('/courriers/nouveau?flux=ENTRANT', accept)).json()).toMatchObject({
      type_courrier: 'ENTRANT',
      mode_numero: 'automatique',
    });
    const { id } = await made.enregistrer(clerk);
    expect((await get(`/mail/${id}/enregistre`, accept)).json()).toMatchObject({
      id,
      type_courrier: 'ENTRANT',
    });
  });

  it('keeps nothing of what it refuses to a program', async () => {
    const waiting = async () =>
      (await site.container.database.kysely.selectFrom('televersement').select('id').execute()).length;
    const before = await waiting();
    const accept = { accept: 'application/json' };
    const refused = await post({ ...facts(), expediteur: '' }, { 'a.png': scan }, 'ENTRANT', accept);
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({ error: { fields: [{ field: 'expediteur' }] } });
    expect((await post(facts(), { 'a.png': scan, 'b.pdf': 'non' }, 'ENTRANT', accept)).statusCode).toBe(415);
    expect(await waiting()).toBe(before);
  });

  it('shows nobody the number of a letter that they may not see', async () => {
    const other = await site.person('user', 'JUR', 'saisie.ailleurs');
    const { id, numero } = await made.enregistrer(other);
    expect((await get(`/mail/${id}/enregistre`)).statusCode).toBe(404);
    expect((await get(`/mail/${id}/etiquette.pdf`)).statusCode).toBe(404);
    const form = await get(`/courriers/nouveau?flux=ENTRANT&precedent=${id}`);
    expect(form.statusCode).toBe(200);
    expect(form.body).not.toContain(`>${numero}<`);
  });

  it('discards a draft with its files', async () => {
    const piece = await made.scanRecu(clerk);
    await site.container.courriers.saveDraft(clerk, 'ENTRANT', {
      champs: { objet: 'À jeter' },
      pieces: [piece],
    });
    const page = (await get('/courriers/nouveau?flux=ENTRANT')).body;
    expect(page).toContain('À jeter');
    const done = await site.app.inject({
      method: 'POST',
      url: '/courriers/brouillon/ENTRANT/effacer',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: hidden(page, '_csrf') }).toString(),
    });
    expect(done.headers.location).toBe('/courriers/nouveau?flux=ENTRANT');
    expect((await get('/courriers/nouveau?flux=ENTRANT')).body).not.toContain('À jeter');
    expect(await site.container.pieces.pending(clerk, [piece])).toEqual([]);
  });
});
