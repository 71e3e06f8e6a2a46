import { AppError, type UserActor } from '@gec/core';
import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { PREMIERE_PAGE, SANS_FILTRE } from '../recherche/recherche.schema.ts';
import { createTestCourriers } from './courriers.harness.ts';
import type { DemandeCorbeille } from './courriers.schema.ts';
import { migrated } from '../../test/migrated.ts';

const clock = testClock('2026-11-21T10:00:00.000Z', 1);

/** The code of a refusal and the fields that it names. */
async function refusal(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  return [error.code, ...error.fields.map(({ field }) => field)].join(' ');
}

describeEachDatabase('letters after their registration', (open) => {
  let site: TestApp;
  let chef: UserActor;
  let boss: UserActor;
  let courriers: TestApp['container']['courriers'];
  let made: ReturnType<typeof createTestCourriers>;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    ({ courriers } = site.container);
    chef = await site.person('admin', 'ADM', 'chef');
    boss = await site.person('super_admin', 'SG', 'secretaire');
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
  });
  afterAll(() => site.close());

  /** What the register says of a number. */
  const registre = (numero: string) =>
    site.container.database.kysely
      .selectFrom('numero')
      .select(['etat', 'courrier_id', 'motif'])
      .where('numero', '=', numero)
      .executeTakeFirst();
  const found = async (words: string) => {
    const { lignes } = await site.container.recherche.list(
      boss,
      { ...SANS_FILTRE, search: words },
      PREMIERE_PAGE,
    );
    return lignes.map(({ id }) => id);
  };

  it('are found in the corbeille by words, in the order asked, and leave it as a file', async () => {
    const objets = ['Pont de Boma', 'Marché de pont', 'Congé annuel'];
    const three: { id: number; numero: string }[] = [];
    for (const [at, objet] of objets.entries()) {
      const one = await made.enregistrer(chef, { objet, numeroReference: `C/${at}` });
      clock.set(`2026-11-21T1${at}:30:00.000Z`);
      await courriers.remove(at === 1 ? chef : boss, one.id);
      three.push(one);
    }
    const [pont, marche, conge] = three.map(({ id }) => id);
    const page = { limit: 10, offset: 0 };
    const ids = async (demande: DemandeCorbeille & { limit?: number; offset?: number }, who = boss) => {
      const { courriers: found, total } = await courriers.trash(who, { ...page, ...demande });
      return [total, ...found.map(({ id }) => id)];
    };
    expect(await ids({})).toEqual([3, conge, marche, pont]);
    expect(await ids({ tri: 'supprime', ordre: 'asc', limit: 2, offset: 1 })).toEqual([3, marche, conge]);
    expect(await ids({ tri: 'numero', ordre: 'asc' })).toEqual([3, pont, marche, conge]);
    // « Personne chef » comes before « Personne secretaire ».
    expect(await ids({ tri: 'par', ordre: 'asc' })).toEqual([3, marche, conge, pont]);
    expect(await ids({ tri: 'par', ordre: 'desc' })).toEqual([3, conge, pont, marche]);
    expect(await ids({ q: 'PONT' })).toEqual([2, marche, pont]);
    expect(await ids({ q: 'pont', limit: 1, offset: 1 })).toEqual([2, pont]);
    expect(await ids({ q: 'secretaire conge c/2' })).toEqual([1, conge]);
    expect(await ids({ q: 'absent' })).toEqual([0]);
    const elsewhere = await site.person('admin', 'FIN', 'finances');
    expect(await ids({ q: 'pont' }, { ...elsewhere, permissions: new Set(['view_trash']) })).toEqual([0]);
    const all = await courriers.exporterCorbeille(boss, { q: 'pont', tri: 'numero', ordre: 'asc' }, 'csv');
    expect(all.map(({ objet, supprimePar }) => [objet, supprimePar])).toEqual([
      ['Pont de Boma', 'Personne secretaire'],
      ['Marché de pont', 'Personne chef'],
    ]);
    const { lignes } = await site.container.journal.list(boss, { action: 'export.demande' }, { size: 1 });
    expect(lignes[0]?.details).toEqual({ liste: 'corbeille', format: 'csv', nombre: 2 });
    const reader = { ...boss, permissions: new Set(['view_trash', 'read_all_mail'] as const) };
    expect(await refusal(courriers.exporterCorbeille(reader, {}, 'csv'))).toBe('FORBIDDEN');
    for (const { id } of three) await courriers.restore(boss, id);
  });

  describe('changing', () => {
    it('keeps who changed which field when, from what to what', async () => {
      const { id } = await made.enregistrer(chef, { objet: 'Avant', numeroReference: 'A/1' });
      clock.set('2026-11-22T08:00:00.000Z');
      const changed = await courriers.update(
        boss,
        id,
        { objet: 'Après', numeroReference: '', dateRedaction: '2026-11-01', secretaireGeneralCopie: false },
        1,
      );
      expect(changed.sort()).toEqual([
        'date_redaction',
        'numero_reference',
        'objet',
        'secretaire_general_copie',
      ]);
      const history = await courriers.history(chef, id);
      expect(history.map(({ champ, ancienne, nouvelle }) => [champ, ancienne, nouvelle]).sort()).toEqual([
        ['date_redaction', null, '2026-11-01'],
        ['numero_reference', 'A/1', null],
        ['objet', 'Avant', 'Après'],
        ['secretaire_general_copie', 'oui', 'non'],
      ]);
      for (const one of history) {
        expect(one).toMatchObject({ utilisateurId: boss.userId, utilisateurNom: 'Personne secretaire' });
        expect(one.date.startsWith('2026-11-22T08:00')).toBe(true);
      }
      expect(await courriers.get(chef, id)).toMatchObject({
        objet: 'Après',
        numeroReference: null,
        dateRedaction: '2026-11-01',
        secretaireGeneralCopie: false,
        version: 2,
      });
      expect(await found('après')).toContain(id);
      expect(await found('avant')).not.toContain(id);
      const kept = await site.container.database.kysely
        .selectFrom('courrier_modification')
        .selectAll()
        .where('courrier_id', '=', id)
        .execute();
      expect(JSON.stringify(kept)).not.toMatch(/Avant|Après|A\/1/);
    });

    it('notes nothing when nothing changes', async () => {
      const { id } = await made.enregistrer(chef, { objet: 'Pareil' });
      expect(await courriers.update(chef, id, { objet: ' Pareil ' }, 1)).toEqual([]);
      expect(await courriers.history(chef, id)).toEqual([]);
      expect((await courriers.get(chef, id)).version).toBe(1);
    });

    it('refuses a change on a version that is no longer the last, and loses nothing', async () => {
      const { id } = await made.enregistrer(chef);
      await courriers.update(chef, id, { objet: 'Le premier' }, 1);
      expect(await refusal(courriers.update(boss, id, { objet: 'Le second' }, 1))).toBe('VERSION_CONFLICT');
      expect(await refusal(courriers.changeStatut(boss, id, 'TRAITE', 1))).toBe('VERSION_CONFLICT');
      expect((await courriers.get(chef, id)).objet).toBe('Le premier');
    });

    it('lets one of several win that change the same version at once', async () => {
      const { id } = await made.enregistrer(chef);
      const results = await Promise.allSettled(
        Array.from({ length: 6 }, (_, i) => courriers.update(chef, id, { objet: `Essai ${i}` }, 1)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await courriers.history(chef, id)).toHaveLength(1);
      expect((await courriers.get(chef, id)).version).toBe(2);
    });

    it('holds to the rules of entry', async () => {
      const arrivee = await made.enregistrer(chef);
      const depart = await made.enregistrer(chef, { typeCourrier: 'SORTANT' });
      const on = (id: number, patch: Parameters<typeof courriers.update>[2]) =>
        refusal(courriers.update(chef, id, patch, 1));
      expect(await on(arrivee.id, { objet: '' })).toBe('INVALID objet');
      expect(await on(arrivee.id, { correspondant: ' ' })).toBe('INVALID correspondant');
      expect(await on(arrivee.id, { secretaireGeneralCopie: null })).toBe('INVALID secretaireGeneralCopie');
      expect(await on(arrivee.id, { dateRedaction: '31/12/2026' })).toBe('INVALID dateRedaction');
      expect(await on(depart.id, { dateRedaction: '' })).toBe('INVALID dateRedaction');
      expect(await on(depart.id, { typeCourrierSortantId: null })).toBe('INVALID typeCourrierSortantId');
      expect(await on(depart.id, { typeCourrierSortantId: 777 })).toBe('INVALID typeCourrierSortantId');
    });

    it('learns the new correspondant', async () => {
      const { id } = await made.enregistrer(chef, { correspondant: 'Ancien nom' });
      await courriers.update(chef, id, { correspondant: 'Coopérative Zibatu' }, 1);
      const offered = await site.container.correspondants.suggest(chef, 'zibatu');
      expect(offered.map(({ nom }) => nom)).toEqual(['Coopérative Zibatu']);
    });

    it('gives another statut, and only a known one', async () => {
      const { id } = await made.enregistrer(chef);
      await courriers.changeStatut(chef, id, 'TRAITE', 1);
      expect(await courriers.get(chef, id)).toMatchObject({ statut: 'TRAITE', version: 2 });
      expect((await courriers.get(chef, id)).dateModificationStatut).not.toBeNull();
      expect((await courriers.history(chef, id))[0]).toMatchObject({
        champ: 'statut',
        ancienne: 'RECU',
        nouvelle: 'TRAITE',
      });
      expect(await refusal(courriers.changeStatut(chef, id, 'PERDU', 2))).toBe('INVALID statut');
      await courriers.changeStatut(chef, id, 'TRAITE', 2);
      expect((await courriers.get(chef, id)).version).toBe(2);
    });

    it('takes further scans', async () => {
      const { id } = await made.enregistrer(chef);
      await courriers.addPieces(chef, id, [await made.scanRecu(chef), await made.scanRecu(chef)], 1);
      expect(await courriers.get(chef, id)).toMatchObject({ nombrePieces: 3, version: 2 });
      const kept = await site.container.pieces.ofCourrier(id);
      expect(kept.map(({ rang }) => rang)).toEqual([1, 2, 3]);
      expect(await refusal(courriers.addPieces(chef, id, [], 2))).toBe('INVALID pieces');
      const many = await Promise.all(Array.from({ length: 18 }, () => made.scanRecu(chef)));
      expect(await refusal(courriers.addPieces(chef, id, many, 2))).toBe('INVALID pieces');
    });
  });

  describe('deleting', () => {
    it('goes to the corbeille with its number, and comes back as it was', async () => {
      const { id, numero } = await made.enregistrer(chef, { objet: 'Kimbilio' });
      await courriers.remove(chef, id);
      expect(await courriers.get(chef, id)).toMatchObject({ isDeleted: true, numero });
      expect(await registre(numero)).toMatchObject({ etat: 'ATTRIBUE', courrier_id: id });
      expect(await found('kimbilio')).toEqual([]);
      const trash = await courriers.trash(chef, { limit: 100, offset: 0 });
      expect(trash.courriers.map((one) => one.id)).toContain(id);
      expect(trash.total).toBe(trash.courriers.length);
      // What lies there is not changed.
      expect(await refusal(courriers.update(chef, id, { objet: 'x' }, 2))).toBe('FORBIDDEN');
      expect(await refusal(courriers.remove(chef, id))).toBe('DEJA_SUPPRIME');

      await courriers.restore(chef, id);
      expect(await courriers.get(chef, id)).toMatchObject({ isDeleted: false, deletedAt: null, numero });
      expect(await found('kimbilio')).toEqual([id]);
      expect(await refusal(courriers.restore(chef, id))).toBe('FORBIDDEN');
    });

    it('cancels a registration: the number stays in the register with its reason, and no other letter gets it', async () => {
      const { id, numero } = await made.enregistrer(chef);
      expect(await refusal(courriers.cancelRegistration(chef, id, '  '))).toBe('INVALID motif');
      expect(await refusal(courriers.cancelRegistration(chef, id, 'x'.repeat(501)))).toBe('INVALID motif');
      await courriers.cancelRegistration(chef, id, 'Lettre enregistrée deux fois');
      expect(await registre(numero)).toMatchObject({ etat: 'ANNULE', courrier_id: id });
      expect((await registre(numero))?.motif).not.toContain('deux fois');
      expect((await made.enregistrer(chef)).numero).not.toBe(numero);
      await courriers.restore(chef, id);
      expect(await registre(numero)).toMatchObject({ etat: 'ATTRIBUE', courrier_id: id });
    });

    it('destroys for good, files and words, and leaves the number and the journal', async () => {
      const { id, numero } = await made.enregistrer(chef, { objet: 'À détruire', numeroReference: 'D/1' });
      await courriers.update(chef, id, { objet: 'À détruire bientôt' }, 1);
      const [file] = await site.container.pieces.ofCourrier(id);
      expect(await refusal(courriers.destroy(boss, id, 'Sans objet'))).toBe('FORBIDDEN');
      const agent = await site.person('user', 'FIN', 'etranger');
      const opens = async (who: UserActor) => (await courriers.ouvrables(who, [id, id + 1_000])).has(id);
      expect([await opens(boss), await opens(chef), await opens(agent)]).toEqual([true, true, false]);
      await courriers.remove(chef, id);
      expect([await opens(boss), await opens(chef), await opens(agent)]).toEqual([true, true, false]);
      expect(await refusal(courriers.destroy(chef, id, 'Sans objet'))).toBe('FORBIDDEN');
      expect(await refusal(courriers.destroy(boss, id, ''))).toBe('INVALID motif');
      await courriers.destroy(boss, id, 'Délai de conservation écoulé');
      expect(await refusal(courriers.get(boss, id))).toBe('NOT_FOUND');
      expect(await opens(boss)).toBe(false);
      expect(await registre(numero)).toMatchObject({ etat: 'DETRUIT' });
      const { kysely } = site.container.database;
      for (const table of ['piece', 'courrier_acces', 'courrier_modification'] as const) {
        const left = await kysely.selectFrom(table).selectAll().where('courrier_id', '=', id).execute();
        expect(left, table).toEqual([]);
      }
      await site.container.outbox.drain();
      expect(await site.container.store.exists(file!.chemin)).toBe(false);
      const said = await kysely
        .selectFrom('log_activite')
        .select('action')
        .where('numero', '=', numero)
        .orderBy('id')
        .execute();
      expect(said.map(({ action }) => action)).toEqual([
        'courrier.enregistrement',
        'courrier.modification',
        'courrier.suppression',
        'courrier.destruction',
      ]);
    });

    it('lets one of several win that delete, restore or destroy at once', async () => {
      const { id } = await made.enregistrer(chef);
      const once = async (runs: Promise<unknown>[]) =>
        (await Promise.allSettled(runs)).filter(({ status }) => status === 'fulfilled').length;
      expect(await once([1, 2, 3, 4].map(() => courriers.remove(chef, id)))).toBe(1);
      expect(await once([1, 2, 3, 4].map(() => courriers.restore(chef, id)))).toBe(1);
      await courriers.remove(chef, id);
      expect(await once([1, 2, 3].map(() => courriers.destroy(boss, id, 'Fin')))).toBe(1);
    });
  });
});
