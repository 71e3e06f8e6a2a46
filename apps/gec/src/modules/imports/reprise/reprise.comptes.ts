import { foldName, timestamp } from '@gec/core';
import type { ForeignRow } from '@gec/db';
import type { Base } from '../../../context.ts';
import type { DepartementsService } from '../../departements/departements.service.ts';
import type { ImportEngine } from '../imports.engine.ts';
import type { JournalService } from '../../journal/journal.service.ts';
import type { RolesService } from '../../roles/roles.service.ts';
import { court, lignes, texte, type Contexte } from './reprise.contexte.ts';
import type { CompteRepris, RepriseRepo } from './reprise.repo.ts';
import { enBool, enId, enInstant, enTexte } from './reprise.valeurs.ts';

/** What accounts need. */
export interface ComptesDeps extends Pick<Base, 'database' | 'clock'> {
  repo: RepriseRepo;
  moteur: Pick<ImportEngine, 'element' | 'noter'>;
  journal: Pick<JournalService, 'record'>;
  roles: Pick<RolesService, 'list'>;
  departements: Pick<DepartementsService, 'list'>;
}

const USERNAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,58}[\p{L}\p{N}])$/u;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** Hashes that a sign-in can compare (packages/crypto): those of Werkzeug. */
const WERKZEUG = /^(?:scrypt:\d+:\d+:\d+|pbkdf2:sha(?:256|512):\d+)\$[^$]+\$[0-9a-f]+$/i;
/** Roles from which the others are managed. */
const ELEVES = ['super_admin', 'admin'];
/** No password has this hash. */
const SANS_MOT_DE_PASSE = '!';
/** Account to which letters go whose author is not known any more. Nobody can sign in with it. */
const REPRISE = { username: 'reprise', email: 'reprise@reprise.invalid' };

/** A user name as accounts here may have one. */
function identifiant(ecrit: string | null, ancien: number): string {
  const mot = (ecrit ?? '')
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '.')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 60);
  return USERNAME.test(mot) ? mot : `utilisateur.${ancien}`;
}

