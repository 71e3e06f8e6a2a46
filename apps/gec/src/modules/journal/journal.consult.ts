import { invalid, type FieldError, type UserActor } from '@gec/core';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { parseJournalQuery, type JournalQuery } from './journal.forms.ts';
import { nomsDuJournal, type NomsDuJournalDeps } from './journal.noms.ts';
import type { JournalNames } from './journal.presenter.ts';
import type { JournalService } from './journal.service.ts';

/** What looking into the journal needs. */
export interface JournalRoutesServices extends NomsDuJournalDeps {
  readonly journal: JournalService;
  readonly courriers: Pick<CourriersService, 'ouvrables'>;
  readonly utilisateurs: Pick<UtilisateursService, 'journalises' | 'names'>;
  readonly parametres: Pick<ParametresService, 'get'>;
}

/**
 * Reads a page of the journal as an address asks for it, with the names to write it in words, and notes that it was
 * read.
 *
 * @param strict throws for a value that is not understood, where the page shows it beside its filter
 * @throws AppError forbidden without `view_logs`; invalid when `strict`
 */
export async function consult(
  services: JournalRoutesServices,
  actor: UserActor,
  query: JournalQuery,
  options: { size: number; strict: boolean },
) {
  const { journal, utilisateurs, parametres } = services;
  const personnes = await utilisateurs.journalises(actor);
  const timeZone = (await parametres.get()).fuseauHoraire;
  const users = new Set(personnes.map(({ id }) => id));
  const { filters, before, ordre, errors } = parseJournalQuery(actor.lang, query, { users, timeZone });
  if (options.strict && errors.length > 0) throw invalid(errors as FieldError[]);
  const page = await journal.list(actor, filters, { size: options.size, before, ordre });
  if (before === undefined) await journal.recordConsultation(actor, filters);
  const ids = page.lignes.flatMap(({ utilisateurId }) => utilisateurId ?? []);
  const names: JournalNames = {
    personnes: await utilisateurs.names(ids),
    ...(await nomsDuJournal(services)),
  };
  return { ...page, ordre, errors, personnes, names, timeZone };
}
