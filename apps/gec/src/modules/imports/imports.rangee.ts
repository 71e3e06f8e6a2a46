import type { Actor } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { ImportTable } from '../../db/schema.ts';
import type { SuiviImport } from './imports.suivi.schema.ts';

type Fields = Keyring['fields'];

/** Place of a sealed value of an import of any kind. */
export const place = (column: 'nom' | 'parametres' | 'plan', id: string) => ({ table: 'import', column, id });

/** Place of what is sealed beside a line of its report. */
export const lignePlace = (id: string, rang: number) => ({
  table: 'import_ligne',
  column: 'detail',
  id: `${id}:${rang}`,
});

/** Who asks for an import, as it is kept. */
export const auteurDe = (actor: Actor): Pick<SuiviImport, 'userId' | 'acteur' | 'ip'> => ({
  userId: actor.kind === 'user' ? actor.userId : null,
  acteur: actor.kind === 'user' ? actor.username : `system:${actor.reason}`,
  ip: actor.ip,
});

/** What is opened alike of an import of any kind. */
export function ouvrirSuivi(fields: Fields, row: Selectable<ImportTable>): SuiviImport {
  return {
    id: row.id,
    etat: row.etat,
    userId: row.user_id,
    acteur: row.acteur,
    ip: row.ip_address,
    nom: fields.open(place('nom', row.id), row.nom),
    taille: row.taille,
    fait: row.fait,
    total: row.total,
    crees: row.crees,
    deja: row.deja,
    conflits: row.conflits,
    erreur: row.erreur,
    dateCreation: row.date_creation,
    dateFin: row.date_fin,
  };
}

/** An import of any kind that begins: nothing of it is done. */
export interface NouvelImport extends Pick<
  SuiviImport,
  'id' | 'etat' | 'userId' | 'acteur' | 'ip' | 'nom' | 'dateCreation'
> {
  readonly genre: ImportTable['genre'];
  /** What was decided of it, as JSON says it. */
  readonly parametres: object;
}

/** Writes an import that begins. */
export async function insererImport(trx: Trx, fields: Fields, one: NouvelImport): Promise<void> {
  await trx
    .insertInto('import')
    .values({
      id: one.id,
      genre: one.genre,
      etat: one.etat,
      user_id: one.userId,
      acteur: one.acteur,
      ip_address: one.ip,
      nom: fields.seal(place('nom', one.id), one.nom),
      source: null,
      parametres: fields.seal(place('parametres', one.id), JSON.stringify(one.parametres)),
      plan: null,
      taille: 0,
      fait: 0,
      total: 0,
      crees: 0,
      deja: 0,
      conflits: 0,
      erreur: null,
      date_creation: one.dateCreation,
      date_debut: null,
      date_fin: null,
      bail_detenteur: null,
      bail_fin: null,
    })
    .execute();
}
