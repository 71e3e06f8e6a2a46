import { createHash } from 'node:crypto';
import {
  conflict,
  fill,
  fold,
  invalid,
  notFound,
  timestamp,
  type Actor,
  type FieldError,
  type UserActor,
} from '@gec/core';
import { hashPassword, randomPassword, randomToken } from '@gec/crypto';
import type { Readable } from 'node:stream';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import { readTable } from '../../tableur/read-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
import { compteDe, lireListe, type Defauts } from './utilisateurs.import.lecture.ts';
import { createImportRepo } from './utilisateurs.import.repo.ts';
import {
  IMPORT_LIGNES,
  IMPORT_OCTETS,
  type CompteImporte,
  type LignePrevue,
  type ListeImport,
  type PlanImport,
} from './utilisateurs.import.schema.ts';
import { checkFacts } from './utilisateurs.input.ts';
import { managedScope } from './utilisateurs.policy.ts';
import type { Regles } from './utilisateurs.regles.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import type { SaisieCompte } from './utilisateurs.schema.ts';
import type { UtilisateursDeps } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What importing people needs. */
export interface ImportDeps extends Pick<
  UtilisateursDeps,
  'config' | 'database' | 'keyring' | 'clock' | 'journal' | 'roles' | 'departements' | 'parametres'
> {
  repo: UtilisateursRepo;
  regles: Regles;
  /** Reads files where they can do no harm. */
  atelier: Pick<Atelier, 'table'>;
}

/** A list that was read waits for this long to be confirmed. */
const ATTENTE_MS = 2 * 3_600_000;
/**
 * bcrypt's cost for the passwords that an import makes: they are random (82 bits), of one use, and two thousand of them
 * must not take minutes. What a person chooses is hashed at the full cost.
 */
const COUT_IMPORT = 6;
const HASHES_AT_ONCE = 16;
/** User names that are tried for one that was made of an address. */
const SUFFIXES = 99;

