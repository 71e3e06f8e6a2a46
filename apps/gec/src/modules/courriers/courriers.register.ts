import {
  can,
  conflict,
  dayOf,
  fill,
  foldName,
  forbidden,
  invalid,
  type FieldError,
  type Lang,
  type UserActor,
} from '@gec/core';
import { echeanceDe } from '../referentiels/referentiels.policy.ts';
import { grant } from './courriers.acces.repo.ts';
import type { CourriersDeps, FaitsIndexes } from './courriers.deps.ts';
import type { HistoryRepo } from './courriers.history.repo.ts';
import { principalsOf } from './courriers.policy.ts';
import type { CourrierLu, CourriersRepo } from './courriers.repo.ts';
import { STATUT_INITIAL, type NouveauCourrier } from './courriers.schema.ts';
import { courriersTexts } from './courriers.texts.ts';
import { checkNouveau, cleanEntry, type ContexteSaisie } from './courriers.validation.ts';

/** Order of the register (`courrier.ordre`): by instant, and unique. */
export function ordreOf(instant: Date, id: number): number {
  return instant.getTime() * 1024 + (id % 1024);
}

/** What the search index holds of a letter. */
export function indexable(courrier: Omit<CourrierLu, 'transmis' | 'correspondantId'>): FaitsIndexes {
  return {
    id: courrier.id,
    ordre: courrier.ordre,
    typeCourrier: courrier.typeCourrier,
    statut: courrier.statut,
    departementId: courrier.departementId,
    utilisateurId: courrier.utilisateurId,
    typeCourrierSortantId: courrier.typeCourrierSortantId,
    urgenceId: courrier.urgenceId,
    secretaireGeneralCopie: courrier.secretaireGeneralCopie,
    dateEnregistrement: courrier.dateEnregistrement,
    isDeleted: courrier.isDeleted,
    words: {
      numero: courrier.numero,
      numeroReference: courrier.numeroReference,
      objet: courrier.objet,
      correspondant: courrier.correspondant,
      autresInformations: courrier.autresInformations,
    },
  };
}

/** What the rules of entry need to know of the installation now. */
export async function entryContext(deps: CourriersDeps, lang: Lang): Promise<ContexteSaisie> {
  const [settings, statuts, types, urgences] = await Promise.all([
    deps.parametres.get(),
    deps.referentiels.statuts(),
    deps.referentiels.typesSortants(),
    deps.referentiels.urgences(),
  ]);
  return {
    lang,
    aujourdhui: dayOf(deps.clock.now(), settings.fuseauHoraire),
    titreResponsable: settings.titreResponsable,
    statuts: new Set(statuts.filter((statut) => statut.actif).map((statut) => statut.nom)),
    typesSortants: new Set(types.filter((type) => type.actif).map((type) => type.id)),
    urgences: new Set(urgences.filter((one) => one.actif).map((one) => one.id)),
  };
}

/** Says what is wrong with an entry without registering it, so that a form can show all of it at once. */
export function createCheck(deps: CourriersDeps) {
  return async (actor: UserActor, input: NouveauCourrier): Promise<FieldError[]> =>
    checkNouveau(cleanEntry(input), await entryContext(deps, actor.lang));
}

