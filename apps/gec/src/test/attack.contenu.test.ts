import { Readable } from 'node:stream';
import { openTestDatabase, samplePng, testClock, type TestDatabase } from '@gec/testing';
import type { Response } from 'light-my-request';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { browserOf } from './attack.harness.ts';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

/** Breaks out of text, of both kinds of attribute, of a script, of a comment and of a header. */
const MARK = 'pirate';
const HOSTILE = `"'--></title></textarea></script><script>${MARK}(1)</script><img src=x onerror=${MARK}(2)>\r\nX-${MARK}: 1`;
const STRICT_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

let database: TestDatabase;
let site: TestApp;
let boss: Personne;
let courrierId: number;
let browser: Awaited<ReturnType<typeof browserOf>>;

beforeAll(async () => {
  database = await openTestDatabase('sqlite', migrated);
  site = await createTestApp(database.url, { clock: testClock('2026-11-23T08:00:00Z', 5) });
  const { container } = site;
  const admin = await site.person('super_admin', 'ADM', 'patronne');
  const { id } = await container.utilisateurs.add(admin, {
    username: 'pirate',
    email: `"<script>pirate(3)</script>"@example.cd`.replace(/[^\w.@]/g, ''),
    nomComplet: HOSTILE.replace(/\s+/g, ' ').slice(0, 150),
    role: 'super_admin',
    departementId: admin.departementId,
    fonction: `<b onclick=${MARK}()>`,
    matricule: `<i>${MARK}</i>`,
    doitChangerMotDePasse: false,
  });
  boss = (await container.utilisateurs.personne(id, '127.0.0.1')) as Personne;
  await container.parametres.update(boss, {
    nomLogiciel: `<script>${MARK}()</script>`,
    organisme: `"><script>${MARK}(1)</script>`,
    adresse: HOSTILE.replace(/\s+/g, ' '),
    piedPage: `</style><script>${MARK}()</script>`,
    titreResponsable: `"'><script>${MARK}()</script>`,
    appellationDepartement: `"'><script>${MARK}()</script>`,
  });
  const scan = await samplePng({ width: 60, height: 80 });
  const receive = (name: string) => container.pieces.receive(boss, { name, stream: Readable.from([scan]) });
  const facts = {
    correspondant: `Société ${HOSTILE}`,
    numeroReference: `"'></title><script>${MARK}(1)</script><img src=x onerror=${MARK}(2)>`,
    autresInformations: `Notes ${HOSTILE}`,
  };
  for (let i = 0; i < 3; i++) {
    const piece = await receive(`x" onload=${MARK}()<script>\r\nX-${MARK}: 1;é’.png`);
    const made = await container.courriers.register(boss, {
      typeCourrier: 'ENTRANT',
      secretaireGeneralCopie: true,
      objet: `Objet ${HOSTILE} ${i}`,
      ...facts,
      pieces: [piece.id],
    });
    if (i === 0) courrierId = made.id;
    if (i === 2) await container.courriers.remove(boss, made.id);
  }
  await container.commentaires.add(boss, courrierId, { type: 'annotation', texte: HOSTILE });
  await container.courriers.update(boss, courrierId, { objet: `Encore ${HOSTILE}` }, 1);
  await container.transmissions.transmit(boss, courrierId, {
    destinataires: [admin.userId],
    message: HOSTILE,
  });
  await container.transmissions.transmit(admin, courrierId, {
    destinataires: [boss.userId],
    message: HOSTILE,
  });
  await container.courriers.saveDraft(boss, 'ENTRANT', {
    champs: {
      objet: HOSTILE,
      correspondant: HOSTILE,
      numero_reference: HOSTILE,
      autres_informations: HOSTILE,
    },
    pieces: [(await receive(`<img src=x onerror=${MARK}()>.png`)).id],
  });
  await container.registres.cancelNext(boss, { flux: 'ENTRANT', motif: HOSTILE.replace(/\s+/g, ' ') });
  browser = await browserOf(site, boss);
});
afterAll(async () => {
  await site?.close();
  await database?.drop();
});

