import { openTestDatabase, samplePng, testClock, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { createTestCourriers } from './courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';

const clock = testClock('2026-11-23T08:00:00Z', 5);
let database: TestDatabase;
let site: TestApp;
let made: ReturnType<typeof createTestCourriers>;
let chef: Personne;
let agent: Personne;
let autre: Personne;
let patron: Personne;
let id: number;
let numero: string;

beforeAll(async () => {
  database = await openTestDatabase('sqlite', migrated);
  site = await createTestApp(database.url, { clock });
  chef = await site.person('admin', 'ADM', 'chef');
  agent = await site.person('user', 'ADM', 'agent');
  autre = await site.person('user', 'JUR', 'autre');
  patron = await site.person('super_admin', 'SG', 'patron');
  made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
});
afterAll(async () => {
  await site?.close();
  await database?.drop();
});
beforeEach(async () => {
  ({ id, numero } = await made.enregistrer(agent, {
    objet: 'Réclamation <script>alert(1)</script>',
    correspondant: 'Coopérative & fils',
  }));
});

async function get(who: Personne, url: string, accept = 'text/html') {
  return site.app.inject({ url, headers: { ...(await site.signIn(who)), accept } });
}

/** A browser: reads the form token from a page, posts, and follows the way back. */
async function post(
  who: Personne,
  url: string,
  fields: Record<string, string | string[]>,
  from = `/mail/${id}`,
) {
  const headers = await site.signIn(who);
  const page = await site.app.inject({ url: from, headers });
  const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const body = new URLSearchParams({ _csrf: token });
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) body.append(name, one);
  return site.app.inject({
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: body.toString(),
  });
}
const unescape = (html: string) =>
  html
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

describe('the page of a letter', () => {
  it('shows facts and scans to those who may read it, escaped, and is noted as read', async () => {
    const page = await get(agent, `/mail/${id}`);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Réclamation &lt;script>');
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).toContain('Coopérative &amp; fils');
    expect(page.body).toMatch(new RegExp(`/mail/${id}/pieces/\\d+/pages/1\\.jpg`));
    expect((await get(autre, `/mail/${id}`)).statusCode).toBe(404);
    const read = (await site.container.journal.ofCourrier(id)).filter((line) =>
      line.action.endsWith('consultation'),
    );
    expect(read.map(({ utilisateurId }) => utilisateurId)).toEqual([agent.userId]);
    expect(
      (await site.app.inject({ method: 'HEAD', url: `/mail/${id}`, headers: await site.signIn(agent) }))
        .statusCode,
    ).toBe(404);
  });

  it('offers one primary action, which depends on who reads', async () => {
    const primary = async (who: Personne) =>
      [
        ...(await get(who, `/mail/${id}`)).body.matchAll(
          /class="btn btn-primary"[^>]*>.*?<span>([^<]+)<\/span>/g,
        ),
      ].map((match) => match[1]);
    expect(await primary(agent)).toEqual(['Transmettre', 'Enregistrer']);
    await site.container.transmissions.transmit(agent, id, { destinataires: [autre.userId] });
    expect(await primary(autre)).toEqual(['Marquer traité']);
  });

  it('is the same as JSON', async () => {
    await site.container.commentaires.add(agent, id, { type: 'annotation', texte: 'Urgent.' });
    const { courrier } = { courrier: (await get(agent, `/mail/${id}`, 'application/json')).json() };
    expect(courrier).toMatchObject({
      id,
      numero_accuse_reception: numero,
      expediteur: 'Coopérative & fils',
      pieces: [{ rang: 1, pages: 1 }],
      transmissions: [],
      evenements: [{ genre: 'commentaire', texte: 'Urgent.' }, { genre: 'enregistrement' }],
      journal: null,
    });
    const seen = (await get(chef, `/mail/${id}`, 'application/json')).json();
    expect(seen.journal[0]).toMatchObject({ action: 'courrier.consultation', utilisateur: chef.nomComplet });
  });

  it('leads through the list that one came from', async () => {
    const unique = `zirconium${id}`;
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await made.enregistrer(agent, { objet: `${unique} ${i}` })).id);
    const liste = `search=${unique}`;
    const page = await get(agent, `/mail/${ids[1]}?liste=${encodeURIComponent(liste)}`);
    const links = [
      ...page.body.matchAll(/href="(\/mail\/\d+\?liste=[^"]+)"[^>]*aria-keyshortcuts="([jk])"/g),
    ];
    const carried = encodeURIComponent(liste);
    expect(links.map(([, href, key]) => [href, key])).toEqual([
      [`/mail/${ids[2]}?liste=${carried}`, 'k'],
      [`/mail/${ids[0]}?liste=${carried}`, 'j'],
    ]);
    expect(page.body).toContain(`href="/view_mail?${liste}"`);
  });

  it('leads through what waits, and back there once it is done', async () => {
    const lecteur = await site.person('user', 'FIN', `lecteur-${id}`);
    clock.advance(5_000);
    const second = await made.enregistrer(agent);
    for (const one of [id, second.id]) {
      await site.container.transmissions.transmit(agent, one, { destinataires: [lecteur.userId] });
    }
    const page = await get(lecteur, `/mail/${second.id}?de=a-traiter`);
    expect(page.body).toContain(`href="/mail/${id}?de=a-traiter"`);
    expect(page.body).toContain('href="/a-traiter"');
    const transmission = /name="transmission" value="(\d+)"/.exec(page.body)?.[1] ?? '';
    const from = `/mail/${second.id}?de=a-traiter`;
    const done = await post(
      lecteur,
      `/mail/${second.id}/traiter?de=a-traiter`,
      { transmission, note: 'Fait.' },
      from,
    );
    expect(done.headers.location).toBe('/a-traiter');
    const list = await get(lecteur, '/a-traiter', 'application/json');
    expect(list.json().transmissions.map((one: { courrier_id: number }) => one.courrier_id)).toEqual([id]);
    expect((await get(lecteur, '/a-traiter?etat=traite')).body).toContain(second.numero);
    expect((await get(agent, '/a-traiter?etat=envoye')).body).toContain(numero);
  });
});

