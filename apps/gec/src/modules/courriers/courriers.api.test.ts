import { openTestDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from './courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';

interface Reponse {
  id: number;
  numero_accuse_reception: string;
  version: number;
  error?: { code: string; message: string; fields?: { field: string }[] };
}

describe('the JSON interface of letters', () => {
  let site: TestApp;
  let drop: () => Promise<void>;
  let scan: Buffer;
  let made: ReturnType<typeof createTestCourriers>;
  let headers: Record<string, string>;
  let clerk: Awaited<ReturnType<TestApp['person']>>;

  beforeAll(async () => {
    const database = await openTestDatabase('sqlite', migrated);
    drop = () => database.drop();
    site = await createTestApp(database.url);
    scan = await samplePng({ width: 60, height: 80 });
    made = createTestCourriers(site, scan);
    clerk = await site.person('admin', 'ADM', 'api');
    headers = await site.signIn(clerk);
  });
  afterAll(async () => {
    await site.close();
    await drop();
  });

  async function send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
    extra: Record<string, string> = {},
  ) {
    const response = await site.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { ...headers, ...extra },
      ...(payload ? { payload } : {}),
    });
    const body = response.body === '' ? null : response.json<Reponse>();
    const fields = body?.error?.fields?.map(({ field }) => field).sort();
    return { status: response.statusCode, headers: response.headers, body: body as Reponse, fields };
  }
  const files = async () => {
    const rows = await site.container.database.kysely.selectFrom('televersement').select('id').execute();
    return rows.length;
  };
  const form = (fields: Record<string, string>, scans: Record<string, Buffer | string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    for (const [name, content] of Object.entries(scans)) {
      data.append(
        'fichiers',
        new Blob([typeof content === 'string' ? content : new Uint8Array(content)]),
        name,
      );
    }
    return data;
  };

  const ARRIVEE = {
    type_courrier: 'ENTRANT',
    objet: 'Demande d’audience',
    expediteur: 'Chambre des mines',
    numero_reference: 'CM/1/2026',
    date_redaction: '2026-11-02',
    secretaire_general_copie: true,
  };

  it('registers in JSON with files sent before, and gives the letter back by the names of its columns', async () => {
    const pieces = [await made.scanRecu(clerk)];
    const done = await send('POST', '/courriers', { ...ARRIVEE, pieces });
    expect(done.status).toBe(201);
    expect(done.headers.location).toBe(`/api/v1/courriers/${done.body.id}`);
    expect(done.body).toEqual({
      id: done.body.id,
      numero_accuse_reception: expect.stringMatching(/^GEC-\d{4}-\d{5}$/) as string,
    });
    const read = await send('GET', `/courriers/${done.body.id}`);
    expect(read.headers.etag).toBe('"1"');
    expect(read.body).toMatchObject({
      ...ARRIVEE,
      numero_accuse_reception: done.body.numero_accuse_reception,
      destinataire: null,
      statut: 'RECU',
      utilisateur: 'Personne api',
      departement: 'Administration Générale',
      nombre_pieces: 1,
      is_deleted: false,
      droits: { modifier: true, supprimer: true, detruire: false },
    });
  });

  it('registers in multipart with its files, as forms say things', async () => {
    const { type_courrier, objet } = ARRIVEE;
    const fields = {
      type_courrier,
      objet,
      expediteur: 'Ambassade',
      secretaire_general_copie: 'non',
      statut: '',
    };
    const scans = { 'a.png': scan, 'b.png': scan };
    const done = await send('POST', '/courriers', form(fields, scans));
    expect(done.status).toBe(201);
    const read = await send('GET', `/courriers/${done.body.id}`);
    expect(read.body).toMatchObject({
      nombre_pieces: 2,
      fichier_nom: 'a.png',
      secretaire_general_copie: false,
    });
  });

  it('keeps nothing of what it refuses, and says why by the names that were sent', async () => {
    const before = await files();
    const empty = await send('POST', '/courriers', { type_courrier: 'SORTANT', objet: '' });
    expect([empty.status, empty.fields]).toEqual([
      400,
      ['date_redaction', 'destinataire', 'objet', 'pieces', 'type_courrier_sortant_id'],
    ]);
    const wrongSide = await send('POST', '/courriers', { ...ARRIVEE, destinataire: 'x' });
    expect([wrongSide.status, wrongSide.fields]).toEqual([400, ['destinataire']]);
    const unknown = await send('POST', '/courriers', { ...ARRIVEE, importance: 'haute' });
    expect(unknown.status).toBe(400);
    const noType = await send('POST', '/courriers', form({ objet: 'x' }, { 'a.png': scan }));
    expect([noType.status, noType.fields]).toEqual([400, ['type_courrier']]);
    const fake = await send(
      'POST',
      '/courriers',
      form({ ...ARRIVEE, secretaire_general_copie: 'oui' }, { 'a.png': scan, 'b.pdf': 'pas un pdf' }),
    );
    expect(fake.status).toBe(415);
    expect(fake.body.error?.message).toContain('b.pdf');
    expect(await files()).toBe(before);
  });

  it('registers once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'client-0001-lettre-0001' };
    const pieces = [await made.scanRecu(clerk)];
    const first = await send('POST', '/courriers', { ...ARRIVEE, pieces }, key);
    const again = await send('POST', '/courriers', { ...ARRIVEE, pieces }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    const waiting = await files();
    const { type_courrier, objet, expediteur } = ARRIVEE;
    const fields = { type_courrier, objet, expediteur, secretaire_general_copie: 'oui' };
    const third = await send('POST', '/courriers', form(fields, { 'lettre.png': scan }), key);
    expect([third.status, third.body, await files()]).toEqual([201, first.body, waiting]);
    const other = await send('POST', '/courriers', { ...ARRIVEE, objet: 'Autre', pieces }, key);
    expect([other.status, other.body.error?.code]).toEqual([409, 'ENVOI_UTILISE']);
    expect((await send('POST', '/courriers', ARRIVEE, { 'idempotency-key': 'court' })).status).toBe(400);
  });

  it('changes on the version that was read', async () => {
    const { id } = await made.enregistrer(clerk);
    const url = `/courriers/${id}`;
    expect((await send('PATCH', url, { objet: 'x' })).fields).toEqual(['version']);
    const done = await send(
      'PATCH',
      url,
      { objet: 'Nouvel objet', numero_reference: 'N/2' },
      { 'if-match': '"1"' },
    );
    expect([done.status, done.headers.etag]).toEqual([200, '"2"']);
    expect(done.body).toMatchObject({ objet: 'Nouvel objet', numero_reference: 'N/2', version: 2 });
    expect((await send('PATCH', url, { objet: 'y', version: 1 })).status).toBe(409);
    expect((await send('PATCH', url, { numero_reference: null, version: 2 })).body).toMatchObject({
      numero_reference: null,
      version: 3,
    });
    expect((await send('PATCH', url, { destinataire: 'z', version: 3 })).fields).toEqual(['destinataire']);
    expect((await send('PATCH', url, { expediteur: '', version: 3 })).fields).toEqual(['expediteur']);
    expect((await send('POST', `${url}/statut`, { statut: 'TRAITE', version: 3 })).body).toMatchObject({
      statut: 'TRAITE',
      version: 4,
    });
    const joined = await send('POST', `${url}/pieces`, form({ version: '4' }, { 'annexe.png': scan }));
    expect([joined.status, joined.body.version]).toEqual([201, 5]);
    const history = await send('GET', `${url}/historique`);
    expect(history.body).toMatchObject({
      modifications: [
        { champ: 'pieces', nouvelle_valeur: 'annexe.png' },
        { champ: 'statut', ancienne_valeur: 'RECU', nouvelle_valeur: 'TRAITE' },
        { champ: 'numero_reference', ancienne_valeur: 'N/2', nouvelle_valeur: null },
        { champ: 'numero_reference', ancienne_valeur: null, nouvelle_valeur: 'N/2' },
        { champ: 'objet', nouvelle_valeur: 'Nouvel objet', utilisateur: 'Personne api' },
      ],
    });
  });

  it('deletes, lists what is deleted, restores, cancels; destroys only for whom it is', async () => {
    const { id } = await made.enregistrer(clerk);
    expect((await send('DELETE', `/courriers/${id}`)).status).toBe(204);
    expect((await send('GET', '/corbeille?taille=1')).body).toMatchObject({
      courriers: [{ id }],
      total: 1,
      page: 1,
    });
    expect((await send('POST', `/courriers/${id}/destruction`, { motif: 'Fin' })).status).toBe(403);
    expect((await send('POST', `/courriers/${id}/restauration`)).body).toMatchObject({
      id,
      is_deleted: false,
    });
    expect((await send('POST', `/courriers/${id}/annulation`, { motif: '' })).fields).toEqual(['motif']);
    expect((await send('POST', `/courriers/${id}/annulation`, { motif: 'Erreur' })).status).toBe(204);
    const boss = await site.signIn(await site.person('super_admin', 'SG', 'api.sg'));
    const gone = await send('POST', `/courriers/${id}/destruction`, { motif: 'Fin' }, boss);
    expect(gone.status).toBe(204);
    expect((await send('GET', `/courriers/${id}`, undefined, boss)).status).toBe(404);
  });

  it('keeps a draft by PUT, or by POST when the page goes, and forgets it with its files', async () => {
    const waiting = await made.scanRecu(clerk);
    const draft = { champs: { objet: 'En cours' }, pieces: [waiting] };
    expect((await send('GET', '/brouillons/SORTANT')).status).toBe(404);
    expect((await send('PUT', '/brouillons/SORTANT', draft)).status).toBe(204);
    expect((await send('POST', '/brouillons/SORTANT', draft)).status).toBe(204);
    expect((await send('GET', '/brouillons/SORTANT')).body).toMatchObject(draft);
    const huge = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`c${i}`, 'x'.repeat(9_000)]));
    expect((await send('PUT', '/brouillons/SORTANT', { champs: huge, pieces: [] })).status).toBe(413);
    expect((await send('DELETE', '/brouillons/SORTANT')).status).toBe(204);
    expect((await send('GET', '/brouillons/SORTANT')).status).toBe(404);
    expect((await send('GET', `/televersements/${waiting}`)).status).toBe(404);
  });

  it('finds likely duplicates by what is typed and by the file', async () => {
    const other = await samplePng({ width: 61, height: 82 });
    const pieces = [await made.scanRecu(clerk, other)];
    const { id } = await made.enregistrer(clerk, { objet: 'Objet à part', numeroReference: 'DUP/1', pieces });
    const ask = async (query: Record<string, string>) =>
      (await send('GET', `/courriers/doublons?${new URLSearchParams(query).toString()}`)).body;
    expect(await ask({ objet: 'objet A PART' })).toMatchObject({ doublons: [{ id, motif: 'objet' }] });
    expect(await ask({ numero_reference: 'dup/1', objet: '' })).toMatchObject({ doublons: [{ id }] });
    const again = await made.scanRecu(clerk, other);
    expect(await ask({ pieces: again })).toMatchObject({ doublons: [{ id, motif: 'fichier' }] });
    expect(await ask({ pieces: 'aaaa,bbbb' })).toEqual({ doublons: [] });
  });
});
