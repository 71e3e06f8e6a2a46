import { fold, foldName, isPermission, timestamp } from '@gec/core';
import type { ForeignRow } from '@gec/db';
import type { Base, Trx } from '../../../context.ts';
import type { DepartementsService } from '../../departements/departements.service.ts';
import type { ImportEngine } from '../imports.engine.ts';
import type { JournalService } from '../../journal/journal.service.ts';
import type { ReferentielsService } from '../../referentiels/referentiels.service.ts';
import type { RolesService } from '../../roles/roles.service.ts';
import { court, lignes, type Contexte } from './reprise.contexte.ts';
import type { RepriseRepo } from './reprise.repo.ts';
import { codeDe, couleurDe, enBool, enId, enInstant } from './reprise.valeurs.ts';

/** What departments, roles and lists need. */
export interface OrganisationDeps extends Pick<Base, 'database' | 'clock'> {
  repo: RepriseRepo;
  moteur: Pick<ImportEngine, 'element' | 'noter'>;
  journal: Pick<JournalService, 'record'>;
  departements: Pick<DepartementsService, 'list'>;
  roles: Pick<RolesService, 'list'>;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants'>;
}

/** The roles that every installation has: they stay as they are here. */
const ORIGINE = ['super_admin', 'admin', 'user'];

/** A code of letters and digits that no other department has. */
function codeLibre(nom: string, pris: ReadonlySet<string>): string {
  const base = codeDe(nom).replaceAll('_', '').slice(0, 10) || 'DEP';
  if (!pris.has(base)) return base;
  for (let n = 2; ; n++) if (!pris.has(`${base}${n}`)) return `${base}${n}`;
}