/** What an HTML answer must not have, whatever was stored or sent. */
function problemsOf(at: string, { headers, body }: Response): string[] {
  const problems: string[] = [];
  const wrong = (what: string) => problems.push(`${at}: ${what}`);
  if (headers['content-security-policy'] !== STRICT_CSP) wrong('policy');
  if (headers['x-content-type-options'] !== 'nosniff' || headers['x-frame-options'] !== 'DENY')
    wrong('headers');
  if (headers['cache-control'] !== 'no-store') wrong(`cache ${headers['cache-control'] ?? ''}`);
  if (Object.keys(headers).some((name) => name.includes(MARK))) wrong('header injected');
  for (const [, name = '', attributes = ''] of body.matchAll(
    /<([a-z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi,
  )) {
    const bare = attributes.replace(/="[^"]*"/g, '=""');
    if (name === 'script' && !/ src="\/assets\//.test(attributes)) wrong('inline script');
    if (name === 'style' || /\sstyle=/.test(bare)) wrong(`inline style in ${name}`);
    if (/\son\w+\s*=/i.test(bare)) wrong(`event handler in ${name}: ${bare.slice(0, 80)}`);
    if (name === 'base' || name === 'iframe' || name === 'object' || name === 'embed') wrong(name);
    if (/(?:href|src|action)="\s*(?:javascript|data|vbscript):/i.test(attributes))
      wrong(`address in ${name}`);
    if (/(?:href|src|action)="(?:https?:)?\/\//i.test(attributes)) wrong(`foreign address in ${name}`);
    if (name === 'img' && / src=x/.test(bare)) wrong('image injected');
  }
  if (new RegExp(`<script>\\s*${MARK}|<img src=x|<[bi] onclick|<i>${MARK}`).test(body))
    wrong('markup injected');
  return problems;
}

const isHtml = ({ headers }: Response) => String(headers['content-type']).startsWith('text/html');

it('is shown as text on every page that one can walk to, and no link leads nowhere', async () => {
  const seen = new Set<string>();
  const waiting: [string, string][] = [
    '/',
    '/profil',
    '/courriers/nouveau?flux=SORTANT',
    `/mail/${courrierId}/enregistre`,
    '/corbeille',
  ].map((url) => [url, 'start']);
  const problems: string[] = [];
  let marked = 0;
  for (let next = waiting.shift(); next && seen.size < 600; next = waiting.shift()) {
    const [url, from] = next;
    // The same page under other filters says nothing new.
    if (seen.has(url) || [...seen].filter((one) => one.split('?')[0] === url.split('?')[0]).length > 12)
      continue;
    seen.add(url);
    const answer = await browser.send({ url });
    if (answer.statusCode >= 400) problems.push(`${url} (from ${from}): ${answer.statusCode}`);
    if (!isHtml(answer)) continue;
    if (answer.body.includes(MARK)) marked++;
    problems.push(...problemsOf(url, answer));
    for (const [, , link = ''] of answer.body.matchAll(/ (href|src)="([^"]+)"/g)) {
      const to = link.replaceAll('&amp;', '&').split('#')[0] ?? '';
      if (to.startsWith('/') && !to.startsWith('/assets/')) waiting.push([to, url]);
    }
  }
  expect(problems).toEqual([]);
  expect(marked).toBeGreaterThan(15);
  expect(seen.size).toBeGreaterThan(30);
}, 120_000);

it('is shown as text where a form comes back with what was typed, and in what it says', async () => {
  const problems: string[] = [];
  const forms: [string, Record<string, string>][] = [
    [
      `/courriers/nouveau?flux=ENTRANT`,
      { objet: HOSTILE, expediteur: HOSTILE, numero_reference: HOSTILE, envoi: HOSTILE, statut: HOSTILE },
    ],
    [
      `/mail/${courrierId}/modifier`,
      { objet: '', correspondant: HOSTILE, autres_informations: HOSTILE, avant: HOSTILE, version: '1' },
    ],
    [`/mail/${courrierId}/annotations`, { type: HOSTILE, texte: `${HOSTILE}${'x'.repeat(20_000)}` }],
    [
      `/mail/${courrierId}/transmettre`,
      { destinataires: HOSTILE, instruction: HOSTILE, message: HOSTILE, echeance: HOSTILE },
    ],
    [`/mail/${courrierId}/statut`, { statut: HOSTILE, version: '2' }],
    [`/mail/${courrierId}/traiter`, { transmission: HOSTILE, note: HOSTILE }],
    [
      '/settings',
      {
        nomLogiciel: '',
        organisme: `${HOSTILE}${'x'.repeat(200)}`,
        formatArrivee: HOSTILE,
        email: HOSTILE,
        fuseauHoraire: HOSTILE,
      },
    ],
    [
      '/admin/users',
      {
        username: HOSTILE,
        email: HOSTILE,
        nomComplet: `${HOSTILE}\0`,
        role: HOSTILE,
        departementId: HOSTILE,
      },
    ],
    ['/admin/registres/annuler', { flux: HOSTILE, motif: HOSTILE }],
    ['/admin/roles', { libelle: HOSTILE, description: HOSTILE, couleur: HOSTILE, permissions: HOSTILE }],
    [
      '/admin/departements',
      { nom: HOSTILE, code: HOSTILE, parent: HOSTILE, chef: HOSTILE, description: HOSTILE },
    ],
    ['/admin/referentiels/statuts', { libelle: HOSTILE, nom: HOSTILE, couleur: HOSTILE, suivants: HOSTILE }],
    ['/admin/referentiels/urgences', { nom: HOSTILE, delai: HOSTILE, unite: HOSTILE, couleur: HOSTILE }],
    ['/admin/referentiels/instructions', { libelle_fr: HOSTILE, libelle_en: HOSTILE }],
    [
      '/admin/correspondants',
      { nom: '', adresse: HOSTILE, telephone: HOSTILE, email: HOSTILE, notes: HOSTILE },
    ],
    ['/admin/securite/adresses', { regle: HOSTILE, adresse: HOSTILE, motif: HOSTILE, duree: HOSTILE }],
    ['/admin/courriels/smtp', { serveur: HOSTILE, port: HOSTILE, utilisateur: HOSTILE, expediteur: HOSTILE }],
    ['/admin/courriels/modeles/transmission/fr', { sujet: HOSTILE, texte: HOSTILE, html: HOSTILE }],
    ['/admin/courriels/modeles/transmission/fr/apercu', { sujet: HOSTILE, texte: HOSTILE, html: HOSTILE }],
    ['/admin/textes/accueil/titre', { fr: HOSTILE, en: HOSTILE }],
    ['/profil/coordonnees', { fonction: HOSTILE, telephone: HOSTILE }],
    ['/rapports/export', { genre: HOSTILE, flux: HOSTILE, du: HOSTILE, search: HOSTILE, statut: HOSTILE }],
    ['/profil/mot-de-passe', { ancien: HOSTILE, nouveau: HOSTILE, confirmation: 'autre', next: HOSTILE }],
  ];
  for (const [url, fields] of forms) {
    let answer = await browser.post(url, fields);
    if (answer.statusCode === 303) {
      expect(String(answer.headers.location)).toMatch(/^\/(?!\/)[\x21-\x7E]*$/);
      const flash = answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const headers = {
        ...browser.headers,
        cookie: `${browser.headers.cookie}; ${flash}`,
        accept: 'text/html',
      };
      answer = await site.app.inject({ url: String(answer.headers.location), headers });
    }
    if (answer.statusCode >= 500) problems.push(`${url}: ${answer.statusCode}`);
    problems.push(...problemsOf(`POST ${url}`, answer));
  }
  const text = encodeURIComponent(HOSTILE);
  for (const url of [
    `/view_mail?search=${text}&statut=${text}&type_courrier=${text}&date_from=${text}&sort_by=${text}&page=${text}`,
    `/admin/logs?action=${text}&acteur=${text}&courrier=${text}&du=${text}`,
    `/admin/users?q=${text}&role=${text}&page=${text}`,
    ...['roles', 'departements', 'referentiels/statuts', 'correspondants', 'textes', 'securite/adresses'].map(
      (place) => `/admin/${place}?q=${text}&etat=${text}&sort_by=${text}&sort_order=${text}&page=${text}`,
    ),
    `/admin/correspondants/fusion?garde=${text}&fondu=${text}`,
    `/notifications?etat=${text}&page=${text}`,
    `/rapports?search=${text}&statut=${text}&flux=${text}&du=${text}`,
    `/a-traiter?etat=${text}&page=${text}`,
    `/corbeille?page=${text}`,
    `/mail/${courrierId}?liste=${text}&de=${text}&search=${text}`,
    `/${text}`,
  ]) {
    problems.push(...problemsOf(url, await browser.send({ url })));
  }
  for (const options of [
    { url: `/login?next=${text}` },
    { method: 'POST' as const, url: '/login', payload: { email: HOSTILE, password: HOSTILE, next: HOSTILE } },
    { url: `/${text}` },
    { url: '/%zz' },
  ]) {
    problems.push(
      ...problemsOf(options.url, await site.app.inject({ ...options, headers: { accept: 'text/html' } })),
    );
  }
  expect(problems).toEqual([]);
});

it('breaks no header of a download, and nothing downloaded can run', async () => {
  for (const url of [
    `/download_file/${courrierId}`,
    `/export_pdf/${courrierId}`,
    `/mail/${courrierId}/etiquette.pdf`,
    `/api/v1/courriers/${courrierId}/pieces`,
  ]) {
    const { statusCode, headers } = await browser.send({ url });
    expect(statusCode, url).toBe(200);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(String(headers['cache-control'])).toContain('no-store');
    expect(Object.keys(headers).join()).not.toContain(MARK);
    expect(String(headers['content-disposition'] ?? '')).toMatch(/^[\x20-\x7E]*$/);
    expect(String(headers['content-type'])).not.toContain('html');
  }
  const { headers } = await browser.send({ url: `/download_file/${courrierId}` });
  expect(headers['content-security-policy']).toBe("sandbox; default-src 'none'");
  expect(String(headers['content-disposition'])).toMatch(
    /^attachment; filename="[^"\\\r\n]+"; filename\*=UTF-8''[\w%.~!#$&+^`|-]+$/,
  );
});

it('sends nobody to another site', async () => {
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
    '/%0d%0aLocation:%20//evil.example',
    `//evil.example@gec.test/`,
  ]) {
    const next = encodeURIComponent(evil);
    for (const url of [
      `/login?next=${next}`,
      `/view_mail?next=${next}&retour=${next}&liste=${next}`,
      `/mail/${courrierId}?liste=${next}&retour=${next}&de=${next}`,
    ]) {
      const { headers, body } = await browser.send({ url });
      if (headers.location !== undefined) expect(String(headers.location)).toMatch(/^\/(?![/\\])/);
      expect(body).not.toMatch(/(?:href|action)="(?:[a-z]+:)?(?:\/|\\|&#x2f;){2}/i);
    }
    const query = `?liste=${next}&retour=${next}&de=${next}&next=${next}`;
    const done = await browser.post(`/mail/${courrierId}/annotations${query}`, {
      type: 'annotation',
      texte: 'Vu.',
      next: evil,
    });
    expect(String(done.headers.location)).toMatch(/^\/mail\/\d+[^/\\]*$/);
    const form = await site.app.inject({
      method: 'POST',
      url: '/login',
      payload: { email: 'x', password: 'y', next: evil },
    });
    const carried = /name="next" value="([^"]*)"/.exec(form.body)?.[1] ?? '/';
    expect(carried).toMatch(/^\/(?![/\\])(?!\.\.\/\/)/);
  }
});
