import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dayOf } from '@gec/core';
import { describeEachDatabase, testClock, type TestClock } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import { enregistrer, exporter, lignesDuTableur, texteDuPdf } from './rapports.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createRapportsRepo } from './rapports.repo.ts';
import { demandeShape } from './rapports.schema.ts';

describeEachDatabase('exports', (open) => {
  let test: TestApp;
  let clock: TestClock;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const database = await open(migrated);
    clock = testClock('2026-11-20T08:00:00.000Z', 1);
    test = await createTestApp(database.url, { clock });
    close = async () => {
      await test.close();
      await database.drop();
    };
  });
  afterEach(() => close());

  const today = () => dayOf(clock.now());

  it('lists the letters that the person may read, and no others', async () => {
    const { container } = test;
    const [chef, agent, autre] = [
      await test.person('super_admin', 'SG'),
      await test.person('user', 'ADM', 'agent'),
      await test.person('user', 'JUR', 'autre'),
    ];
    const mien = await enregistrer(container, agent, { objet: 'Cœur de l’œuvre : façade « née » à Likasi' });
    const sien = await enregistrer(container, autre, { objet: 'Contentieux foncier' });

    const tout = await exporter(container, chef, { genre: 'liste-pdf', filtres: SANS_FILTRE });
    const texte = await texteDuPdf(tout.contenu);
    expect(texte).toContain('Cœur de l’œuvre : façade « née » à Likasi');
    for (const { numero } of [mien, sien]) expect(texte).toContain(numero);
    expect(tout.fini).toMatchObject({ etat: 'TERMINEE', fait: 2, total: 2, type: 'application/pdf' });
    expect(tout.fini.nom).toMatch(/^Liste des courriers 2026-11-20 09h00\.pdf$/);
    expect(tout.fini.taille).toBe(tout.contenu.length);

    const partie = await texteDuPdf(
      (await exporter(container, agent, { genre: 'liste-pdf', filtres: SANS_FILTRE })).contenu,
    );
    expect(partie).toContain(mien.numero);
    expect(partie).not.toContain(sien.numero);
    expect(partie).not.toContain('Contentieux');
  });

  it('decides what may be read when the export is made, not when it was asked for', async () => {
    const { container } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    const [courrier, { id }] = [
      await enregistrer(container, agent, { objet: 'Avant la demande' }),
      await container.rapports.requestExport(agent, { genre: 'liste-xlsx', filtres: SANS_FILTRE }),
    ];
    const chef = await test.person('super_admin', 'SG');
    await container.courriers.remove(chef, courrier.id);
    const apres = await enregistrer(container, agent, { objet: 'Après la demande' });
    await container.rapports.drain();
    const { contenu } = await container.rapports.download(agent, id);
    const chunks: Buffer[] = [];
    for await (const chunk of contenu) chunks.push(chunk as Buffer);
    const rows = lignesDuTableur(Buffer.concat(chunks));
    expect(rows.map((row) => row[0])).toEqual(['N° d’enregistrement', apres.numero]);

    const { id: refuse } = await container.rapports.requestExport(agent, {
      genre: 'liste-pdf',
      filtres: SANS_FILTRE,
    });
    await container.utilisateurs.setActive(chef, agent.userId, false);
    await container.rapports.drain();
    expect(await container.rapports.find(agent, refuse)).toMatchObject({
      etat: 'ECHOUEE',
      erreur: 'DROITS',
    });
  });

  it('gives a spreadsheet the rows of the list, in its order, whatever the texts begin with', async () => {
    const { container } = test;
    const chef = await test.person('super_admin', 'SG');
    for (const objet of ['=1+1', 'Zèbre', '<b>gras</b> & "cité"', 'âne', '@SUM(A1)', 'Émeraude']) {
      await enregistrer(container, chef, { objet });
    }
    for (const filtres of [
      SANS_FILTRE,
      { ...SANS_FILTRE, sortOrder: 'asc' as const },
      { ...SANS_FILTRE, sortBy: 'objet' as const, sortOrder: 'asc' as const },
      { ...SANS_FILTRE, sortBy: 'numero_accuse_reception' as const },
      { ...SANS_FILTRE, search: 'emeraude' },
    ]) {
      const liste = await container.recherche.list(chef, filtres);
      const { contenu } = await exporter(container, chef, { genre: 'liste-xlsx', filtres });
      const [head, ...rows] = lignesDuTableur(contenu);
      const objet = head?.indexOf('Objet') ?? -1;
      expect(rows.map((row) => [row[0], row[objet]])).toEqual(
        liste.lignes.map((ligne) => [ligne.numero, ligne.objet]),
      );
    }
  });

  it('keeps to the urgency that was asked for, names it, and shows it with its deadline on the record sheet', async () => {
    const { container } = test;
    const chef = await test.person('super_admin', 'SG');
    const [urgence] = await container.referentiels.urgences();
    if (!urgence) throw new Error('there is no degree of urgency');
    const presse = await enregistrer(container, chef, { objet: 'Presse', urgenceId: urgence.id });
    const calme = await enregistrer(container, chef, { objet: 'Calme' });
    const champs = demandeShape.parse({ genre: 'liste-pdf', urgence_id: String(urgence.id) });
    const demande = await container.rapports.lireDemande(chef, champs);
    const texte = await texteDuPdf((await exporter(container, chef, demande)).contenu);
    expect(texte).toContain(presse.numero);
    expect(texte).not.toContain(calme.numero);
    expect(texte).toContain(`d’urgence « ${urgence.nom} »`);
    await expect(
      container.rapports.lireDemande(chef, { genre: 'liste-pdf', urgence_id: '99999' }),
    ).rejects.toMatchObject({ fields: [{ field: 'urgence_id' }] });

    const [head, row] = lignesDuTableur(
      (await exporter(container, chef, { ...demande, genre: 'liste-xlsx' } as typeof demande)).contenu,
    );
    expect(row?.[head?.indexOf('Urgence') ?? -1]).toBe(urgence.nom);

    await container.courriers.update(chef, calme.id, { urgenceId: urgence.id }, 1);
    const { pdf } = await container.rapports.fiche(chef, calme.id, 'https://gec.test');
    const fiche = await texteDuPdf(pdf);
    expect(fiche).toContain(`Urgence ${urgence.nom}, à traiter avant le`);
    expect(fiche).toContain('Urgence : ');
  });

  it('prints the book of a register with every number, cancelled and destroyed ones with their reason', async () => {
    const { container } = test;
    const chef = await test.person('super_admin', 'SG');
    const garde = await enregistrer(container, chef, { objet: 'Gardé', numeroReference: 'N° 12/CAB/2026' });
    const annule = await enregistrer(container, chef, { objet: 'Mal enregistré' });
    await container.courriers.cancelRegistration(chef, annule.id, 'Doublon');
    const jete = await enregistrer(container, chef, { objet: 'Jeté' });
    await container.courriers.remove(chef, jete.id);
    const detruit = await enregistrer(container, chef, { objet: 'Secret détruit' });
    await container.courriers.remove(chef, detruit.id);
    await container.courriers.destroy(chef, detruit.id, 'Sur ordre');
    const gate = await container.registres.cancelNext(chef, { flux: 'ENTRANT', motif: 'Tampon gâté' });

    const periode = { flux: 'ENTRANT', du: today(), au: today() } as const;
    const pdf = await exporter(container, chef, { genre: 'registre-pdf', ...periode });
    const texte = await texteDuPdf(pdf.contenu);
    for (const { numero } of [garde, annule, jete, detruit, gate]) expect(texte).toContain(numero);
    for (const words of [
      'Gardé',
      'Annulé : Doublon',
      'Sur ordre',
      'Annulé : Tampon gâté',
      'Dans la corbeille',
    ])
      expect(texte).toContain(words);
    for (const words of ['Mal enregistré', 'Jeté', 'Secret']) expect(texte).not.toContain(words);
    expect(pdf.fini.nom).toBe('Registre des arrivées du 2026-11-20 au 2026-11-20.pdf');

    const { contenu } = await exporter(container, chef, { genre: 'registre-xlsx', ...periode });
    const [, ...rows] = lignesDuTableur(contenu);
    expect(rows.map((row) => row[0])).toEqual([garde, annule, jete, detruit, gate].map((one) => one.numero));
    const departs = await exporter(container, chef, { genre: 'registre-xlsx', ...periode, flux: 'SORTANT' });
    expect(lignesDuTableur(departs.contenu)).toHaveLength(1);
  });

  it('calls the book an extract where numbers are kept from the reader, so that nobody signs it as the register', async () => {
    const { container } = test;
    const chef = await test.person('super_admin', 'SG');
    const agent = await test.person('user', 'ADM');
    const entier = await enregistrer(container, chef);
    const sien = await enregistrer(container, agent);
    const demande = { genre: 'registre-pdf', flux: 'ENTRANT', du: today(), au: today() } as const;
    const { contenu, fini } = await exporter(container, agent, demande);
    const texte = await texteDuPdf(contenu);
    expect(texte).toContain('Extrait du registre des courriers arrivée');
    expect(texte).toContain(`Ne contient que les courriers que ${agent.nomComplet} peut lire.`);
    expect(texte).toContain(`Extrait arrêté à un seul numéro, le n° ${sien.numero}.`);
    expect(texte).not.toContain(entier.numero);
    expect(fini.nom).toMatch(/^Extrait – Registre des arrivées/);
    expect(await texteDuPdf((await exporter(container, chef, demande)).contenu)).not.toContain('Extrait');
  });

  it('belongs to who asked for it, is noted in the journal, and lies sealed in the store', async () => {
    const { container } = test;
    const [agent, chef] = [await test.person('user', 'ADM', 'agent'), await test.person('super_admin', 'SG')];
    await enregistrer(container, agent, { objet: 'Objet très confidentiel' });
    const { fini } = await exporter(container, agent, { genre: 'liste-xlsx', filtres: SANS_FILTRE });

    expect(await container.rapports.list(chef)).toEqual([]);
    for (const attempt of [
      () => container.rapports.find(chef, fini.id),
      () => container.rapports.download(chef, fini.id),
      () => container.rapports.remove(chef, fini.id),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
    }
    const journal = await container.journal.list(chef, {}, { size: 20 });
    const actions = journal.lignes.map((line) => line.action);
    expect(actions.filter((action) => action.startsWith('export.'))).toEqual([
      'export.telechargement',
      'export.demande',
    ]);

    const files = join(container.config.dataDir, 'files');
    for (const name of readdirSync(files, { recursive: true, encoding: 'utf8' })) {
      const path = join(files, name);
      if (statSync(path).isFile()) expect(readFileSync(path).includes('PK\x03\x04')).toBe(false);
    }
    const row = await container.database.kysely.selectFrom('tache').selectAll().executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toMatch(/Liste|filtres|sortBy/);
  });

  it('is kept for a day, then swept with its file; what is deleted goes at once', async () => {
    const { container } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    await enregistrer(container, agent);
    const chemins = async () => {
      const rows = await container.database.kysely.selectFrom('tache').select('fichier_chemin').execute();
      return rows.flatMap((row) => row.fichier_chemin ?? []);
    };
    const { fini } = await exporter(container, agent, { genre: 'liste-pdf', filtres: SANS_FILTRE });
    const [premier = ''] = await chemins();
    await container.rapports.remove(agent, fini.id);
    expect(await container.store.exists(premier)).toBe(false);

    await exporter(container, agent, { genre: 'liste-pdf', filtres: SANS_FILTRE });
    const [second = ''] = await chemins();
    clock.advance(23 * 3_600_000);
    await container.rapports.sweep();
    expect(await container.rapports.list(agent)).toHaveLength(1);
    expect(await container.store.exists(second)).toBe(true);
    clock.advance(2 * 3_600_000);
    await container.rapports.sweep();
    expect(await container.rapports.list(agent)).toEqual([]);
    expect(await container.store.exists(second)).toBe(false);
  });

  it('is taken over when the process that worked on it died, and given up after three', async () => {
    const { container } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    await enregistrer(container, agent);
    const repo = createRapportsRepo(container.database, container.keyring);
    const demande = { genre: 'liste-pdf', filtres: SANS_FILTRE } as const;
    const lease = () => new Date(clock.now().getTime() + 60_000).toISOString();
    const { id } = await container.rapports.requestExport(agent, demande);

    // Another process takes it and is never heard of again.
    const mort = await repo.prendre('mort', clock.now().toISOString(), lease());
    expect(mort?.id).toBe(id);
    await container.rapports.drain();
    expect(await container.rapports.find(agent, id)).toMatchObject({ etat: 'EN_COURS' });
    clock.advance(61_000);
    await container.rapports.drain();
    expect(await container.rapports.find(agent, id)).toMatchObject({ etat: 'TERMINEE', fait: 1 });
    // What the first one still says changes nothing.
    const avance = { fait: 0, total: 9, bailFin: lease() };
    expect(await repo.avancer(id, 'mort', avance)).toBe(false);
    await repo.echouer(id, 'mort', 'ECHEC', clock.now().toISOString());
    expect(await container.rapports.find(agent, id)).toMatchObject({ etat: 'TERMINEE' });

    const { id: maudit } = await container.rapports.requestExport(agent, demande);
    for (const name of ['un', 'deux', 'trois']) {
      expect((await repo.prendre(name, clock.now().toISOString(), lease()))?.id).toBe(maudit);
      clock.advance(61_000);
    }
    await container.rapports.drain();
    expect(await container.rapports.find(agent, maudit)).toMatchObject({
      etat: 'ECHOUEE',
      erreur: 'INTERROMPU',
    });
  });

  it('leaves no file behind when it is cancelled under way', async () => {
    const { container } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    for (let n = 0; n < 3; n++) await enregistrer(container, agent);
    const count = async () => {
      let n = 0;
      for await (const _file of container.store.list()) n += 1;
      return n;
    };
    const before = await count();
    const { id } = await container.rapports.requestExport(agent, {
      genre: 'liste-pdf',
      filtres: SANS_FILTRE,
    });
    const work = container.rapports.drain();
    await container.rapports.remove(agent, id);
    await work;
    expect(await container.rapports.list(agent)).toEqual([]);
    expect(await count()).toBe(before);
  });

  it('refuses what may not be: no right, too many at once, a wrong request', async () => {
    const { container } = test;
    const agent = await test.person('user', 'ADM', 'agent');
    const sans = { ...agent, permissions: new Set<never>() };
    const demande = { genre: 'liste-pdf', filtres: SANS_FILTRE } as const;
    await expect(container.rapports.requestExport(sans, demande)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    const asked = await Promise.allSettled(
      Array.from({ length: 6 }, () => container.rapports.requestExport(agent, demande)),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toEqual(Array(3).fill(expect.objectContaining({ kind: 'conflict' })));
    const lire = (champs: Record<string, unknown>) => container.rapports.lireDemande(agent, champs);
    const fields = (names: string[]) => ({
      kind: 'invalid',
      fields: names.map((field) => expect.objectContaining({ field }) as object),
    });
    await expect(lire({})).rejects.toMatchObject(fields(['genre']));
    await expect(lire({ genre: ['liste-pdf'] })).rejects.toMatchObject(fields(['genre']));
    await expect(
      lire({ genre: 'liste-pdf', statut: "' or 1=1 --", date_from: '2026-02-30', search: ['a', 'b'] }),
    ).rejects.toMatchObject({ kind: 'invalid' });
    await expect(lire({ genre: 'registre-pdf' })).rejects.toMatchObject(fields(['flux', 'du', 'au']));
    await expect(
      lire({ genre: 'registre-pdf', flux: 'ENTRANT', du: '2026-11-02', au: '2026-11-01' }),
    ).rejects.toMatchObject(fields(['au']));
    await expect(
      lire({ genre: 'registre-pdf', flux: 'ENTRANT', du: '2024-01-01', au: '2026-01-01' }),
    ).rejects.toMatchObject(fields(['au']));
  });
});
