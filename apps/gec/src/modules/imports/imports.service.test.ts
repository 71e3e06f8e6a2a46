import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { pdfFile } from '../../workers/test-files.ts';
import { enregistrer, exporter } from '../rapports/rapports.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { ChoixPartiel } from './imports.choix.schema.ts';

interface Membre {
  nom: string;
  octets: Buffer | string;
  /** Unix mode, such as that of a symbolic link. */
  mode?: number;
}

function zipDe(membres: readonly Membre[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { nom, octets, mode } of membres) {
    zip.addBuffer(Buffer.from(octets), nom, mode === undefined ? {} : { mode });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** Names of the same length put in the place of others: what no honest program writes. */
const renomme = (zip: Buffer, de: string, vers: string) =>
  Buffer.from(zip.toString('latin1').replaceAll(de, vers), 'latin1');

describeEachDatabase('importing letters', (open) => {
  let origine: TestApp;
  let test: TestApp;
  let chef: Personne;
  let archive: Buffer;
  const fins: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    for (const place of ['origine', 'ici'] as const) {
      const database = await open(migrated);
      const app = await createTestApp(database.url);
      if (place === 'origine') origine = app;
      else test = app;
      fins.unshift(
        () => app.close(),
        () => database.drop(),
      );
    }
    const agent = await origine.person('user', 'JUR', 'agent.jur');
    for (const objet of ['Permis de Kolwezi', 'Carrière de Kasumbalesa', 'Litige de Likasi']) {
      await enregistrer(origine.container, agent, { objet });
    }
    archive = (await exporter(origine.container, agent, { genre: 'archive', filtres: SANS_FILTRE })).contenu;
    chef = await test.person('super_admin');
  });
  afterAll(async () => {
    for (const fin of [fins[0], fins[2], fins[1], fins[3]]) await fin?.();
  });

  async function essai(nom: string, octets: Buffer | string, choix?: ChoixPartiel) {
    const { imports } = test.container;
    const { id } = await imports.deposer(chef, { nom, stream: Readable.from([Buffer.from(octets)]) });
    await imports.travailler(id);
    if (choix) {
      await imports.choisir(chef, id, choix);
      await imports.travailler(id);
    }
    return imports.get(chef, id);
  }

  async function numeros(): Promise<string[]> {
    const { lignes } = await test.container.recherche.list(chef, SANS_FILTRE);
    return lignes.map(({ numero }) => numero);
  }

  it('shows first, is killed in the middle, goes on, and doubles nothing', async () => {
    const { imports, courriers } = test.container;
    const vu = await essai('courriers.zip', archive);
    expect(vu).toMatchObject({
      etat: 'PRET',
      total: 3,
      plan: { crees: 3, deja: 0, conflits: {}, pieces: 3 },
    });
    expect(vu.plan?.inconnus.utilisateurs).toEqual({ 'agent.jur': 3 });
    expect(await numeros()).toEqual([]);

    await imports.lancer(chef, vu.id);
    expect(await imports.travailler(vu.id, 0)).toBe(true);
    expect(await imports.get(chef, vu.id)).toMatchObject({ etat: 'EN_COURS', fait: 1, crees: 1 });
    // A kill between the letter and the note of it: the letter is tried again.
    const one = await imports.get(chef, vu.id);
    await test.container.database.kysely.updateTable('import').set({ fait: 0, crees: 0 }).execute();
    await test.container.database.kysely.deleteFrom('import_ligne').execute();
    expect(one.fait).toBe(1);
    expect(await imports.travailler(vu.id)).toBe(false);
    expect(await imports.get(chef, vu.id)).toMatchObject({ etat: 'TERMINE', fait: 3, crees: 2, deja: 1 });
    expect((await numeros()).length).toBe(3);
    const [first] = await imports.rapport(chef, vu.id, { etat: 'cree' });
    const lettre = await courriers.get(chef, first?.courrierId ?? 0);
    expect(lettre).toMatchObject({ utilisateurId: chef.userId, nombrePieces: 1 });
    expect(lettre.departementNom).toBe('Département Juridique');

    const encore = await essai('courriers.zip', archive);
    expect(encore.plan).toMatchObject({ crees: 0, deja: 3 });
    await expect(imports.lancer(chef, encore.id)).rejects.toMatchObject({ code: 'RIEN_A_IMPORTER' });
    await imports.annuler(chef, encore.id);
    expect(await test.container.database.kysely.selectFrom('import_segment').selectAll().execute()).toEqual(
      [],
    );
  });

  it('finds files that are missing or were altered before anything is taken over', async () => {
    const pdf = await pdfFile();
    const lettre = (numero: string, fichier: string | null, sha256: string) => ({
      id: numero,
      numero,
      type_courrier: 'ENTRANT',
      objet: 'Objet',
      correspondant: 'Expéditeur',
      numero_reference: null,
      date_redaction: null,
      date_enregistrement: '2024-01-02T08:00:00Z',
      statut: 'INCONNU',
      date_modification_statut: null,
      secretaire_general_copie: null,
      type_courrier_sortant: null,
      autres_informations: null,
      utilisateur: null,
      departement: null,
      pieces: [{ fichier, nom: 'a.pdf', type: 'application/pdf', taille: 1, pages: 1, sha256 }],
      historique: [],
      commentaires: [],
      transmissions: [],
    });
    const sha = createHash('sha256').update(pdf).digest('hex');
    const json = JSON.stringify({
      format: 'gec-mines/courriers',
      version: 1,
      exporte_le: '2026-01-01T00:00:00Z',
      installation: 'ailleurs-1',
      organisme: 'X',
      courriers: [
        lettre('Z 1', 'pieces/a.pdf', '0'.repeat(64)),
        lettre('Z 2', null, sha),
        lettre('Z 3', 'pieces/a.pdf', sha),
        lettre('Z 3', 'pieces/a.pdf', sha),
      ],
    });
    const zip = await zipDe([
      { nom: 'courriers.json', octets: json },
      { nom: 'pieces/a.pdf', octets: pdf },
    ]);
    const vu = await essai('x.zip', zip, { sans_scan: 'conflit' });
    expect(vu.plan).toMatchObject({
      crees: 1,
      deja: 1,
      conflits: { PIECE_ALTEREE: 1, PIECE_ABSENTE: 1 },
      inconnus: { statuts: { INCONNU: 4 } },
    });
    const somme = { nom: 'SOMMES.sha256', octets: `${'0'.repeat(64)}  courriers.json\n` };
    const faux = await essai('y.zip', await zipDe([{ nom: 'courriers.json', octets: json }, somme]));
    expect(faux).toMatchObject({ etat: 'ECHOUE', erreur: 'COURRIERS_ALTERES' });
  });

  it('refuses archives that are made to do harm', async () => {
    const json = { nom: 'courriers.json', octets: '{}' };
    const code = async (zip: Buffer) => (await essai('x.zip', zip)).erreur;
    const evil = await zipDe([json, { nom: 'pieces/aa/b', octets: 'x' }]);
    expect(await code(renomme(evil, 'pieces/aa/b', 'pieces/../b'))).toBe('ILLISIBLE');
    expect(await code(renomme(evil, 'pieces/aa/b', '/etc/passwd'))).toBe('ILLISIBLE');
    const twins = await zipDe([json, { nom: 'pieces/a', octets: 'x' }, { nom: 'pieces/b', octets: 'y' }]);
    expect(await code(renomme(twins, 'pieces/b', 'pieces/a'))).toBe('NOM_DOUBLE');
    expect(await code(await zipDe([json, { nom: 'pieces/l', octets: '/etc', mode: 0o120777 }]))).toBe('LIEN');
    const bomb = { nom: 'pieces/b', octets: Buffer.alloc(32 * 1024 * 1024) };
    expect(await code(await zipDe([json, bomb]))).toBe('BOMBE');
    expect(await code(await zipDe([bomb].slice(1)))).toBe('SANS_COURRIERS');
    expect(await code(await zipDe([json]))).toBe('FORMAT_INCONNU');
    expect(await code(Buffer.from('PK nothing'))).toBe('ILLISIBLE');
  });

  it('takes an old register over as it was typed, and says what is wrong with which line', async () => {
    const { imports, pieces, courriers } = test.container;
    const csv = [
      'N° d’ordre;Date;Expéditeur;Objet;Réf;État',
      '008951-25;04/03/2025;Société X;Permis;A/1;Traité',
      '008952-25;4 mars 2025;Société Y;Carrière;;TRAITE',
      '008952-25;05/03/2025;Société Z;Autre objet;;',
      '12 / 25;32/13/2025;Société X;Date fausse;;',
      ' 13/25 ;45720;Société X;Jour de tableur;;',
      ';06/03/2025;Société X;Sans numéro;;',
      '008951-25;04/03/2025;Société X;Permis;A/1;Traité',
    ].join('\n');
    const vu = await essai('registre.csv', csv);
    expect(vu.choix.colonnes).toMatchObject({ numero: 0, date_enregistrement: 1, expediteur: 2, objet: 3 });
    expect(vu.plan).toMatchObject({
      total: 7,
      crees: 3,
      deja: 1,
      notices: 3,
      conflits: { NUMERO_PRIS: 1, DATE_INVALIDE: 1, NUMERO_INVALIDE: 1 },
    });
    const lignes = await imports.rapport(chef, vu.id, { etat: 'conflit' });
    expect(lignes.map(({ rang, motif }) => [rang, motif])).toEqual([
      [4, 'NUMERO_PRIS'],
      [5, 'DATE_INVALIDE'],
      [7, 'NUMERO_INVALIDE'],
    ]);
    await imports.choisir(chef, vu.id, { si_pris: 'suffixe' });
    await imports.travailler(vu.id);
    await imports.lancer(chef, vu.id);
    await imports.travailler(vu.id);
    expect(await imports.get(chef, vu.id)).toMatchObject({ etat: 'TERMINE', crees: 4, deja: 1, conflits: 2 });
    const all = await numeros();
    for (const numero of ['008951-25', '008952-25', '008952-25 (2)', '13/25']) expect(all).toContain(numero);
    const [cree] = await imports.rapport(chef, vu.id, { etat: 'cree' });
    const id = cree?.courrierId ?? 0;
    expect(await courriers.get(chef, id)).toMatchObject({ numeroReference: 'A/1', statut: 'TRAITE' });
    expect((await pieces.ofCourrier(id))[0]).toMatchObject({ nom: '008951-25.pdf', pages: 1 });
    // The same register again, put right elsewhere: what is here already is not taken over again.
    const encore = await essai('registre.csv', `${csv}\n14/25;07/03/2025;Société X;Nouveau;;`);
    expect(encore.plan).toMatchObject({ crees: 1, deja: 5 });
  });

  it('is for those who may import', async () => {
    const agent = await test.person('user');
    const { imports } = test.container;
    await expect(imports.list(agent)).rejects.toMatchObject({ kind: 'forbidden' });
    const stream = Readable.from([archive]);
    await expect(imports.deposer(agent, { nom: 'a.zip', stream })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });
});
