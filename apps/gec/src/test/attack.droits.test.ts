import { Readable } from 'node:stream';
import { openTestDatabase, samplePng, type TestDatabase } from '@gec/testing';
import type { InjectOptions } from 'light-my-request';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { browserOf, targetsOf } from './attack.harness.ts';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

/** Stands in everything that the stranger must not see. */
const SECRET = 'cassiterite-confidentielle';

let database: TestDatabase;
let site: TestApp;
let author: Personne;
let recipient: Personne;
let scan: Buffer;
let letter: { id: number; numero: string; pieceId: number; transmission: number };
let waiting: string;
let exported: string;
let session: string;

beforeAll(async () => {
  database = await openTestDatabase('sqlite', migrated);
  site = await createTestApp(database.url);
  author = await site.person('admin', 'ADM', 'auteur');
  recipient = await site.person('user', 'TECH', 'destinataire');
  scan = await samplePng({ width: 60, height: 80 });
});
afterAll(async () => {
  await site?.close();
  await database?.drop();
});
beforeEach(async () => {
  const { container } = site;
  const receive = async () =>
    (await container.pieces.receive(author, { name: `${SECRET}.png`, stream: Readable.from([scan]) })).id;
  const made = await container.courriers.register(author, {
    typeCourrier: 'ENTRANT',
    secretaireGeneralCopie: true,
    objet: SECRET,
    correspondant: SECRET,
    numeroReference: SECRET,
    autresInformations: SECRET,
    pieces: [await receive()],
  });
  const [piece] = await container.pieces.ofCourrier(made.id);
  const [transmission] = await container.transmissions.transmit(author, made.id, {
    destinataires: [recipient.userId],
    message: SECRET,
  });
  await container.commentaires.add(author, made.id, { type: 'annotation', texte: SECRET });
  letter = { ...made, pieceId: piece?.id ?? 0, transmission: transmission ?? 0 };
  waiting = await receive();
  await container.courriers.saveDraft(author, 'ENTRANT', { champs: { objet: SECRET }, pieces: [waiting] });
  for (const { id } of await container.rapports.list(author)) await container.rapports.remove(author, id);
  const demande = await container.rapports.lireDemande(author, { genre: 'liste-xlsx' });
  exported = (await container.rapports.requestExport(author, demande)).id;
  await container.rapports.drain();
  const { session: opened } = await container.sessions.create(null, author.userId, {
    ip: '192.0.2.7',
    userAgent: SECRET,
  });
  session = opened.id.slice(0, 16);
});

/** A body that each route understands, so that it comes to look for the thing. */
function bodyOf(pattern: string): Record<string, unknown> {
  if (pattern.endsWith('/commentaires')) return { commentaire: 'x' };
  if (pattern.endsWith('/transmissions')) return { destinataires: [recipient.userId] };
  if (pattern.endsWith('/transmettre')) return { destinataires: String(recipient.userId) };
  if (pattern.endsWith('/annotations')) return { type: 'annotation', texte: 'x' };
  if (pattern.endsWith('/traiter')) return { transmission: String(letter.transmission) };
  if (pattern.endsWith('/traitement')) return { note: 'x' };
  if (pattern.endsWith('/statut')) return { statut: 'TRAITE', version: 1 };
  if (pattern.endsWith('/modifier')) return { objet: 'x', correspondant: 'x', version: '1' };
  if (pattern.startsWith('/mail/')) return { motif: 'x', numero: letter.numero };
  if (/annulation|destruction/.test(pattern)) return { motif: 'x' };
  if (pattern === '/api/v1/courriers/:id') return { objet: 'x', version: 1 };
  if (pattern.endsWith('/pieces')) return { pieces: [waiting], version: 1 };
  return {};
}

/** Every address that names something of the author, as one request each. */
function requests(): { at: string; options: InjectOptions }[] {
  const ids: [RegExp, string][] = [
    [/televersements\/:id/, waiting],
    [/(exports|taches)\/:id/, exported],
    [/sessions\/:id/, session],
    [/transmissions\/:id/, String(letter.transmission)],
    [/(mail|courriers|download_file|export_pdf)\/:id/, String(letter.id)],
  ];
  return targetsOf(site).flatMap(({ method, pattern, isApi, isUnsafe }) => {
    const id = ids.find(([shape]) => shape.test(pattern))?.[1];
    if (id === undefined) return [];
    const url = pattern
      .replace(':id', id)
      .replace(':pieceId', String(letter.pieceId))
      .replace(':page', '1.jpg');
    const json = isApi || pattern === '/mail/:id/pieces';
    const body = bodyOf(pattern);
    if (!isUnsafe) return [{ at: `${method} ${pattern}`, options: { method, url } }];
    const payload = json ? body : new URLSearchParams(body as Record<string, string>).toString();
    const type = isApi ? 'application/json' : 'application/x-www-form-urlencoded';
    const form = new URLSearchParams({ pieces: waiting }).toString();
    return [
      {
        at: `${method} ${pattern}`,
        options: {
          method,
          url,
          headers: { 'content-type': type },
          payload: json && !isApi ? form : payload,
        },
      },
    ];
  });
}