/** Departments, roles, statuts and types of the older program: each is found here, or made. */
export function createOrganisation(deps: OrganisationDeps) {
  const { database, clock, repo, journal } = deps;
  // Read in a transaction: what the process keeps may be a second old, and a run that was cut short a moment ago, or an
  // earlier step of this one, has added to it since.
  const frais = <T>(lire: (trx: Trx) => Promise<T>): Promise<T> => database.transaction(lire);

  /** @returns our id by theirs; 0 for what a rehearsal would make */
  async function departements(ctx: Contexte): Promise<Map<number, number>> {
    const { foreign, suivi, source } = ctx;
    const table = 'departement';
    const ids = new Map<number, number>();
    const pris = new Set<string>();
    const connus = [...(await frais((trx) => deps.departements.list(trx)))];
    connus.forEach(({ code }) => pris.add(code.toUpperCase()));
    suivi.table(table, await foreign.count(table));
    for await (const row of lignes(foreign, table)) {
      const ancien = Number(row['id']);
      const nom = court(row, 'nom', 120) ?? `Département ${ancien}`;
      const ecrit = court(row, 'code', 40);
      const code = fold(ecrit ?? '').toUpperCase();
      const lie = await deps.moteur.element(source, 'departement', String(ancien));
      const connu =
        connus.find(({ id }) => id === lie) ??
        connus.find((one) => code !== '' && one.code.toUpperCase() === code) ??
        connus.find((one) => foldName(one.nom) === foldName(nom));
      if (connu) {
        ids.set(ancien, connu.id);
        suivi.compter(table, 'deja');
        if (!ctx.simulation && lie !== connu.id) {
          await database.transaction((trx) =>
            deps.moteur.noter(trx, { source, objet: 'departement', cle: String(ancien), id: connu.id }),
          );
        }
        continue;
      }
      const ici = /^[A-Z0-9]{1,12}$/.test(code) && !pris.has(code) ? code : codeLibre(ecrit ?? nom, pris);
      pris.add(ici);
      if (ici !== (ecrit ?? ''))
        suivi.noter('valeur_remplacee', table, ancien, nom, `code ${ecrit ?? '∅'} → ${ici}`);
      suivi.compter(table, 'repris');
      ids.set(ancien, 0);
      if (ctx.simulation) continue;
      const description = court(row, 'description', 500);
      const actif = enBool(row['actif']) ?? true;
      const date = enInstant(row['date_creation'], ctx.choix.fuseau) ?? timestamp(clock);
      const id = await database.transaction(async (trx) => {
        const made = await repo.ajouterDepartement(trx, { code: ici, nom, description, actif, date });
        await repo.perimer(trx, 'departements');
        await deps.moteur.noter(trx, { source, objet: 'departement', cle: String(ancien), id: made });
        await journal.record(trx, ctx.actor, {
          action: 'departement.ajout',
          details: { departement: made, code: ici },
        });
        return made;
      });
      ids.set(ancien, id);
    }
    return ids;
  }

  /** @returns our name of each of their roles, by theirs */
  async function roles(ctx: Contexte): Promise<Map<string, string>> {
    const { foreign, suivi } = ctx;
    const noms = new Map<string, string>();
    const connus = new Set((await frais((trx) => deps.roles.list(trx))).map(({ nom }) => nom));
    suivi.table('role', await foreign.count('role'));
    suivi.table('role_permission', await foreign.count('role_permission'));
    const droits = new Map<number, string[]>();
    for await (const row of lignes(foreign, 'role_permission')) {
      const role = enId(row['role_id']) ?? 0;
      const permission = court(row, 'permission_nom', 100) ?? '';
      droits.set(role, [...(droits.get(role) ?? []), permission]);
    }
    for await (const row of lignes(foreign, 'role')) {
      const ancien = Number(row['id']);
      const ecrit = court(row, 'nom', 80) ?? `role_${ancien}`;
      const nom =
        codeDe(ecrit)
          .toLowerCase()
          .replace(/^(?=\d)/, 'role_') || `role_${ancien}`;
      noms.set(ecrit, nom);
      const siens = droits.get(ancien) ?? [];
      const connu = connus.has(nom);
      if (ORIGINE.includes(nom)) suivi.noter('role_existant', 'role', ancien, nom);
      for (const one of siens) {
        if (isPermission(one)) suivi.compter('role_permission', connu ? 'deja' : 'repris');
        else suivi.ecarter('permission_inconnue', 'role_permission', ancien, nom, one);
      }
      if (connu) {
        suivi.compter('role', 'deja');
        continue;
      }
      connus.add(nom);
      const sues = [...new Set(siens.filter(isPermission))];
      suivi.compter('role', 'repris');
      if (ctx.simulation) continue;
      await database.transaction(async (trx) => {
        const libelle = court(row, 'nom_affichage', 60) ?? ecrit;
        const couleur = row['couleur'] === undefined ? null : couleurDe(court(row, 'couleur', 100));
        const description = court(row, 'description', 300);
        const actif = enBool(row['actif']) ?? true;
        await repo.ajouterRole(trx, { nom, libelle, description, couleur, actif }, sues);
        await repo.perimer(trx, 'roles');
        await journal.record(trx, ctx.actor, {
          action: 'role.ajout',
          details: { role: nom, permissions: sues.join(', ') },
        });
      });
    }
    return noms;
  }

  /** Adds a statut that letters bear. */
  async function ajouterStatut(ctx: Contexte, nom: string, libelle: string, row: ForeignRow): Promise<void> {
    if (ctx.simulation) return;
    await database.transaction(async (trx) => {
      await repo.ajouterStatut(trx, {
        nom,
        libelle,
        description: court(row, 'description', 300),
        couleur: couleurDe(court(row, 'couleur', 100)),
        actif: enBool(row['actif']) ?? true,
      });
      await repo.perimer(trx, 'referentiels');
      await journal.record(trx, ctx.actor, {
        action: 'referentiel.ajout',
        details: { liste: 'statuts', entree: libelle },
      });
    });
  }

  /**
   * The statuts of the list and those that only letters bear: free words are found here by their meaning, or made.
   *
   * @returns asks for our word for theirs; a word that is unknown is made
   */
  async function statuts(ctx: Contexte): Promise<(mot: string | null, defaut: string) => Promise<string>> {
    const { foreign, suivi } = ctx;
    const table = 'statut_courrier';
    const ici = new Map<string, string>();
    for (const { nom, libelle } of await frais((trx) => deps.referentiels.statuts(trx))) {
      ici.set(codeDe(libelle), nom);
      ici.set(codeDe(nom), nom);
    }
    suivi.table(table, await foreign.count(table));
    for await (const row of lignes(foreign, table)) {
      const mot = court(row, 'nom', 80) ?? `STATUT ${Number(row['id'])}`;
      const code = codeDe(mot) || `STATUT_${Number(row['id'])}`;
      if (ici.has(code)) {
        suivi.compter(table, 'deja');
        continue;
      }
      ici.set(code, code);
      suivi.compter(table, 'repris');
      await ajouterStatut(ctx, code, mot, row);
    }
    return async (mot, defaut) => {
      const code = codeDe(mot ?? '');
      if (mot === null || code === '') return defaut;
      const connu = ici.get(code);
      if (connu !== undefined) return connu;
      ici.set(code, code);
      suivi.noter('valeur_remplacee', table, null, mot, `+ ${code}`);
      await ajouterStatut(ctx, code, mot.trim().slice(0, 80), {});
      return code;
    };
  }

  /** @returns our id of each type de courrier sortant, by theirs */
  async function types(ctx: Contexte): Promise<Map<number, number>> {
    const { foreign, suivi } = ctx;
    const table = 'type_courrier_sortant';
    const ids = new Map<number, number>();
    const ici = new Map<string, number>();
    for (const { id, nom } of await frais((trx) => deps.referentiels.typesSortants(trx)))
      ici.set(foldName(nom), id);
    suivi.table(table, await foreign.count(table));
    for await (const row of lignes(foreign, table)) {
      const nom = court(row, 'nom', 80) ?? `Type ${Number(row['id'])}`;
      const connu = ici.get(foldName(nom));
      if (connu !== undefined) {
        ids.set(Number(row['id']), connu);
        suivi.compter(table, 'deja');
        continue;
      }
      suivi.compter(table, 'repris');
      const id = ctx.simulation
        ? 0
        : await database.transaction(async (trx) => {
            const made = await repo.ajouterType(trx, {
              nom,
              description: court(row, 'description', 300),
              actif: enBool(row['actif']) ?? true,
            });
            await repo.perimer(trx, 'referentiels');
            const details = { liste: 'types', entree: nom };
            await journal.record(trx, ctx.actor, { action: 'referentiel.ajout', details });
            return made;
          });
      ici.set(foldName(nom), id);
      ids.set(Number(row['id']), id);
    }
    return ids;
  }

  return { departements, roles, statuts, types };
}