/** Adding people from a list, after a dry run that shows what each line will do. */
export function createImport(deps: ImportDeps) {
  const { config, database, keyring, clock, journal, roles, departements, parametres } = deps;
  const { repo, regles, atelier } = deps;
  const store = createImportRepo(database, keyring);
  const cost = Math.min(config.bcryptCost, COUT_IMPORT);

  /** User names that lines and accounts have already, and the line that has an address. */
  interface Taken {
    usernames: Map<string, number>;
    emails: Map<string, number>;
    lignesParNom: Map<string, number>;
    lignesParEmail: Map<string, number>;
  }

  /** A free user name beside one that is taken: `j.mukendi2`. */
  function freeName(username: string, taken: Taken): string {
    const free = (name: string) => !taken.usernames.has(fold(name)) && !taken.lignesParNom.has(fold(name));
    if (username === '' || free(username)) return username;
    for (let n = 2; n <= SUFFIXES; n++) if (free(`${username}${n}`)) return `${username}${n}`;
    return username;
  }

  /** What the rules say of a role or a department, asked once for each of them. */
  function rules(actor: Actor, trx?: Trx) {
    const answers = new Map<string, Promise<FieldError | null>>();
    const once = (key: string, ask: () => Promise<FieldError | null>) => {
      const known = answers.get(key) ?? ask();
      answers.set(key, known);
      return known;
    };
    return async ({ role, departementId }: SaisieCompte): Promise<FieldError[]> => {
      const found = [
        await once(`r ${role}`, () => regles.roleProblem(actor, role, trx)),
        await once(`d ${departementId}`, () => regles.departementProblem(actor, departementId, trx)),
      ];
      return found.filter((problem) => problem !== null);
    };
  }

  async function check(
    actor: Actor,
    compte: SaisieCompte,
    taken: Taken,
    refused: ReturnType<typeof rules>,
  ): Promise<{ facts: SaisieCompte; erreurs: FieldError[]; existe: boolean }> {
    const t = utilisateursTexts(actor.lang);
    const { facts, errors } = checkFacts(actor.lang, compte);
    const [nom, email] = [fold(facts.username), fold(facts.email)];
    const [byName, byEmail] = [taken.usernames.get(nom), taken.emails.get(email)];
    const existe = byEmail !== undefined && (byName === undefined || byName === byEmail);
    const same = (field: string, ligne: number | undefined) => {
      if (ligne !== undefined) errors.push({ field, message: fill(t.importDouble, { n: ligne }) });
    };
    same('email', taken.lignesParEmail.get(email));
    if (!existe) {
      if (byName !== undefined) errors.push({ field: 'username', message: t.identifiantPris });
      else same('username', taken.lignesParNom.get(nom));
      if (byEmail !== undefined) errors.push({ field: 'email', message: t.emailPris });
      errors.push(...(await refused(facts)));
    }
    return { facts, erreurs: errors, existe };
  }

  async function prevoir(actor: Actor, liste: ListeImport, trx?: Trx): Promise<PlanImport> {
    const scope = managedScope(actor);
    const defauts: Defauts = {
      roles: await roles.list(trx),
      departements: await departements.list(trx),
      departementId: scope === 'tous' ? null : scope,
    };
    const read = liste.lignes.map((ligne) => ({ ligne: ligne.ligne, ...compteDe(ligne, defauts) }));
    const via: Via = trx ?? database.kysely;
    const derived = read.filter(({ genere }) => genere).map(({ compte }) => compte);
    const numbered = derived.flatMap(({ username, email }) =>
      [2, 3, 4, 5].map((n) => ({ username: `${username}${n}`, email })),
    );
    const known = await store.known(via, [...read.map(({ compte }) => compte), ...numbered]);
    const taken: Taken = { ...known, lignesParNom: new Map(), lignesParEmail: new Map() };
    const refused = rules(actor, trx);
    const lignes: LignePrevue[] = [];
    for (const { ligne, compte, genere } of read) {
      const exists = known.emails.has(fold(compte.email.trim()));
      const username = genere && !exists ? freeName(compte.username, taken) : compte.username;
      const { facts, erreurs, existe } = await check(actor, { ...compte, username }, taken, refused);
      const action = erreurs.length > 0 ? 'erreur' : existe ? 'existe' : 'ajouter';
      lignes.push({ ligne, action, compte: facts, erreurs });
      for (const [map, key] of [
        [taken.lignesParNom, fold(facts.username)],
        [taken.lignesParEmail, fold(facts.email)],
      ] as const) {
        if (key !== '' && !map.has(key)) map.set(key, ligne);
      }
    }
    const count = (action: LignePrevue['action']) => lignes.filter((one) => one.action === action).length;
    return {
      nom: liste.nom,
      ignorees: liste.ignorees,
      lignes,
      ajouts: count('ajouter'),
      existants: count('existe'),
      erreurs: count('erreur'),
      empreinte: createHash('sha256')
        .update(JSON.stringify(lignes.map(({ action, compte }) => [action, compte])))
        .digest('base64url'),
    };
  }

  async function passwords(n: number): Promise<{ plain: string; hash: string }[]> {
    const made: { plain: string; hash: string }[] = [];
    while (made.length < n) {
      const some = Array.from({ length: Math.min(HASHES_AT_ONCE, n - made.length) }, async () => {
        const plain = randomPassword();
        return { plain, hash: await hashPassword(plain, config.passwordPepper, cost) };
      });
      made.push(...(await Promise.all(some)));
    }
    return made;
  }

  /** Adds what was seen, all of it or nothing. @param before what else the transaction does, first */
  async function appliquer(
    actor: Actor,
    liste: ListeImport,
    empreinte: string,
    before: (trx: Trx) => Promise<void> = () => Promise.resolve(),
  ): Promise<CompteImporte[]> {
    const t = utilisateursTexts(actor.lang);
    const seen = await prevoir(actor, liste);
    const changed = () => conflict('IMPORT_CHANGED', t.importChange);
    if (seen.empreinte !== empreinte) throw changed();
    if (seen.ajouts === 0) throw invalid([{ field: 'fichier', message: t.importRien }]);
    const secrets = await passwords(seen.ajouts);
    return regles.inTurn(actor, async (trx, by) => {
      await before(trx);
      const plan = await prevoir(by, liste, trx);
      if (plan.empreinte !== empreinte) throw changed();
      const done: CompteImporte[] = [];
      for (const { ligne, action, compte } of plan.lignes) {
        const secret = secrets[done.length];
        if (action !== 'ajouter' || !secret) continue;
        const now = timestamp(clock);
        const passwordHash = secret.hash;
        const id = await repo.insert(trx, { ...compte, doitChangerMotDePasse: true, passwordHash }, now);
        await journal.record(trx, actor, {
          action: 'utilisateur.ajout',
          compteId: id,
          details: { compte: compte.username, role: compte.role, departement: compte.departementId },
        });
        const { username, nomComplet, email } = compte;
        done.push({ id, ligne, username, nomComplet, email, motDePasse: secret.plain });
      }
      await journal.record(trx, actor, {
        action: 'utilisateur.import',
        details: { nombre: done.length, lignes: plan.lignes.length },
      });
      return done;
    });
  }

  const lire = async (actor: Actor, nom: string, source: Readable | Uint8Array): Promise<ListeImport> => {
    const options = { nom, lang: actor.lang, maxLignes: IMPORT_LIGNES, maxOctets: IMPORT_OCTETS };
    const table = await readTable(atelier, source, options);
    return lireListe(actor.lang, nom, table, (await parametres.get()).appellationDepartement);
  };

  async function waiting(actor: UserActor, id: string): Promise<ListeImport> {
    const after = new Date(clock.now().getTime() - ATTENTE_MS).toISOString();
    const liste = await store.find(id, actor.userId, after);
    if (!liste) throw notFound(utilisateursTexts(actor.lang).importPerdu);
    return liste;
  }

  return {
    /**
     * Reads a list and says what each line would do. Nothing is added; the list waits two hours, sealed.
     *
     * @returns `id` names the list for {@link confirmerImport}
     * @throws AppError forbidden; invalid, too-large, unavailable (field `fichier`)
     */
    async preparerImport(
      actor: UserActor,
      fichier: { nom: string; source: Readable | Uint8Array },
    ): Promise<{ id: string; plan: PlanImport }> {
      regles.mayEnter(actor);
      const liste = await lire(actor, fichier.nom, fichier.source);
      const plan = await prevoir(actor, liste);
      const id = randomToken(18);
      const now = clock.now();
      const before = new Date(now.getTime() - ATTENTE_MS).toISOString();
      await database.transaction((trx) =>
        store.keep(trx, id, actor.userId, liste, now.toISOString(), before),
      );
      return { id, plan };
    },

    /** What a waiting list would do now. @throws AppError forbidden, not-found */
    async revoirImport(actor: UserActor, id: string): Promise<PlanImport> {
      regles.mayEnter(actor);
      return prevoir(actor, await waiting(actor, id));
    },

    /**
     * Adds the accounts of a waiting list, in one transaction; lines with errors and people who are there already are
     * left out, as the plan said.
     *
     * @param empreinte of the plan that was seen
     * @returns the accounts with their passwords of one use, which are kept nowhere
     * @throws AppError forbidden; not-found; conflict `IMPORT_CHANGED`; invalid when there is nobody to add
     */
    async confirmerImport(actor: UserActor, id: string, empreinte: string): Promise<CompteImporte[]> {
      regles.mayEnter(actor);
      const liste = await waiting(actor, id);
      return appliquer(actor, liste, empreinte, async (trx) => {
        if (await store.take(trx, id, actor.userId)) return;
        throw notFound(utilisateursTexts(actor.lang).importPerdu);
      });
    },

    /**
     * Reads a list and, unless it is a dry run, adds its accounts: for the command line.
     *
     * @param options `partiel`: adds what is right of a list with errors
     * @returns the plan, and the accounts that were added
     * @throws AppError as above
     */
    async importerListe(
      actor: Actor,
      fichier: { nom: string; source: Readable | Uint8Array },
      options: { essai: boolean; partiel: boolean },
    ): Promise<{ plan: PlanImport; comptes: CompteImporte[] }> {
      regles.mayEnter(actor);
      const liste = await lire(actor, fichier.nom, fichier.source);
      const plan = await prevoir(actor, liste);
      const stop = options.essai || plan.ajouts === 0 || (plan.erreurs > 0 && !options.partiel);
      return { plan, comptes: stop ? [] : await appliquer(actor, liste, plan.empreinte) };
    },
  };
}
