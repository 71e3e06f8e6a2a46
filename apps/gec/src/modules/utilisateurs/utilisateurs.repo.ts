import { fold, isPermission, type Permission } from '@gec/core';
import type { Keyring, Sealed } from '@gec/crypto';
import { adoptDigest, type Database } from '@gec/db';
import type { Updateable } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables, UserTable } from '../../db/schema.ts';
import { empreinte, empreintes } from '../../empreintes.ts';
import type {
  Destinataire,
  Identifiants,
  NouvelUtilisateur,
  Personne,
  SaisieCompte,
  Utilisateur,
} from './utilisateurs.schema.ts';

const TABLE = 'user';
/** Ids of one statement; engines bound the parameters. */
const IDS_AT_ONCE = 1_000;

/** The SQL of people. */
export function createUtilisateursRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields, index } = keyring;
  const open = (id: number, column: string, sealed: Sealed) =>
    fields.open({ table: TABLE, column, id }, sealed);
  const openOrNull = (id: number, column: string, sealed: Sealed | null) =>
    fields.openOrNull({ table: TABLE, column, id }, sealed);
  const emailKeys = (email: string) => empreintes(index, 'email', email);

  function all(via: Via = database.kysely) {
    return via
      .selectFrom('user')
      .leftJoin('departement', 'departement.id', 'user.departement_id')
      .selectAll('user')
      .select('departement.nom as departement_nom');
  }

  type Row = Awaited<ReturnType<ReturnType<typeof all>['execute']>>[number];

  function toUtilisateur(row: Row): Utilisateur {
    return {
      id: row.id,
      username: row.username,
      email: open(row.id, 'email', row.email),
      nomComplet: open(row.id, 'nom_complet', row.nom_complet),
      matricule: openOrNull(row.id, 'matricule', row.matricule),
      fonction: openOrNull(row.id, 'fonction', row.fonction),
      telephone: openOrNull(row.id, 'telephone', row.telephone),
      role: row.role,
      departementId: row.departement_id,
      departementNom: row.departement_nom,
      actif: row.actif,
      langue: row.langue,
      doitChangerMotDePasse: row.doit_changer_mot_de_passe,
      derniereConnexion: row.derniere_connexion,
      dateCreation: row.date_creation,
      photo: row.photo,
      version: row.version,
    };
  }

  return {
    /** Adds an account whose password is already hashed. @returns its id. Throws a unique violation when taken. */
    async insert(
      trx: Trx,
      user: Omit<NouvelUtilisateur, 'motDePasse'> & { passwordHash: string },
      now: string,
    ): Promise<number> {
      await adoptDigest(trx, TABLE, 'email_cle', emailKeys(user.email));
      const id = await database.dialect.nextId(trx, TABLE);
      const seal = (column: string, text: string) => fields.seal({ table: TABLE, column, id }, text);
      const sealOrNull = (column: string, text: string | null | undefined) =>
        fields.sealOrNull({ table: TABLE, column, id }, text || null);
      await trx
        .insertInto('user')
        .values({
          id,
          username: user.username,
          username_cle: fold(user.username),
          email: seal('email', user.email.trim()),
          email_cle: empreinte(index, 'email', user.email),
          password_hash: user.passwordHash,
          nom_complet: seal('nom_complet', user.nomComplet.trim()),
          matricule: sealOrNull('matricule', user.matricule),
          fonction: sealOrNull('fonction', user.fonction),
          telephone: sealOrNull('telephone', user.telephone),
          role: user.role,
          departement_id: user.departementId,
          actif: true,
          langue: user.langue ?? 'fr',
          doit_changer_mot_de_passe: user.doitChangerMotDePasse,
          mot_de_passe_change_le: now,
          derniere_connexion: null,
          date_creation: now,
          version: 1,
        })
        .execute();
      return id;
    },

    /** The account of a user name or an e-mail address, however it is written. */
    async findByLogin(login: string): Promise<Identifiants | null> {
      const row = await database.kysely
        .selectFrom('user')
        .select(['id', 'username', 'password_hash', 'actif'])
        .where((eb) =>
          eb.or([eb('username_cle', '=', fold(login.trim())), eb('email_cle', 'in', emailKeys(login))]),
        )
        // A user name that is somebody else's address: the user name wins.
        .orderBy((eb) => eb.case().when('username_cle', '=', fold(login.trim())).then(0).else(1).end())
        .limit(1)
        .executeTakeFirst();
      return row
        ? { id: row.id, username: row.username, passwordHash: row.password_hash, actif: row.actif }
        : null;
    },

    /** The person of a session with everything that decides what they may do; `null` when the account is not active. */
    async loadPersonne(id: number, ip: string, via: Via = database.kysely): Promise<Personne | null> {
      const rows = await via
        .selectFrom('user')
        .innerJoin('role', 'role.nom', 'user.role')
        .leftJoin('role_permission', 'role_permission.role_nom', 'role.nom')
        .select([
          'user.id',
          'user.username',
          'user.nom_complet',
          'user.role',
          'user.departement_id',
          'user.langue',
          'user.photo',
          'user.doit_changer_mot_de_passe',
          'role.nom_affichage',
          'role.actif as role_actif',
          'role_permission.permission_nom',
        ])
        .where('user.id', '=', id)
        .where('user.actif', '=', true)
        .execute();
      const first = rows[0];
      if (!first) return null;
      const permissions = new Set<Permission>();
      if (first.role_actif) {
        for (const row of rows) {
          if (row.permission_nom !== null && isPermission(row.permission_nom))
            permissions.add(row.permission_nom);
        }
      }
      return {
        kind: 'user',
        userId: first.id,
        username: first.username,
        role: first.role,
        departementId: first.departement_id,
        permissions,
        lang: first.langue,
        ip,
        nomComplet: open(first.id, 'nom_complet', first.nom_complet),
        roleLibelle: first.nom_affichage,
        photo: first.photo,
        doitChangerMotDePasse: first.doit_changer_mot_de_passe,
      };
    },

    /** One account. */
    async find(id: number, via?: Via): Promise<Utilisateur | null> {
      const row = await all(via).where('user.id', '=', id).executeTakeFirst();
      return row ? toUtilisateur(row) : null;
    },

    /** The accounts of some ids, in their order. */
    async byIds(ids: readonly number[]): Promise<Utilisateur[]> {
      const found = new Map<number, Utilisateur>();
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
        const rows = await all()
          .where('user.id', 'in', ids.slice(at, at + IDS_AT_ONCE))
          .execute();
        for (const row of rows) found.set(row.id, toUtilisateur(row));
      }
      return ids.flatMap((id) => found.get(id) ?? []);
    },

    /** Names and departments of everybody, by user name. */
    async annuaire(): Promise<
      Pick<Utilisateur, 'id' | 'username' | 'nomComplet' | 'departementId' | 'actif'>[]
    > {
      const rows = await database.kysely
        .selectFrom('user')
        .select(['id', 'username', 'nom_complet', 'departement_id', 'actif'])
        .orderBy('username_cle')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        username: row.username,
        nomComplet: open(row.id, 'nom_complet', row.nom_complet),
        departementId: row.departement_id,
        actif: row.actif,
      }));
    },

    /** Active people, with what is shown when one chooses to whom a letter goes; in no order. */
    async destinataires(): Promise<Destinataire[]> {
      const rows = await database.kysely
        .selectFrom('user')
        .leftJoin('departement', 'departement.id', 'user.departement_id')
        .select(['user.id', 'user.nom_complet', 'user.fonction', 'departement.nom'])
        .where('user.actif', '=', true)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        nomComplet: open(row.id, 'nom_complet', row.nom_complet),
        fonction: openOrNull(row.id, 'fonction', row.fonction),
        departement: row.nom,
      }));
    },

    /** Which of a user name and an e-mail address an account (but one) already has. */
    async taken(
      user: { username: string; email: string },
      except = 0,
    ): Promise<{ username: boolean; email: boolean }> {
      const keys = emailKeys(user.email);
      const rows = await database.kysely
        .selectFrom('user')
        .select(['username_cle', 'email_cle'])
        .where((eb) => eb.or([eb('username_cle', '=', fold(user.username)), eb('email_cle', 'in', keys)]))
        .where('id', '!=', except)
        .execute();
      return {
        username: rows.some((row) => row.username_cle === fold(user.username)),
        email: rows.some((row) => keys.includes(row.email_cle)),
      };
    },

    /** Whether there is any account. */
    async any(via: Via = database.kysely): Promise<boolean> {
      return (await via.selectFrom('user').select('id').limit(1).executeTakeFirst()) !== undefined;
    },

    /** Active holders of a role, but for one account. */
    async othersActive(trx: Trx, role: string, except: number): Promise<number> {
      const { n } = await trx
        .selectFrom('user')
        .select((eb) => eb.fn.countAll().as('n'))
        .where('role', '=', role)
        .where('actif', '=', true)
        .where('id', '!=', except)
        .executeTakeFirstOrThrow();
      return Number(n);
    },

    /**
     * Makes those who change who holds a role, or who make the first account, take turns until their transaction
     * ends: the row of the role is locked by an update that changes nothing.
     */
    async takeTurn(trx: Trx, role: string): Promise<void> {
      await trx.updateTable('role').set({ nom: role }).where('nom', '=', role).execute();
    },

    /** Changes columns of an account that are not sealed. */
    async update(
      trx: Trx,
      id: number,
      columns: Pick<
        Updateable<UserTable>,
        | 'role'
        | 'departement_id'
        | 'actif'
        | 'langue'
        | 'password_hash'
        | 'doit_changer_mot_de_passe'
        | 'mot_de_passe_change_le'
      >,
    ): Promise<void> {
      await trx
        .updateTable('user')
        .set((eb) => ({ ...columns, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .execute();
    },

    /** Changes everything that is typed of an account. Throws a unique violation when a name or address is taken. */
    async updateFacts(trx: Trx, id: number, facts: SaisieCompte): Promise<void> {
      const seal = (column: string, text: string) => fields.seal({ table: TABLE, column, id }, text);
      const sealOrNull = (column: string, text: string | null) =>
        fields.sealOrNull({ table: TABLE, column, id }, text);
      await adoptDigest(trx, TABLE, 'email_cle', emailKeys(facts.email));
      await trx
        .updateTable('user')
        .set((eb) => ({
          username: facts.username,
          username_cle: fold(facts.username),
          email: seal('email', facts.email),
          email_cle: empreinte(index, 'email', facts.email),
          nom_complet: seal('nom_complet', facts.nomComplet),
          matricule: sealOrNull('matricule', facts.matricule),
          fonction: sealOrNull('fonction', facts.fonction),
          telephone: sealOrNull('telephone', facts.telephone),
          role: facts.role,
          departement_id: facts.departementId,
          langue: facts.langue,
          version: eb('version', '+', 1),
        }))
        .where('id', '=', id)
        .execute();
    },

    /**
     * Notes a sign-in, and renews the hash of the password if need be.
     *
     * @param verified the hash that the password was compared with
     * @returns whether the account is still active and its password still that one: bcrypt takes its time
     */
    async noteSignIn(
      trx: Trx,
      id: number,
      now: string,
      hash: { verified: string; renewed: string | null },
    ): Promise<boolean> {
      const row = await trx
        .updateTable('user')
        .set({ derniere_connexion: now, password_hash: hash.renewed ?? hash.verified })
        .where('id', '=', id)
        .where('actif', '=', true)
        .where('password_hash', '=', hash.verified)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Has a password changed that was chosen before an instant. */
    async expirePassword(trx: Trx, id: number, limit: string): Promise<void> {
      await trx
        .updateTable('user')
        .set({ doit_changer_mot_de_passe: true })
        .where('id', '=', id)
        .where('mot_de_passe_change_le', '<', limit)
        .execute();
    },

    /** What sign-in compares, of an account whose id is known. */
    async identifiants(id: number): Promise<Identifiants | null> {
      const row = await database.kysely
        .selectFrom('user')
        .select(['id', 'username', 'password_hash', 'actif'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row
        ? { id: row.id, username: row.username, passwordHash: row.password_hash, actif: row.actif }
        : null;
    },

    /** Full names by id. */
    async names(ids: readonly number[]): Promise<Map<number, string>> {
      if (ids.length === 0) return new Map();
      const rows = await database.kysely
        .selectFrom('user')
        .select(['id', 'nom_complet'])
        .where('id', 'in', [...new Set(ids)])
        .execute();
      return new Map(rows.map((row) => [row.id, open(row.id, 'nom_complet', row.nom_complet)]));
    },
  };
}

export type UtilisateursRepo = ReturnType<typeof createUtilisateursRepo>;
