import { readFileSync } from 'node:fs';
import type { UserActor } from '@gec/core';
import { openDatabase } from '@gec/db';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GecTables } from '../../db/schema.ts';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { ENTREE_VIERGE, saisieDe } from './referentiels.forms.ts';
import { echeanceDe, statutsSuivants } from './referentiels.policy.ts';
import { PALETTE, type Liste, type SaisieEntree } from './referentiels.schema.ts';
import { createReferentielsService, type ReferentielsService } from './referentiels.service.ts';
import { codeDe } from './referentiels.validation.ts';

const saisie = (change: Partial<SaisieEntree>): SaisieEntree => ({ ...ENTREE_VIERGE, ...change });

describeEachDatabase('the lists that an office changes', (open) => {
  let base: TestBase;
  let service: ReferentielsService;
  /** Another process on the same database. */
  let other: ReferentielsService;
  let otherDatabase: ReturnType<typeof openDatabase<GecTables>>;
  let boss: UserActor;

  beforeAll(async () => {
    const { url } = await open(migrated);
    base = await createTestBase(url);
    const journal = createJournalService(base);
    service = createReferentielsService({ ...base, journal });
    await base.database.transaction((trx) => service.seed(trx));
    otherDatabase = openDatabase<GecTables>(url);
    other = createReferentielsService({ database: otherDatabase, journal });
    boss = await base.person('super_admin', null);
  });
  afterAll(async () => {
    await otherDatabase.close();
    await base.close();
  });

  const named = async (liste: Liste, libelle: string) => {
    const found = (await service.entrees(boss, liste)).find((entree) => entree.libelle === libelle);
    if (!found) throw new Error(`${libelle} is missing`);
    return found;
  };

  it('adds an entry to each list, with a code made from its label', async () => {
    await service.ajouter(boss, 'statuts', saisie({ libelle: ' En  attente d’avis ', couleur: '#a855f7' }));
    expect(await named('statuts', 'En attente d’avis')).toMatchObject({
      code: 'EN_ATTENTE_D_AVIS',
      couleur: '#A855F7',
      suivants: [],
      utilise: false,
      version: 1,
    });
    await service.ajouter(boss, 'types', saisie({ libelle: 'Décision' }));
    await service.ajouter(boss, 'urgences', saisie({ libelle: 'Signalé', delai: '12', unite: 'heures' }));
    await service.ajouter(boss, 'instructions', saisie({ libelle: 'Pour signature' }));
    expect((await service.urgences()).at(-1)).toMatchObject({ nom: 'Signalé', delai: 12, unite: 'heures' });
    expect((await service.instructions()).at(-1)).toMatchObject({ code: 'pour_signature', libelleEn: null });
    expect((await service.typesSortants()).at(-1)?.nom).toBe('Décision');
  });

  it('says beside each field what is wrong', async () => {
    const refused = async (liste: Liste, change: Partial<SaisieEntree>, ...fields: string[]) => {
      await expect(service.ajouter(boss, liste, saisie(change))).rejects.toMatchObject({
        kind: 'invalid',
        fields: fields.map((field) => expect.objectContaining({ field })),
      });
    };
    await refused(
      'statuts',
      { libelle: '', couleur: '#123456', suivants: ['99999'] },
      'libelle',
      'couleur',
      'suivants',
    );
    await refused('statuts', { libelle: 'Arrivé', code: 'recu' }, 'code');
    await refused('statuts', { libelle: 'Reçu', code: '1 a' }, 'libelle', 'code');
    await refused('types', { libelle: 'note CIRCULAIRE' }, 'libelle');
    await refused('urgences', { libelle: 'Demain', delai: '366', unite: 'jours' }, 'delai');
    await refused('urgences', { libelle: 'Demain', delai: '1,5', unite: 'ans' }, 'unite', 'delai');
    await refused('instructions', { libelle: 'x'.repeat(81) }, 'libelle');
  });

  it('tells another process of a change', async () => {
    expect((await other.typesSortants()).some(({ nom }) => nom === 'Arrêté')).toBe(false);
    await service.ajouter(boss, 'types', saisie({ libelle: 'Arrêté' }));
    await expect
      .poll(async () => (await other.typesSortants()).some(({ nom }) => nom === 'Arrêté'), { timeout: 4_000 })
      .toBe(true);
  });

  it('refuses a change made over a newer one', async () => {
    const before = await named('types', 'Rapport');
    await service.modifier(boss, 'types', before.id, saisie({ libelle: 'Rapport annuel' }), before.version);
    await expect(
      other.modifier(boss, 'types', before.id, saisie({ libelle: 'Compte rendu' }), before.version),
    ).rejects.toMatchObject({ kind: 'conflict', code: 'VERSION_CONFLICT' });
    await expect(service.activer(boss, 'types', before.id, false, before.version)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect(await named('types', 'Rapport annuel')).toMatchObject({ version: before.version + 1 });
  });

  it('lets one of several changes of the same version through', async () => {
    const { id, version } = await named('types', 'Convocation');
    // Two connections to one SQLite file wait for each other by stopping the process that both are in.
    const rivals = base.database.engine === 'sqlite' ? [service, service] : [service, other, service, other];
    const results = await Promise.allSettled(
      rivals.map((one, n) =>
        one.modifier(boss, 'types', id, saisie({ libelle: `Convocation ${n}` }), version),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('keeps which statuts may follow, and never opens a statut to all by deleting the only one', async () => {
    const recu = await named('statuts', 'Reçu');
    await service.ajouter(boss, 'statuts', saisie({ libelle: 'À signer' }));
    const aSigner = await named('statuts', 'À signer');
    await service.modifier(
      boss,
      'statuts',
      recu.id,
      { ...saisieDe(recu), suivants: [String(aSigner.id)] },
      recu.version,
    );
    const statuts = await service.statuts();
    expect(statutsSuivants(statuts, 'RECU').map(({ nom }) => nom)).toEqual(['A_SIGNER']);
    expect(statutsSuivants(statuts, 'TRAITE').map(({ nom }) => nom)).not.toContain('TRAITE');
    await expect(service.supprimer(boss, 'statuts', aSigner.id, aSigner.version)).rejects.toMatchObject({
      code: 'SEUL_SUIVANT',
    });
    const now = await named('statuts', 'Reçu');
    await service.modifier(boss, 'statuts', now.id, { ...saisieDe(now), suivants: [] }, now.version);
    await service.supprimer(boss, 'statuts', aSigner.id, aSigner.version);
    expect((await service.statuts()).some(({ nom }) => nom === 'A_SIGNER')).toBe(false);
  });

  it('neither deletes nor puts out of use what the program gives by itself', async () => {
    const { id, version } = await named('statuts', 'Reçu');
    await expect(service.supprimer(boss, 'statuts', id, version)).rejects.toMatchObject({ code: 'PROTEGE' });
    await expect(service.activer(boss, 'statuts', id, false, version)).rejects.toMatchObject({
      code: 'PROTEGE',
    });
  });

  it('puts a list into order, unless it is another one by now', async () => {
    const before = (await service.entrees(boss, 'urgences')).map(({ id }) => id);
    const turned = [...before].reverse();
    await service.ordonner(boss, 'urgences', before, turned);
    expect((await service.urgences()).map(({ id }) => id)).toEqual(turned);
    await expect(service.ordonner(boss, 'urgences', before, before)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    await expect(service.ordonner(boss, 'urgences', turned, turned.slice(1))).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
  });

  it('lets nobody in without the permission, and has every change in the journal', async () => {
    const admin = await base.person('admin', 'TECH');
    await expect(service.entrees(admin, 'types')).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(service.ajouter(admin, 'types', saisie({ libelle: 'x' }))).rejects.toMatchObject({
      kind: 'forbidden',
    });
    const actions = await base.database.kysely
      .selectFrom('log_activite')
      .select('action')
      .where('action', 'like', 'referentiel.%')
      .execute();
    expect(new Set(actions.map(({ action }) => action))).toEqual(
      new Set([
        'referentiel.ajout',
        'referentiel.modification',
        'referentiel.suppression',
        'referentiel.ordre',
      ]),
    );
  });
});

describe('the rules of the lists', () => {
  it('computes a deadline from hours or days', () => {
    const debut = '2026-11-21T22:30:00.000Z'; // 23 h 30 in Kinshasa
    expect(echeanceDe({ delai: 4, unite: 'heures' }, debut, 'Africa/Kinshasa')).toBe(
      '2026-11-22T02:30:00.000Z',
    );
    expect(echeanceDe({ delai: 1, unite: 'jours' }, debut, 'Africa/Kinshasa')).toBe(
      '2026-11-22T22:59:00.000Z',
    );
  });

  it('makes codes of labels', () => {
    expect(codeDe('3e envoi : œuvre à l’étude !')).toBe('E_ENVOI_OEUVRE_A_L_ETUDE');
    expect(codeDe('¿?')).toBe('');
  });

  it('offers colours with a contrast of 3 on the surfaces of both themes', () => {
    const css = readFileSync(
      new URL('../../../../../packages/ui/src/styles/tokens.css', import.meta.url),
      'utf8',
    );
    const luminance = (hex: string): number => {
      const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
        const c = parseInt(full.slice(at, at + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const surfaces = [...css.matchAll(/--(?:surface|hover|bg): (#[0-9a-f]{3,6});/gi)].map(
      ([, hex = '']) => hex,
    );
    expect(surfaces.length).toBeGreaterThanOrEqual(6);
    for (const { nom, couleur } of PALETTE) {
      for (const surface of surfaces) {
        const [dark = 0, light = 0] = [luminance(couleur), luminance(surface)].sort((a, b) => a - b);
        const contrast = (light + 0.05) / (dark + 0.05);
        // The background behind the sheets is not a place where marks stand, but close to one.
        expect(contrast, `${nom} on ${surface}`).toBeGreaterThan(
          surface === '#f3f5f8' || surface === '#f1f5fb' ? 2.9 : 3,
        );
      }
    }
  });
});
