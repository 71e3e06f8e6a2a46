import type { UserActor } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { principalsOf } from '../courriers/courriers.policy.ts';
import { createCorrespondantsService, type CorrespondantsService } from './correspondants.service.ts';

describeEachDatabase('correspondants', (open) => {
  let base: TestBase;
  let service: CorrespondantsService;
  let clerk: UserActor;
  let colleague: UserActor;
  let chief: UserActor;

  async function learn(actor: UserActor, ...noms: string[]): Promise<number[]> {
    return base.database.transaction(async (trx) => {
      const ids: number[] = [];
      for (const nom of noms) {
        const id = await service.learn(trx, actor, nom);
        await service.grant(
          trx,
          principalsOf({ utilisateurId: actor.userId, departementId: actor.departementId }),
          id,
        );
        ids.push(id);
      }
      return ids;
    });
  }
  const names = async (actor: UserActor, q: string, limit?: number): Promise<string[]> =>
    (await service.suggest(actor, q, limit)).map(({ nom }) => nom);

  beforeAll(async () => {
    base = await createTestBase((await open(migrated)).url);
    service = createCorrespondantsService(base);
    clerk = await base.person('user', 'TECH');
    colleague = await base.person('user', 'FIN');
    chief = await base.person('admin', 'TECH');
    await learn(
      clerk,
      'Ministère de l’Économie nationale',
      'Division provinciale des Mines du Haut-Katanga',
      'Division provinciale des Mines du Lualaba',
      'Division provinciale des Mines du Lualaba',
      'Coopérative minière Œuvre du Kasaï',
    );
    await learn(colleague, 'Ambassade de Belgique', 'Cadastre minier');
  });
  afterAll(() => base.close());

  it('finds names by the beginnings of their words, whatever accents, case and order', async () => {
    expect(await names(clerk, 'economie')).toEqual(['Ministère de l’Économie nationale']);
    expect(await names(clerk, 'LUAL prov')).toEqual(['Division provinciale des Mines du Lualaba']);
    expect(await names(clerk, 'oeuvre kas')).toEqual(['Coopérative minière Œuvre du Kasaï']);
    expect(await names(clerk, 'katanga')).toEqual(['Division provinciale des Mines du Haut-Katanga']);
    expect(await names(clerk, 'provincialement')).toEqual([]);
    expect(await names(clerk, 'provincialé')).toHaveLength(2);
    expect(await names(clerk, 'alaba')).toEqual([]);
    expect(await names(clerk, '%')).toEqual([]);
  });

  it('puts the most used first, then goes by name', async () => {
    expect(await names(clerk, 'm')).toEqual([
      'Division provinciale des Mines du Lualaba',
      'Coopérative minière Œuvre du Kasaï',
      'Division provinciale des Mines du Haut-Katanga',
      'Ministère de l’Économie nationale',
    ]);
    expect(await names(clerk, '', 1)).toEqual(['Division provinciale des Mines du Lualaba']);
  });

  it('knows a name again however it is spelt', async () => {
    const [first, second, other] = await learn(
      clerk,
      'Société Générale',
      '  SOCIETE   generale ',
      'Société Générales',
    );
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    expect(await names(clerk, 'societe generale')).toEqual(['Société Générale', 'Société Générales']);
  });

  it('offers only the correspondants of letters that one may read', async () => {
    expect(await names(colleague, 'm')).toEqual(['Cadastre minier']);
    expect(await names(clerk, 'ambassade')).toEqual([]);
    expect(await names(chief, 'division lualaba')).toHaveLength(1);
    expect(await names(chief, 'ambassade')).toEqual([]);
    expect(await names(await base.person('super_admin', null), 'ambassade')).toHaveLength(1);
    const nobody: UserActor = { ...clerk, permissions: new Set() };
    await expect(service.suggest(nobody, 'm')).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('learns a new name once when several letters bring it at the same time', async () => {
    const ids = await Promise.all(
      Array.from({ length: 8 }, async () => (await learn(clerk, 'Gécamines, siège de Lubumbashi'))[0]),
    );
    expect(new Set(ids).size).toBe(1);
    const row = await base.database.kysely
      .selectFrom('correspondant')
      .selectAll()
      .where('id', '=', ids[0]!)
      .executeTakeFirstOrThrow();
    expect(row.usages).toBe(8);
    expect(row.nom).not.toContain('camines');
  });
});
