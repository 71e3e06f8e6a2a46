import { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { pdfFile } from '../../workers/test-files.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { LettreImportee, PieceImportee } from './imports.schema.ts';

describeEachDatabase('taking letters over', (open) => {
  let app: TestApp;
  let drop: () => Promise<void>;
  let chef: Personne;
  let clerc: Personne;
  let pdf: Buffer;

  beforeAll(async () => {
    const database = await open(migrated);
    drop = () => database.drop();
    app = await createTestApp(database.url);
    chef = await app.person('super_admin');
    clerc = await app.person('user', 'TECH');
    pdf = await pdfFile();
  });
  afterAll(async () => {
    await app.close();
    await drop();
  });

  const piece = (bytes: Buffer, nom = 'lettre.pdf', sha256?: string): PieceImportee => ({
    nom,
    sha256: sha256 ?? createHash('sha256').update(bytes).digest('hex'),
    ouvrir: () => Promise.resolve(Readable.from([bytes])),
  });

  function lettre(over: Partial<LettreImportee>): LettreImportee {
    return {
      source: 'test',
      cle: over.numero ?? '1',
      numero: '008951-25',
      flux: 'ENTRANT',
      objet: 'Demande de permis de recherches',
      correspondant: 'Société minière de Kolwezi',
      numeroReference: 'SMK/12/2025',
      autresInformations: null,
      dateRedaction: '2025-03-01',
      dateEnregistrement: '2025-03-04T09:30:00.000Z',
      statut: 'TRAITE',
      dateModificationStatut: '2025-03-09T10:00:00.000Z',
      secretaireGeneralCopie: true,
      typeCourrierSortantId: null,
      utilisateurId: clerc.userId,
      departementId: clerc.departementId,
      supprime: null,
      pieces: [piece(pdf)],
      modifications: [],
      commentaires: [],
      transmissions: [],
      siPris: 'conflit',
      sansScan: 'conflit',
      ...over,
    };
  }

  it('keeps number, dates, people, history and files', async () => {
    const { importEngine, courriers, pieces, transmissions, commentaires } = app.container;
    const made = await importEngine.importer(
      chef,
      lettre({
        modifications: [
          {
            champ: 'statut',
            ancienne: 'RECU',
            nouvelle: 'TRAITE',
            date: '2025-03-09T10:00:00.000Z',
            utilisateurId: clerc.userId,
            ip: '10.0.0.1',
          },
        ],
        commentaires: [
          { type: 'annotation', texte: 'Vu', date: '2025-03-05T08:00:00.000Z', utilisateurId: clerc.userId },
        ],
        transmissions: [
          {
            deId: clerc.userId,
            aId: chef.userId,
            instruction: null,
            message: 'Pour avis',
            echeance: '2025-03-20',
            date: '2025-03-06T08:00:00.000Z',
            dateLecture: '2025-03-06T09:00:00.000Z',
            dateTraitement: '2025-03-07T09:00:00.000Z',
          },
        ],
      }),
    );
    if (made.etat !== 'cree') throw new Error(JSON.stringify(made));
    const read = await courriers.get(clerc, made.id);
    expect(read).toMatchObject({
      numero: '008951-25',
      statut: 'TRAITE',
      dateEnregistrement: '2025-03-04T09:30:00.000Z',
      dateModificationStatut: '2025-03-09T10:00:00.000Z',
      correspondant: 'Société minière de Kolwezi',
      dateRedaction: '2025-03-01',
      nombrePieces: 1,
    });
    expect((await pieces.ofCourrier(made.id))[0]).toMatchObject({
      nom: 'lettre.pdf',
      dateAjout: '2025-03-04T09:30:00.000Z',
    });
    expect((await courriers.history(clerc, made.id))[0]).toMatchObject({ champ: 'statut' });
    expect((await commentaires.ofCourrier(clerc, made.id))[0]).toMatchObject({ texte: 'Vu' });
    expect((await transmissions.ofCourrier(clerc, made.id))[0]).toMatchObject({ message: 'Pour avis' });
    expect((await app.container.recherche.list(clerc, { ...SANS_FILTRE, search: 'Kolwezi' })).total).toBe(1);
  });

  it('does nothing the second time, nor when the same letter comes from elsewhere', async () => {
    const { importEngine } = app.container;
    expect(await importEngine.importer(chef, lettre({}))).toMatchObject({ etat: 'deja' });
    const other = lettre({ source: 'ailleurs', cle: '77' });
    expect(await importEngine.importer(chef, other)).toMatchObject({ etat: 'deja' });
  });

  it('refuses a number that another letter has, or gives it a suffix', async () => {
    const { importEngine } = app.container;
    const autre = lettre({ cle: 'double', pieces: [], sansScan: 'notice' });
    expect(await importEngine.importer(chef, autre)).toEqual({
      etat: 'conflit',
      motif: 'NUMERO_PRIS',
      detail: '008951-25',
    });
    expect(await importEngine.importer(chef, { ...autre, siPris: 'suffixe' })).toMatchObject({
      etat: 'cree',
      numero: '008951-25 (2)',
      notice: true,
    });
  });

  it('goes on behind the highest number of the format', async () => {
    const { importEngine, registres } = app.container;
    const annee = new Date().getUTCFullYear();
    const at = new Date().toISOString();
    const numero = `GEC-${annee}-00042`;
    await importEngine.importer(chef, lettre({ numero, dateEnregistrement: at }));
    expect((await registres.proposed('ENTRANT')).numero).toBe(`GEC-${annee}-00043`);
  });

  it('refuses a file that is not what it should be, and keeps nothing of it', async () => {
    const { importEngine, database: db } = app.container;
    const waiting = async () => (await db.kysely.selectFrom('televersement').select('id').execute()).length;
    const altered = lettre({ numero: 'A 1', pieces: [piece(pdf, 'a.pdf', '0'.repeat(64))] });
    expect(await importEngine.importer(chef, altered)).toMatchObject({ motif: 'PIECE_ALTEREE' });
    const broken = lettre({ numero: 'A 2', pieces: [piece(pdf), piece(Buffer.from('MZ'), 'b.pdf')] });
    expect(await importEngine.importer(chef, broken)).toMatchObject({ motif: 'PIECE_REFUSEE' });
    const missing = lettre({ numero: 'A 3', pieces: [{ nom: 'c.pdf', sha256: null, ouvrir: null }] });
    expect(await importEngine.importer(chef, missing)).toMatchObject({ motif: 'PIECE_ABSENTE' });
    expect(await waiting()).toBe(0);
  });

  it('takes a letter over once when two do it at the same moment', async () => {
    const { importEngine } = app.container;
    const one = lettre({ numero: '12 / 25' });
    const both = await Promise.all([importEngine.importer(chef, one), importEngine.importer(chef, one)]);
    expect(both.map(({ etat }) => etat).sort()).toEqual(['cree', 'deja']);
  });
});
