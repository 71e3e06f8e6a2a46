import { AppError, type UserActor } from '@gec/core';
import { describeEachDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from './courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';

/** What came of a use case: done, or the kind of refusal. */
async function outcome(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return 'ok';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.kind;
  }
}

/** Who asks, about a letter of `auteur`, a `user` of ADM, that was transmitted to `destinataire`, a `user` of FIN. */
const QUI = ['super_admin', 'admin', 'auteur', 'destinataire', 'collegue', 'adminAilleurs'] as const;
type Qui = (typeof QUI)[number];

const ok = 'ok';
const no = 'forbidden'; // seen, but not allowed
const nil = 'not-found'; // does not exist for them

describeEachDatabase('who may do what with a letter', (open) => {
  let site: TestApp;
  let courriers: TestApp['container']['courriers'];
  let made: ReturnType<typeof createTestCourriers>;
  const people = {} as Record<Qui, UserActor>;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url);
    ({ courriers } = site.container);
    people.super_admin = await site.person('super_admin', 'SG', 'droits.sg');
    people.admin = await site.person('admin', 'ADM', 'droits.admin');
    people.auteur = await site.person('user', 'ADM', 'droits.auteur');
    people.destinataire = await site.person('user', 'FIN', 'droits.destinataire');
    people.collegue = await site.person('user', 'ADM', 'droits.collegue');
    people.adminAilleurs = await site.person('admin', 'JUR', 'droits.ailleurs');
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
  });
  afterAll(() => site.close());

  /** A fresh letter, so that no case depends on another. */
  async function lettre(deleted: boolean): Promise<number> {
    const { id } = await made.enregistrer(people.auteur);
    await site.container.transmissions.transmit(people.auteur, id, {
      destinataires: [people.destinataire.userId],
    });
    if (deleted) await courriers.remove(people.super_admin, id);
    return id;
  }
  const version = async (id: number) => (await courriers.get(people.super_admin, id)).version;

  const CAS: Record<
    string,
    { deleted?: true; run: (who: UserActor, id: number) => Promise<unknown>; attendu: readonly string[] }
  > = {
    //                                                        super_admin admin auteur destinataire collègue ailleurs
    lire: { run: (who, id) => courriers.get(who, id), attendu: [ok, ok, ok, ok, nil, nil] },
    consulter: { run: (who, id) => courriers.consult(who, id), attendu: [ok, ok, ok, ok, nil, nil] },
    historique: { run: (who, id) => courriers.history(who, id), attendu: [ok, ok, ok, ok, nil, nil] },
    modifier: {
      run: async (who, id) => courriers.update(who, id, { objet: 'Changé' }, await version(id)),
      attendu: [ok, ok, ok, no, nil, nil],
    },
    statut: {
      run: async (who, id) => courriers.changeStatut(who, id, 'TRAITE', await version(id)),
      attendu: [ok, ok, ok, no, nil, nil],
    },
    joindre: {
      run: async (who, id) => courriers.addPieces(who, id, [await made.scanRecu(who)], await version(id)),
      attendu: [ok, ok, ok, no, nil, nil],
    },
    supprimer: { run: (who, id) => courriers.remove(who, id), attendu: [ok, ok, no, no, nil, nil] },
    annuler: {
      run: (who, id) => courriers.cancelRegistration(who, id, 'Erreur'),
      attendu: [ok, ok, no, no, nil, nil],
    },
    'restaurer ce qui n’est pas supprimé': {
      run: (who, id) => courriers.restore(who, id),
      attendu: [no, no, no, no, nil, nil],
    },
    'détruire ce qui n’est pas supprimé': {
      run: (who, id) => courriers.destroy(who, id, 'Fin'),
      attendu: [no, no, no, no, nil, nil],
    },
    'lire dans la corbeille': {
      deleted: true,
      run: (who, id) => courriers.get(who, id),
      attendu: [ok, ok, nil, nil, nil, nil],
    },
    'modifier dans la corbeille': {
      deleted: true,
      run: async (who, id) => courriers.update(who, id, { objet: 'Changé' }, await version(id)),
      attendu: [no, no, nil, nil, nil, nil],
    },
    restaurer: {
      deleted: true,
      run: (who, id) => courriers.restore(who, id),
      attendu: [ok, ok, nil, nil, nil, nil],
    },
    détruire: {
      deleted: true,
      run: (who, id) => courriers.destroy(who, id, 'Fin'),
      attendu: [ok, no, nil, nil, nil, nil],
    },
  };

  it.each(Object.keys(CAS))('%s', async (name) => {
    const { deleted = false, run, attendu } = CAS[name]!;
    const came: string[] = [];
    for (const qui of QUI) {
      const id = await lettre(deleted);
      came.push(`${qui}: ${await outcome(() => run(people[qui], id))}`);
    }
    expect(came).toEqual(QUI.map((qui, i) => `${qui}: ${attendu[i]}`));
  });

  it('says with the letter what one may do, as the use cases do', async () => {
    const id = await lettre(false);
    const droits = async (qui: Qui) => (await courriers.get(people[qui], id)).droits;
    expect(await droits('auteur')).toEqual({
      modifier: true,
      transmettre: true,
      supprimer: false,
      restaurer: false,
      detruire: false,
    });
    expect(await droits('destinataire')).toMatchObject({ modifier: false, transmettre: true });
    expect(await droits('admin')).toMatchObject({ modifier: true, supprimer: true, detruire: false });
    await courriers.remove(people.admin, id);
    expect(await droits('super_admin')).toEqual({
      modifier: false,
      transmettre: false,
      supprimer: false,
      restaurer: true,
      detruire: true,
    });
  });

  it('shows in the corbeille only what one could see before', async () => {
    const id = await lettre(true);
    const inTrash = async (qui: Qui) =>
      (await courriers.trash(people[qui], { limit: 100, offset: 0 })).courriers.some((one) => one.id === id);
    expect(await inTrash('super_admin')).toBe(true);
    expect(await inTrash('admin')).toBe(true);
    expect(await inTrash('adminAilleurs')).toBe(false);
    expect(await outcome(() => inTrash('auteur'))).toBe('forbidden');
  });

  it.each([0, -1, 1.5, NaN, Number.MAX_SAFE_INTEGER])('knows no letter %s', async (id) => {
    expect(await outcome(() => courriers.get(people.super_admin, id))).toBe('not-found');
  });

  it('gives no letter to whom no role gives anything', async () => {
    const id = await lettre(false);
    const nobody: UserActor = { ...people.auteur, permissions: new Set() };
    expect(await outcome(() => courriers.get(nobody, id))).toBe('not-found');
    expect(await courriers.duplicates(nobody, { objet: 'Objet' })).toEqual([]);
  });
});
