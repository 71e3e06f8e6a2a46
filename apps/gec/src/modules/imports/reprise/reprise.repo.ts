import { fold } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import { adoptDigest, type Database, type ForeignRow } from '@gec/db';
import type { Via } from '../../../cache.ts';
import type { Trx } from '../../../context.ts';
import type { GecTables } from '../../../db/schema.ts';
import { empreinte, empreintes } from '../../../empreintes.ts';

/** An account as it is taken over, its texts still plain. */
export interface CompteRepris {
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly nomComplet: string;
  readonly matricule: string | null;
  readonly fonction: string | null;
  readonly telephone: string | null;
  readonly role: string;
  readonly departementId: number | null;
  readonly actif: boolean;
  readonly langue: 'fr' | 'en';
  readonly doitChangerMotDePasse: boolean;
  readonly dateCreation: string;
}

const AT_ONCE = 200;

/** The SQL of what is taken over beside letters. */
export function createRepriseRepo({ kysely, dialect }: Database<GecTables>, { fields, index }: Keyring) {
  return {
    /** The accounts that have a user name or an address, however they are written. */
    async comptes(
      username: string,
      email: string | null,
      via: Via = kysely,
    ): Promise<{ parNom: number | null; parAdresse: number | null }> {
      const cles = email === null ? [] : empreintes(index, 'email', email);
      const rows = await via
        .selectFrom('user')
        .select(['id', 'username_cle', 'email_cle'])
        .where((eb) =>
          eb.or([
            eb('username_cle', '=', fold(username)),
            ...(cles.length === 0 ? [] : [eb('email_cle', 'in', cles)]),
          ]),
        )
        .execute();
      return {
        parNom: rows.find((row) => row.username_cle === fold(username))?.id ?? null,
        parAdresse: rows.find((row) => cles.includes(row.email_cle))?.id ?? null,
      };
    },

    /** The user name of an account; null when it is gone. */
    async identifiant(id: number): Promise<string | null> {
      const row = await kysely.selectFrom('user').select('username').where('id', '=', id).executeTakeFirst();
      return row?.username ?? null;
    },

    async ajouterCompte(trx: Trx, compte: CompteRepris, now: string): Promise<number> {
      await adoptDigest(trx, 'user', 'email_cle', empreintes(index, 'email', compte.email));
      const id = await dialect.nextId(trx, 'user');
      const seal = (column: string, text: string) => fields.seal({ table: 'user', column, id }, text);
      const sealOrNull = (column: string, text: string | null) =>
        fields.sealOrNull({ table: 'user', column, id }, text);
      await trx
        .insertInto('user')
        .values({
          id,
          username: compte.username,
          username_cle: fold(compte.username),
          email: seal('email', compte.email),
          email_cle: empreinte(index, 'email', compte.email),
          password_hash: compte.passwordHash,
          nom_complet: seal('nom_complet', compte.nomComplet),
          matricule: sealOrNull('matricule', compte.matricule),
          fonction: sealOrNull('fonction', compte.fonction),
          telephone: sealOrNull('telephone', compte.telephone),
          role: compte.role,
          departement_id: compte.departementId,
          actif: compte.actif,
          langue: compte.langue,
          doit_changer_mot_de_passe: compte.doitChangerMotDePasse,
          mot_de_passe_change_le: now,
          derniere_connexion: null,
          date_creation: compte.dateCreation,
          version: 1,
        })
        .execute();
      return id;
    },

    async ajouterDepartement(
      trx: Trx,
      departement: { code: string; nom: string; description: string | null; actif: boolean; date: string },
    ): Promise<number> {
      const id = await dialect.nextId(trx, 'departement');
      await trx
        .insertInto('departement')
        .values({
          id,
          code: departement.code,
          nom: departement.nom,
          description: departement.description,
          parent_id: null,
          chef_departement_id: null,
          actif: departement.actif,
          date_creation: departement.date,
        })
        .execute();
      return id;
    },

    /** Puts somebody at the head of a department that has nobody. */
    async nommerChef(trx: Trx, departementId: number, userId: number): Promise<void> {
      await trx
        .updateTable('departement')
        .set((eb) => ({ chef_departement_id: userId, version: eb('version', '+', 1) }))
        .where('id', '=', departementId)
        .where('chef_departement_id', 'is', null)
        .execute();
    },

    async ajouterRole(
      trx: Trx,
      role: {
        nom: string;
        libelle: string;
        description: string | null;
        couleur: string | null;
        actif: boolean;
      },
      permissions: readonly string[],
    ): Promise<void> {
      const { nom, libelle, description, couleur, actif } = role;
      await trx
        .insertInto('role')
        .values({ nom, nom_affichage: libelle, description, couleur, actif, modifiable: true })
        .execute();
      if (permissions.length === 0) return;
      await trx
        .insertInto('role_permission')
        .values(permissions.map((permission_nom) => ({ role_nom: nom, permission_nom })))
        .execute();
    },

    async ajouterStatut(
      trx: Trx,
      statut: { nom: string; libelle: string; description: string | null; couleur: string; actif: boolean },
    ): Promise<void> {
      const last = await trx
        .selectFrom('statut_courrier')
        .select((eb) => eb.fn.max('ordre').as('ordre'))
        .executeTakeFirst();
      await trx
        .insertInto('statut_courrier')
        .values({ ...statut, final: false, ordre: Number(last?.ordre ?? 0) + 10 })
        .execute();
    },

    async ajouterType(
      trx: Trx,
      type: { nom: string; description: string | null; actif: boolean },
    ): Promise<number> {
      const last = await trx
        .selectFrom('type_courrier_sortant')
        .select((eb) => eb.fn.max('ordre_affichage').as('ordre'))
        .executeTakeFirst();
      const { id } = await trx
        .insertInto('type_courrier_sortant')
        .values({ ...type, ordre_affichage: Number(last?.ordre ?? 0) + 10 })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },

    /** Says, in the transaction that changes it, that something cached has changed. */
    async perimer(trx: Trx, nom: 'departements' | 'roles' | 'referentiels'): Promise<void> {
      await trx
        .insertInto('version_cache')
        .values({ nom, version: 1 })
        .onConflict((conflict) =>
          conflict.column('nom').doUpdateSet((eb) => ({ version: eb('version_cache.version', '+', 1) })),
        )
        .execute();
    },

    /** Keeps entries of the old journal, sealed; those that are here already stay. @returns how many are new */
    async garderJournal(
      trx: Trx,
      source: string,
      entries: readonly { ancienId: number; date: string | null; contenu: ForeignRow }[],
    ): Promise<number> {
      const ids = entries.map(({ ancienId }) => ancienId);
      if (ids.length === 0) return 0;
      const known = await trx
        .selectFrom('journal_ancien')
        .select('ancien_id')
        .where('source', '=', source)
        .where('ancien_id', 'in', ids)
        .execute();
      const there = new Set(known.map((row) => row.ancien_id));
      const fresh = entries.filter(({ ancienId }) => !there.has(ancienId));
      for (const { ancienId, date, contenu } of fresh) {
        const id = await dialect.nextId(trx, 'journal_ancien');
        const text = JSON.stringify(contenu);
        await trx
          .insertInto('journal_ancien')
          .values({
            id,
            source,
            ancien_id: ancienId,
            date_action: date,
            contenu: fields.seal({ table: 'journal_ancien', column: 'contenu', id }, text),
          })
          .execute();
      }
      return fresh.length;
    },

    /** The old journals as they were, oldest first, one JSON text an entry. */
    async *lireJournal(): AsyncGenerator<{ source: string; contenu: string }> {
      for (let after = 0; ;) {
        const rows = await kysely
          .selectFrom('journal_ancien')
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .limit(AT_ONCE)
          .execute();
        for (const row of rows) {
          const place = { table: 'journal_ancien', column: 'contenu', id: row.id };
          yield { source: row.source, contenu: fields.open(place, row.contenu) };
        }
        const last = rows.at(-1);
        if (!last || rows.length < AT_ONCE) return;
        after = last.id;
      }
    },

    /** What of a letter is compared in the end: its files' SHA-256, and how much stands beside it. */
    async temoin(
      courrierId: number,
    ): Promise<{ sommes: string[]; modifications: number; commentaires: number; transmissions: number }> {
      const pieces = await kysely
        .selectFrom('piece')
        .select(['id', 'sha256'])
        .where('courrier_id', '=', courrierId)
        .orderBy('rang')
        .execute();
      const count = async (table: 'courrier_modification' | 'courrier_comment' | 'courrier_forward') => {
        const row = await kysely
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('courrier_id', '=', courrierId)
          .executeTakeFirstOrThrow();
        return Number(row.n);
      };
      return {
        sommes: pieces.map(({ id, sha256 }) => fields.open({ table: 'piece', column: 'sha256', id }, sha256)),
        modifications: await count('courrier_modification'),
        commentaires: await count('courrier_comment'),
        transmissions: await count('courrier_forward'),
      };
    },
  };
}

export type RepriseRepo = ReturnType<typeof createRepriseRepo>;