/** Takes accounts over, with their passwords: people sign in as before, and their hash is renewed then. */
export function createComptes({ database, clock, repo, moteur, journal, roles, departements }: ComptesDeps) {
  async function ajouter(ctx: Contexte, ancien: number | null, compte: CompteRepris): Promise<number> {
    return database.transaction(async (trx) => {
      const id = await repo.ajouterCompte(trx, compte, timestamp(clock));
      const cle = ancien === null ? 'inconnu' : String(ancien);
      await moteur.noter(trx, { source: ctx.source, objet: 'user', cle, id });
      await journal.record(trx, ctx.actor, {
        action: 'utilisateur.ajout',
        compteId: id,
        details: { compte: compte.username, role: compte.role, departement: compte.departementId },
      });
      return id;
    });
  }

  /** A user name and an address that no account has, made from those that are taken. */
  async function libres(username: string, email: string, pris: ReadonlySet<string>) {
    const [local = '', domaine = ''] = email.split('@');
    for (let n = 1; ; n++) {
      const suffixe = n === 1 ? 'ancien' : `ancien${n}`;
      const nom = `${username.slice(0, 50)}.${suffixe}`;
      const adresse = `${local}+${suffixe}@${domaine}`;
      const known = await repo.comptes(nom, adresse);
      if (known.parNom === null && known.parAdresse === null && !pris.has(foldName(nom))) {
        return { nom, adresse };
      }
    }
  }

  /**
   * @param parRole our name of each of their roles
   * @param parDepartement our id of each of their departments
   * @returns our id by theirs; 0 for what a rehearsal would make
   */
  async function comptes(
    ctx: Contexte,
    parRole: ReadonlyMap<string, string>,
    parDepartement: ReadonlyMap<number, number>,
  ): Promise<Map<number, number>> {
    const { foreign, suivi, choix, source } = ctx;
    const table = 'user';
    const ids = new Map<number, number>();
    // In a transaction, so that roles that were made a moment ago are among them.
    const connus = await database.transaction((trx) => roles.list(trx));
    const noms = new Set(connus.map(({ nom }) => nom));
    // Names that this run gave out: a rehearsal does not find them in the table.
    const pris = new Set<string>();
    suivi.table(table, await foreign.count(table));

    async function un(row: ForeignRow): Promise<number> {
      const ancien = Number(row['id']);
      const ecrit = court(row, 'username', 200);
      let username = identifiant(ecrit, ancien);
      if (username !== ecrit)
        suivi.noter('compte_complete', table, ancien, username, `username ${ecrit ?? '∅'}`);
      const adresse = texte(ctx, table, row, 'email')?.trim() ?? '';
      let email = adresse;
      if (!EMAIL.test(adresse) || adresse.length > 254) {
        email = `utilisateur-${ancien}@reprise.invalid`;
        suivi.noter('compte_complete', table, ancien, username, `email ${adresse || '∅'} → ${email}`);
      }
      const roleEcrit = court(row, 'role', 80) ?? '';
      let role = parRole.get(roleEcrit) ?? roleEcrit;
      if (!noms.has(role) && !parRole.has(roleEcrit)) {
        suivi.noter('role_remplace', table, ancien, username, `${roleEcrit || '∅'} → user`);
        role = 'user';
      }
      const hash = texte(ctx, table, row, 'password_hash')?.trim() ?? '';
      if (!WERKZEUG.test(hash)) suivi.noter('compte_complete', table, ancien, username, 'password_hash ∅');
      // What is said above holds at every run; what follows is for the first one.
      const lie = await moteur.element(source, 'user', String(ancien));
      if (lie !== null) {
        suivi.compter(table, 'deja');
        const nom = await repo.identifiant(lie);
        if (nom !== username) suivi.noter('compte_renomme', table, ancien, username, nom ?? '∅');
        return lie;
      }
      const known = await repo.comptes(username, email);
      const la = known.parNom ?? known.parAdresse;
      // Two accounts of the older program stay two, even where only capitals tell their addresses apart.
      const autre = la !== null && ![...ids.values()].includes(la);
      if (la !== null && autre && choix.comptes === 'fusionner') {
        suivi.noter('compte_fusionne', table, ancien, username, known.parNom === null ? email : '');
        suivi.compter(table, 'deja');
        if (!ctx.simulation) {
          await database.transaction((trx) =>
            moteur.noter(trx, { source, objet: 'user', cle: String(ancien), id: la }),
          );
        }
        return la;
      }
      if (la !== null || pris.has(foldName(username))) {
        const libre = await libres(username, email, pris);
        suivi.noter('compte_renomme', table, ancien, username, `${libre.nom}, ${libre.adresse}`);
        username = libre.nom;
        email = libre.adresse;
      }
      pris.add(foldName(username));
      // Whoever can write the old database can make an administrator here: the rehearsal names them.
      if (ELEVES.includes(role)) suivi.noter('compte_eleve', table, ancien, username, role);
      suivi.compter(table, 'repris');
      if (ctx.simulation) return 0;
      const departement = enId(row['departement_id']);
      return ajouter(ctx, ancien, {
        username,
        email,
        passwordHash: WERKZEUG.test(hash) ? hash : SANS_MOT_DE_PASSE,
        nomComplet: texte(ctx, table, row, 'nom_complet')?.trim().slice(0, 160) ?? username,
        matricule: texte(ctx, table, row, 'matricule')?.trim().slice(0, 60) ?? null,
        fonction: texte(ctx, table, row, 'fonction')?.trim().slice(0, 160) ?? null,
        telephone: texte(ctx, table, row, 'telephone')?.trim().slice(0, 60) ?? null,
        role,
        departementId: departement === null ? null : (parDepartement.get(departement) ?? null),
        actif: enBool(row['actif']) ?? true,
        langue: enTexte(row['langue'])?.trim().toLowerCase().startsWith('en') ? 'en' : 'fr',
        doitChangerMotDePasse: false,
        dateCreation: enInstant(row['date_creation'], choix.fuseau) ?? timestamp(clock),
      });
    }

    for await (const row of lignes(foreign, table)) ids.set(Number(row['id']), await un(row));
    return ids;
  }

  /** Heads of departments, once people are there; a department that has one here keeps it. */
  async function chefs(
    ctx: Contexte,
    parDepartement: ReadonlyMap<number, number>,
    parCompte: ReadonlyMap<number, number>,
  ): Promise<void> {
    if (ctx.simulation) return;
    // Within a transaction: what is kept between requests does not know departments that were just made.
    const tous = await database.transaction((trx) => departements.list(trx));
    const ici = new Map(tous.map((one) => [one.id, one]));
    for await (const row of lignes(ctx.foreign, 'departement')) {
      const chef = parCompte.get(enId(row['chef_departement_id']) ?? 0);
      const departement = ici.get(parDepartement.get(Number(row['id'])) ?? 0);
      if (chef === undefined || !departement || departement.chefId !== null) continue;
      const nom = await repo.identifiant(chef);
      await database.transaction(async (trx) => {
        await repo.nommerChef(trx, departement.id, chef);
        await repo.perimer(trx, 'departements');
        await journal.record(trx, ctx.actor, {
          action: 'departement.modification',
          details: { departement: departement.id, code: departement.code, chef: nom },
        });
      });
    }
  }

  /** The account of letters whose author is not known any more; made when the first one needs it. */
  async function reprise(ctx: Contexte): Promise<number> {
    const lie = await moteur.element(ctx.source, 'user', 'inconnu');
    if (lie !== null) return lie;
    ctx.suivi.noter('compte_de_reprise', 'user', null, REPRISE.username);
    const known = await repo.comptes(REPRISE.username, REPRISE.email);
    const la = known.parNom ?? known.parAdresse;
    if (la !== null) return la;
    if (ctx.simulation) return 0;
    return ajouter(ctx, null, {
      ...REPRISE,
      passwordHash: SANS_MOT_DE_PASSE,
      nomComplet: 'Ancien registre',
      matricule: null,
      fonction: null,
      telephone: null,
      role: 'user',
      departementId: null,
      actif: false,
      langue: 'fr',
      doitChangerMotDePasse: false,
      dateCreation: timestamp(clock),
    });
  }

  return { comptes, chefs, reprise };
}
