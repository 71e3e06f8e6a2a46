import {
  can,
  conflict,
  forbidden,
  formatDateTime,
  formatDay,
  invalid,
  notFound,
  timestamp,
  dayOf,
  addDays,
  LANGS,
  type Actor,
  type Lang,
} from '@gec/core';
import { createVersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { modeleParDefaut, verifierModele } from './courriels.rendu.ts';
import type { CourrielsRepo, ModeleLu } from './courriels.repo.ts';
import {
  EVENEMENTS_COURRIEL,
  VARIABLES,
  type EvenementCourriel,
  type Modele,
  type ModeleCourriel,
  type ValeursCourriel,
} from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';

/** What the templates need. */
export interface ModelesDeps extends Pick<Base, 'database' | 'clock'> {
  repo: CourrielsRepo;
  journal: Pick<JournalService, 'record'>;
}

/** Where the page of an event is, for the sample values. */
const PLACES: Readonly<Partial<Record<EvenementCourriel, string>>> = {
  premier_mot_de_passe: '/login',
  reinitialisation: '/login',
  alerte_securite: '/admin/logs',
  sauvegarde_echouee: '/admin/sante',
};

/** The templates of messages: the program's own, and what an administrator made of them. */
export function createModeles({ database, clock, repo, journal }: ModelesDeps) {
  const cache = createVersionedCache({
    database,
    name: 'courriels.modeles',
    load: async (via) =>
      new Map((await repo.modeles(via)).map((one) => [`${one.evenement} ${one.langue}`, one])),
  });

  function of(
    changed: ReadonlyMap<string, ModeleLu>,
    evenement: EvenementCourriel,
    langue: Lang,
  ): ModeleCourriel {
    const found = changed.get(`${evenement} ${langue}`);
    if (found) return { ...found, evenement };
    return { evenement, langue, ...modeleParDefaut(evenement, langue), version: 0, parId: null, le: null };
  }

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_email_templates')) throw forbidden(courrielsTexts(actor.lang).refuse);
  }

  async function change(
    actor: Actor,
    place: { evenement: EvenementCourriel; langue: Lang; version: number },
    work: (trx: Trx) => Promise<void>,
    retour: boolean,
  ): Promise<void> {
    try {
      await database.transaction(async (trx) => {
        await cache.bump(trx);
        const kept = of(await cache.get(trx), place.evenement, place.langue);
        if (kept.version !== place.version) {
          throw conflict('VERSION_CONFLICT', courrielsTexts(actor.lang).versionPerimee);
        }
        await work(trx);
        await journal.record(trx, actor, {
          action: 'courriels.modele',
          details: { evenement: place.evenement, langue: place.langue, par_defaut: retour },
        });
      });
    } finally {
      cache.invalidate();
    }
  }

  return {
    /** The template that a message is made from. */
    async modeleDe(evenement: EvenementCourriel, langue: Lang): Promise<Modele> {
      return of(await cache.get(), evenement, langue);
    },

    /** Every template, event by event. @throws AppError forbidden */
    async modeles(actor: Actor): Promise<ModeleCourriel[]> {
      mayManage(actor);
      const changed = await cache.get();
      return EVENEMENTS_COURRIEL.flatMap((evenement) =>
        LANGS.map((langue) => of(changed, evenement, langue)),
      );
    },

    /** One template. @throws AppError forbidden; not-found for an event or language that does not exist */
    async modele(actor: Actor, evenement: string, langue: string): Promise<ModeleCourriel> {
      mayManage(actor);
      const event = EVENEMENTS_COURRIEL.find((known) => known === evenement);
      const lang = LANGS.find((known) => known === langue);
      if (!event || !lang) throw notFound(courrielsTexts(actor.lang).modeleInconnu);
      cache.invalidate();
      return of(await cache.get(), event, lang);
    },

    /**
     * Keeps a template.
     *
     * @param version the one that was shown; another one meanwhile is a conflict
     * @throws AppError forbidden; not-found; invalid (`sujet`, `texte`, `html`); conflict `VERSION_CONFLICT`
     */
    async enregistrerModele(
      actor: Actor,
      place: { evenement: string; langue: string; version: number },
      modele: Modele,
    ): Promise<ModeleCourriel> {
      const { evenement, langue } = await this.modele(actor, place.evenement, place.langue);
      const errors = verifierModele(actor.lang, evenement, modele);
      if (errors.length > 0) throw invalid(errors);
      const version = place.version + 1;
      const parId = actor.kind === 'user' ? actor.userId : null;
      const line = { ...modele, evenement, langue, version, parId, le: timestamp(clock) };
      await change(
        actor,
        { evenement, langue, version: place.version },
        (trx) => repo.putModele(trx, line),
        false,
      );
      return this.modele(actor, evenement, langue);
    },

    /** Takes the program's own template up again. @throws AppError forbidden, not-found, conflict */
    async revenirModele(
      actor: Actor,
      place: { evenement: string; langue: string; version: number },
    ): Promise<ModeleCourriel> {
      const { evenement, langue } = await this.modele(actor, place.evenement, place.langue);
      await change(
        actor,
        { evenement, langue, version: place.version },
        async (trx) => void (await repo.removeModele(trx, evenement, langue)),
        true,
      );
      return this.modele(actor, evenement, langue);
    },

    /** Values to try a template with. @param adresse makes the address of a page from its path */
    exemple(
      evenement: EvenementCourriel,
      langue: Lang,
      adresse: (chemin: string) => string,
      timeZone: string,
    ): ValeursCourriel {
      const t = courrielsTexts(langue);
      const now = clock.now();
      const values: Record<string, string> = {
        destinataire: t.exemple_destinataire,
        lien: adresse(PLACES[evenement] ?? '/mail/1'),
        identifiant: t.exemple_identifiant,
        mot_de_passe: t.exemple_mot_de_passe,
        numero: t.exemple_numero,
        auteur: t.exemple_auteur,
        objet: t.exemple_objet,
        instruction: t.exemple_instruction,
        genre: t.exemple_genre,
        echeance: formatDay(langue, addDays(dayOf(now, timeZone), 2)),
        date: formatDateTime(langue, now, timeZone),
        detail: t.exemple_detail,
      };
      return Object.fromEntries(VARIABLES[evenement].map((name) => [name, values[name] ?? '']));
    },
  };
}