/** Registration: the use case that everything else stands on. */
export function createRegister(deps: CourriersDeps, repo: CourriersRepo, history: HistoryRepo) {
  const { database, clock } = deps;

  /**
   * What an earlier request with the same word has registered, if it was this person's and said the same: a form that
   * is sent again with another letter in it must not be answered with the number of the first.
   */
  async function already(actor: UserActor, { envoi, objet, correspondant }: NouveauCourrier) {
    if (envoi === undefined) return null;
    const known = await repo.findByEnvoi(envoi);
    if (!known) return null;
    const t = courriersTexts(actor.lang);
    if (known.utilisateurId !== actor.userId) throw conflict('ENVOI_UTILISE', t.envoiPris);
    const same =
      foldName(known.objet) === foldName(objet) && foldName(known.correspondant) === foldName(correspondant);
    if (!same) throw conflict('ENVOI_UTILISE', fill(t.envoiUtilise, { numero: known.numero }));
    // The first request may still wait for the medium: its number is not told before it lasts.
    await database.settled();
    return { id: known.id, numero: known.numero };
  }

  /**
   * Registers a letter: number, facts, files, search index, access, journal, in one transaction.
   *
   * @returns the letter's id and number; the first answer again when the same `envoi` comes twice
   * @throws AppError forbidden without `register_mail`, invalid with the fields that are wrong
   */
  return async function register(
    actor: UserActor,
    input: NouveauCourrier,
  ): Promise<{ id: number; numero: string }> {
    const t = courriersTexts(actor.lang);
    if (!can(actor, 'register_mail')) throw forbidden(t.refusEnregistrer);
    const entry = cleanEntry(input);
    const known = await already(actor, entry);
    if (known) return known;

    const errors = checkNouveau(entry, await entryContext(deps, actor.lang));
    if (errors.length > 0) throw invalid(errors);
    const { fuseauHoraire } = await deps.parametres.get();
    const yearOf = (instant: Date) => dayOf(instant, fuseauHoraire).slice(0, 4);
    const urgence = (await deps.referentiels.urgences()).find(({ id }) => id === entry.urgenceId);
    const departement =
      actor.departementId === null ? null : await deps.departements.byId(actor.departementId);

    try {
      return await database.transaction(async (trx) => {
        const begun = clock.now();
        const id = await database.dialect.nextId(trx, 'courrier');
        const { numero } = await deps.registres.take(trx, actor, {
          flux: entry.typeCourrier,
          courrierId: id,
          codeDepartement: departement?.code ?? null,
          at: begun,
          manuel: entry.numeroManuel,
        });
        // Taken while the register is locked, so that numbers and instants have the same order; but a number of the
        // old year, taken at midnight, keeps the old year's instant.
        const locked = clock.now();
        const now = yearOf(locked) === yearOf(begun) ? locked : begun;
        const pieces = await deps.pieces.attach(trx, actor, id, entry.pieces);
        const first = pieces[0];
        if (!first) throw invalid([{ field: 'pieces', message: t.fichierRequis }]);
        const correspondantId = await deps.correspondants.learn(trx, actor, entry.correspondant);
        const arrivee = entry.typeCourrier === 'ENTRANT';
        const line = {
          id,
          ordre: ordreOf(now, id),
          numero,
          typeCourrier: entry.typeCourrier,
          objet: entry.objet,
          correspondant: entry.correspondant,
          numeroReference: entry.numeroReference || null,
          autresInformations: entry.autresInformations || null,
          dateRedaction: entry.dateRedaction || null,
          dateEnregistrement: now.toISOString(),
          statut: entry.statut ?? STATUT_INITIAL[entry.typeCourrier],
          fichierNom: first.nom,
          fichierChemin: first.chemin,
          fichierType: first.typeMime,
          utilisateurId: actor.userId,
          departementId: actor.departementId,
          correspondantId,
          secretaireGeneralCopie: entry.secretaireGeneralCopie ?? null,
          typeCourrierSortantId: arrivee ? null : (entry.typeCourrierSortantId ?? null),
          urgenceId: urgence?.id ?? null,
          echeance: urgence ? echeanceDe(urgence, now.toISOString(), fuseauHoraire) : null,
          nombrePieces: pieces.length,
          envoi: entry.envoi ?? null,
        };
        await repo.insert(trx, line);
        const keys = principalsOf(line);
        await grant(trx, line, keys);
        await deps.correspondants.grant(trx, keys, correspondantId);
        await deps.recherche.index(trx, indexable({ ...line, ...NOT_STORED }));
        await deps.journal.record(trx, actor, {
          action: 'courrier.enregistrement',
          courrierId: id,
          numero,
          details: { type: entry.typeCourrier, pieces: pieces.length },
        });
        await deps.notifications.enregistre(trx, actor, line);
        await history.clearDraft(trx, actor.userId, entry.typeCourrier);
        return { id, numero };
      });
    } catch (error) {
      // The same request twice at the same moment: the one that came second gives the answer of the first.
      const same = await already(actor, entry);
      if (same) return same;
      throw error;
    }
  };
}

/** What a letter just being registered cannot have yet. */
const NOT_STORED = {
  dateModificationStatut: null,
  typeCourrierSortant: null,
  urgence: null,
  departementNom: null,
  isDeleted: false,
  deletedAt: null,
  deletedById: null,
  version: 1,
} as const;