describe('changing a letter', () => {
  const form = async (who: Personne) => {
    const page = await get(who, `/mail/${id}/modifier`);
    return {
      version: /name="version" value="(\d+)"/.exec(page.body)?.[1] ?? '',
      avant: unescape(/name="avant" value="([^"]+)"/.exec(page.body)?.[1] ?? ''),
    };
  };
  const typed = {
    correspondant: 'Coopérative & fils',
    secretaire_general_copie: 'oui',
    objet: 'Nouvel objet',
  };

  it('saves what was typed and tells it in the history', async () => {
    const saved = await post(agent, `/mail/${id}/modifier?liste=statut%3DRECU`, {
      ...(await form(agent)),
      ...typed,
    });
    expect(saved.statusCode).toBe(303);
    expect(saved.headers.location).toBe(`/mail/${id}?liste=statut%3DRECU`);
    const page = await get(agent, `/mail/${id}`);
    expect(page.body).toMatch(/<del>Réclamation &lt;script>.*<\/del>.*<ins>Nouvel objet<\/ins>/);
  });

  it('comes back filled with what was refused', async () => {
    const refused = await post(agent, `/mail/${id}/modifier`, {
      ...(await form(agent)),
      ...typed,
      objet: '',
      numero_reference: 'REF/"7"',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('href="#objet"');
    expect(refused.body).toContain('value="REF/&quot;7&quot;"');
  });

  it('shows both values when somebody else saved meanwhile, keeps what was typed, and saves the second time', async () => {
    const opened = await form(agent);
    const { version } = await site.container.courriers.get(chef, id);
    await site.container.courriers.update(
      chef,
      id,
      { objet: 'Objet du chef', numeroReference: 'CHEF/1' },
      version,
    );
    const first = await post(agent, `/mail/${id}/modifier`, { ...opened, ...typed });
    expect(first.statusCode).toBe(409);
    expect(first.body).toMatch(/Nouvel objet.*Objet du chef/s);
    expect(first.body).toContain('value="CHEF/1"');
    const again = {
      version: /name="version" value="(\d+)"/.exec(first.body)?.[1] ?? '',
      avant: unescape(/name="avant" value="([^"]+)"/.exec(first.body)?.[1] ?? ''),
    };
    const second = await post(agent, `/mail/${id}/modifier`, {
      ...again,
      ...typed,
      numero_reference: 'CHEF/1',
    });
    expect(second.statusCode).toBe(303);
    expect(await site.container.courriers.get(agent, id)).toMatchObject({
      objet: 'Nouvel objet',
      numeroReference: 'CHEF/1',
    });
  });

  it('is refused to those who may only read, and hidden from the others', async () => {
    await site.container.transmissions.transmit(agent, id, { destinataires: [autre.userId] });
    const stranger = await site.person('user', 'TECH', 'etranger');
    for (const path of ['modifier', 'pieces', 'supprimer', 'annuler', 'detruire']) {
      expect((await get(autre, `/mail/${id}/${path}`)).statusCode).toBe(403);
      expect((await get(stranger, `/mail/${id}/${path}`)).statusCode).toBe(404);
    }
    expect((await get(stranger, `/mail/${id}/transmettre`)).statusCode).toBe(404);
    const form = await get(autre, `/mail/${id}/transmettre`);
    expect(form.statusCode).toBe(200);
    // One types a name at once.
    expect(form.body).toMatch(/<input[^>]*autofocus[^>]*data-filter/);
    expect((await post(autre, `/mail/${id}/statut`, { statut: 'TRAITE', version: '1' })).statusCode).toBe(
      403,
    );
    expect(
      (await post(stranger, `/mail/${id}/annotations`, { type: 'comment', texte: 'x' }, '/')).statusCode,
    ).toBe(404);
  });

  it('changes the statut, and says so when somebody was faster', async () => {
    const changed = await post(agent, `/mail/${id}/statut`, { statut: 'EN_COURS', version: '1' });
    expect(changed.statusCode).toBe(303);
    expect((await site.container.courriers.get(agent, id)).statut).toBe('EN_COURS');
    const stale = await post(agent, `/mail/${id}/statut`, { statut: 'TRAITE', version: '1' });
    expect(stale.statusCode).toBe(303);
    expect((await site.container.courriers.get(agent, id)).statut).toBe('EN_COURS');
  });

  it('adds files that were received', async () => {
    const piece = await made.scanRecu(agent);
    const added = await post(agent, `/mail/${id}/pieces`, { pieces: piece }, `/mail/${id}/pieces`);
    expect(added.statusCode).toBe(303);
    expect((await site.container.courriers.get(agent, id)).nombrePieces).toBe(2);
    const none = await post(agent, `/mail/${id}/pieces`, {}, `/mail/${id}/pieces`);
    expect(none.statusCode).toBe(400);
  });
});