it('does not exist for those who may not see it, by whatever address, and nothing of it is in the answer', async () => {
  const before = await state();
  const wrong: string[] = [];
  for (const [role, code] of [
    ['user', 'ADM'],
    ['user', 'JUR'],
    ['admin', 'FIN'],
    ['admin', null],
  ] as const) {
    const stranger = await site.person(role, code, `etranger.${role}.${code ?? 'sans'}`.toLowerCase());
    const browser = await browserOf(site, stranger);
    for (const { at, options } of requests()) {
      for (const accept of ['text/html', 'application/json']) {
        const { statusCode, body } = await browser.send({
          ...options,
          headers: { ...options.headers, accept },
        });
        // Taking back a file that is not there is done already; nothing happens to the file of another.
        const gone = at === 'DELETE /api/v1/televersements/:id' && statusCode === 204;
        if (statusCode !== 404 && statusCode !== 403 && !gone) wrong.push(`${role} ${at}: ${statusCode}`);
        if (statusCode === 403 && !(await lacksPermission(stranger, at))) wrong.push(`${role} ${at}: 403`);
        if (body.includes(SECRET)) wrong.push(`${role} ${at}: told`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(await state()).toEqual(before);
}, 60_000);

/** Whether the route itself is closed to the person, so that it says nothing about the thing. */
async function lacksPermission(person: Personne, at: string): Promise<boolean> {
  const config = site.app.httpInternals.routes.find(({ method, url }) => `${method} ${url}` === at)?.access;
  return typeof config === 'object' && !config.anyOf.some((one) => person.permissions.has(one));
}

/** What must be as before. */
async function state() {
  const { courriers, pieces, transmissions, commentaires, rapports, sessions } = site.container;
  return {
    courrier: await courriers.get(author, letter.id),
    waiting: (await pieces.pending(author, [waiting])).length,
    draft: await courriers.draft(author, 'ENTRANT'),
    transmissions: await transmissions.ofCourrier(author, letter.id),
    commentaires: (await commentaires.ofCourrier(author, letter.id)).length,
    exports: (await rapports.list(author)).map(({ id, etat }) => ({ id, etat })),
    sessions: (await sessions.list(author.userId)).filter(({ userAgent }) => userAgent === SECRET).length,
  };
}

it('is in no list, count, suggestion, duplicate or report of theirs', async () => {
  const stranger = await site.person('admin', 'FIN', 'etranger.listes');
  const browser = await browserOf(site, stranger);
  const query = encodeURIComponent(SECRET);
  for (const url of [
    '/',
    `/view_mail?type_courrier=ENTRANT`,
    '/a-traiter',
    '/rapports',
    '/courriers/nouveau',
    '/profil',
    '/api/v1/courriers',
    '/api/v1/accueil',
    '/api/v1/chiffres',
    '/api/v1/exports',
    '/api/v1/profil/sessions',
    '/api/v1/transmissions?etat=envoye',
    '/api/v1/brouillons/ENTRANT',
    '/api/v1/registres',
    `/api/v1/correspondants?q=${SECRET.slice(0, 6)}`,
    `/api/v1/suggestions?q=${SECRET.slice(0, 6)}`,
    `/api/v1/courriers/doublons?objet=${query}&correspondant=${query}&numero_reference=${query}&pieces=${waiting}`,
  ]) {
    const { statusCode, body } = await browser.send({ url });
    expect([200, 204, 404], url).toContain(statusCode);
    expect(body, url).not.toContain(SECRET);
    expect(body, url).not.toContain(letter.numero);
  }
  const found = await browser.send({ url: `/api/v1/courriers?search=${query}` });
  expect(found.body).not.toContain(letter.numero);
  const counted = await browser.send({ url: '/api/v1/chiffres' });
  expect(counted.body).not.toMatch(/:[1-9]\d*[,}](?=.*arrivees)/);
});

it('may be read and annotated, but not changed or deleted, by a user to whom it was sent', async () => {
  const browser = await browserOf(site, recipient);
  const get = async (url: string) => (await browser.send({ url })).statusCode;
  expect(await get(`/mail/${letter.id}`)).toBe(200);
  expect(await get(`/download_file/${letter.id}`)).toBe(200);
  expect(await get(`/export_pdf/${letter.id}`)).toBe(200);
  expect(await get(`/mail/${letter.id}/modifier`)).toBe(403);
  expect(await get(`/mail/${letter.id}/supprimer`)).toBe(403);
  const before = await site.container.courriers.get(author, letter.id);
  for (const { at, options } of requests()) {
    if (
      !/modifier|statut|supprimer|annuler|detruire|restaurer|PATCH|DELETE|pieces$|annulation|destruction|restauration/.test(
        at,
      )
    )
      continue;
    if (options.method === 'GET' || !/mail|courriers/.test(at)) continue;
    expect((await browser.send(options)).statusCode, at).toBe(403);
  }
  const now = await site.container.courriers.get(author, letter.id);
  expect({ ...now, version: 0 }).toEqual({ ...before, version: 0 });
  expect(now.version).toBe(before.version);
});

it('is lost with the role, the department or the account at the next request', async () => {
  const boss = await site.person('super_admin', null, 'patronne');
  const chief = await site.person('admin', 'ADM', 'adjoint');
  const { utilisateurs } = site.container;
  const browser = await browserOf(site, chief);
  const get = async (url: string) => (await browser.send({ url })).statusCode;
  const mine = `/mail/${letter.id}`;
  expect(await get(mine)).toBe(200);
  expect(await get('/admin/users')).toBe(200);
  await utilisateurs.setDepartement(boss, chief.userId, await site.departement('FIN'));
  expect(await get(mine)).toBe(404);
  await utilisateurs.setDepartement(boss, chief.userId, await site.departement('ADM'));
  await utilisateurs.setRole(boss, chief.userId, 'user');
  expect(await get(mine)).toBe(404);
  expect(await get('/admin/users')).toBe(403);
  await utilisateurs.setRole(boss, chief.userId, 'admin');
  expect(await get(mine)).toBe(200);
  await utilisateurs.setActive(boss, chief.userId, false);
  expect(await get(mine)).toBe(303);
  expect((await browser.send({ url: `/api/v1/courriers/${letter.id}` })).statusCode).toBe(401);
  await utilisateurs.setActive(boss, chief.userId, true);
  expect(await get(mine), 'the old session stays closed').toBe(303);
});

it('cannot be taken by becoming somebody else', async () => {
  const boss = await site.person('super_admin', 'ADM', 'patronne.adm');
  const browser = await browserOf(site, author);
  const post = (url: string, payload: object, method: 'POST' | 'PUT' | 'PATCH' = 'POST') =>
    browser.send({ method, url, payload });
  const add = (role: string, departement_id: number | null) =>
    post('/api/v1/utilisateurs', {
      username: `x.${role}`,
      email: `${role}@example.cd`,
      nom_complet: 'X Y',
      role,
      departement_id,
    });
  expect((await add('super_admin', author.departementId)).statusCode).toBe(400);
  expect((await add('user', await site.departement('FIN'))).statusCode).toBe(400);
  expect((await add('user', null)).statusCode).toBe(400);
  for (const [url, body, method] of [
    [`/api/v1/utilisateurs/${author.userId}/role`, { role: 'super_admin' }, 'PUT'],
    [`/api/v1/utilisateurs/${boss.userId}/role`, { role: 'user' }, 'PUT'],
    [`/api/v1/utilisateurs/${boss.userId}/mot-de-passe`, {}, 'POST'],
    [`/api/v1/utilisateurs/${boss.userId}/actif`, { actif: false }, 'PUT'],
    [`/api/v1/utilisateurs/${author.userId}/mot-de-passe`, {}, 'POST'],
    [`/api/v1/profil`, { role: 'super_admin', langue: 'fr' }, 'PATCH'],
  ] as const) {
    const { statusCode } = await post(url, body, method);
    expect([400, 403, 404], url).toContain(statusCode);
  }
  expect((await site.container.utilisateurs.personne(author.userId, '127.0.0.1'))?.role).toBe('admin');
});