describe('writing and sending on', () => {
  it('adds an annotation; a refused one stays in the page', async () => {
    const added = await post(agent, `/mail/${id}/annotations`, { type: 'annotation', texte: 'Vu & classé' });
    expect(added.headers.location).toBe(`/mail/${id}#historique`);
    expect((await get(agent, `/mail/${id}`)).body).toContain('Vu &amp; classé');
    const refused = await post(agent, `/mail/${id}/annotations`, {
      type: 'annotation',
      texte: 'y'.repeat(2_001),
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('y'.repeat(2_001));
  });

  it('sends on to several people; a refused form comes back with the choices', async () => {
    const to = [String(autre.userId), String(chef.userId)];
    const refused = await post(agent, `/mail/${id}/transmettre`, {
      destinataires: to,
      echeance: '2020-01-01',
      message: 'Vite',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body.match(/name="destinataires"[^>]*checked/g)).toHaveLength(2);
    expect(refused.body).toContain('Vite</textarea>');
    const sent = await post(agent, `/mail/${id}/transmettre`, {
      destinataires: to,
      instruction: 'suivi',
      message: 'Vite',
      echeance: '2026-12-01',
    });
    expect(sent.headers.location).toBe(`/mail/${id}`);
    expect((await site.container.transmissions.ofCourrier(agent, id)).map(({ aId }) => aId).sort()).toEqual(
      [autre.userId, chef.userId].sort(),
    );
    expect((await get(agent, `/mail/${id}/transmettre`)).body).toContain(`Déjà transmis à`);
    expect((await post(agent, `/mail/${id}/transmettre`, { destinataires: 'abc' })).statusCode).toBe(400);
  });
});

describe('the corbeille', () => {
  it('takes a letter and gives it back', async () => {
    expect((await get(chef, `/mail/${id}/supprimer`)).body).toContain(numero);
    const removed = await post(chef, `/mail/${id}/supprimer`, {});
    expect(removed.statusCode).toBe(303);
    expect((await get(agent, `/mail/${id}`)).statusCode).toBe(404);
    const list = await get(chef, '/corbeille');
    expect(list.body).toContain(numero);
    expect((await get(chef, '/corbeille', 'application/json')).json().courriers[0]).toMatchObject({
      id,
      is_deleted: true,
    });
    expect((await get(agent, '/corbeille')).statusCode).toBe(403);
    expect(list.body).toContain('href="/corbeille?sort_by=par&amp;sort_order=asc"');
    expect((await get(chef, '/corbeille?q=introuvable&sort_by=danse')).body).toMatch(
      /Cette valeur n’existe pas.*Aucun courrier trouvé/s,
    );
    const file = await get(chef, `/corbeille?format=csv&q=${numero}`);
    expect([file.headers['content-type'], file.body.split('\r\n').length]).toEqual([
      'text/csv; charset=utf-8',
      3,
    ]);
    expect((await get(agent, '/corbeille?format=csv')).statusCode).toBe(403);
    expect((await get(chef, `/mail/${id}/supprimer`)).statusCode).toBe(403);
    const restored = await post(chef, `/mail/${id}/restaurer`, {}, '/corbeille');
    expect(restored.headers.location).toBe(`/mail/${id}`);
    expect((await get(agent, `/mail/${id}`)).statusCode).toBe(200);
  });

  it('cancels a registration only with a reason, which the register keeps', async () => {
    const refused = await post(chef, `/mail/${id}/annuler`, { motif: '  ' });
    expect(refused.statusCode).toBe(400);
    const done = await post(chef, `/mail/${id}/annuler?liste=statut%3DRECU`, {
      motif: 'Enregistré deux fois',
    });
    expect(done.headers.location).toBe('/view_mail?statut=RECU');
    const row = await site.container.database.kysely
      .selectFrom('numero')
      .select('etat')
      .where('numero', '=', numero)
      .executeTakeFirst();
    expect(row?.etat).toBe('ANNULE');
  });

  it('destroys only what is in it, for a super administrator who writes the number once more', async () => {
    expect((await get(patron, `/mail/${id}/detruire`)).statusCode).toBe(403);
    await site.container.courriers.remove(chef, id);
    expect((await get(chef, `/mail/${id}/detruire`)).statusCode).toBe(403);
    const from = `/mail/${id}/detruire`;
    const wrong = await post(patron, from, { motif: 'Doublon', numero: 'GEC-0' }, from);
    expect(wrong.statusCode).toBe(400);
    expect(wrong.body).toContain('Doublon</textarea>');
    expect((await post(patron, from, { motif: '', numero }, from)).statusCode).toBe(400);
    const done = await post(patron, from, { motif: 'Doublon', numero: ` ${numero} ` }, from);
    expect(done.headers.location).toBe('/corbeille');
    expect((await get(patron, `/mail/${id}`)).statusCode).toBe(404);
  });
});
