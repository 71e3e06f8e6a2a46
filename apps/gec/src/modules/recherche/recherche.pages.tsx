import { AppError, can, dayOf, invalid, type Clock } from '@gec/core';
import { csrfToken, sendHtml, wantsFragment, wantsJson } from '@gec/http';
import { renderFragment } from '@gec/ui';
import type { FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { avecErreurs, presentListe } from './recherche.presenter.ts';
import { parseFilters, type Lecture, type Liste } from './recherche.schema.ts';
import type { RechercheService } from './recherche.service.ts';
import { FRAGMENT, titreDe, type ListeProps } from './recherche.resultats.views.tsx';
import { Fragment, PageListe } from './recherche.views.tsx';

/** What the list is made from. */
export interface RechercheRoutesDeps {
  recherche: RechercheService;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants' | 'urgences'>;
  parametres: Pick<ParametresService, 'get'>;
  clock: Clock;
}

/** Reads the address, and the letters when nothing is wrong with it. What only listing tells joins the errors. */
async function consulter(
  { recherche, referentiels }: RechercheRoutesDeps,
  request: FastifyRequest,
): Promise<{ lecture: Lecture; liste: Liste | null }> {
  const [statuts, types, urgences] = await Promise.all([
    referentiels.statuts(),
    referentiels.typesSortants(),
    referentiels.urgences(),
  ]);
  const lecture = parseFilters(request.query as Record<string, unknown>, {
    lang: request.lang,
    statuts: statuts.map(({ nom }) => nom),
    typesSortants: types.map(({ id }) => id),
    urgences: urgences.map(({ id }) => id),
  });
  if (lecture.errors.length > 0) return { lecture, liste: null };
  try {
    const { filters, pagination } = lecture;
    return { lecture, liste: await recherche.list(personOf(request), filters, pagination) };
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'invalid') throw error;
    return { lecture: avecErreurs(lecture, error.fields), liste: null };
  }
}

async function propsDe(
  deps: RechercheRoutesDeps,
  request: FastifyRequest,
  found: { lecture: Lecture; liste: Liste | null },
): Promise<ListeProps> {
  const { referentiels, parametres, clock } = deps;
  const actor = personOf(request);
  const [statuts, types, urgences, settings] = await Promise.all([
    referentiels.statuts(),
    referentiels.typesSortants(),
    referentiels.urgences(),
    parametres.get(),
  ]);
  const { statut, typeCourrierSortantId, urgenceId } = found.lecture.filters;
  return {
    ...found,
    // What is out of use is offered only where it is in force.
    choix: {
      statuts: statuts
        .filter(({ actif, nom }) => actif || nom === statut)
        .map(({ nom, libelle }) => ({ value: nom, label: libelle })),
      types: types
        .filter(({ actif, id }) => actif || id === typeCourrierSortantId)
        .map(({ id, nom }) => ({ value: String(id), label: nom })),
      urgences: urgences
        .filter(({ actif, id }) => actif || id === urgenceId)
        .map(({ id, nom }) => ({ value: String(id), label: nom })),
    },
    mots: {
      statuts: new Map(statuts.map(({ nom, libelle }) => [nom, libelle])),
      types: new Map(types.map(({ id, nom }) => [id, nom])),
      urgences: new Map(urgences.map(({ id, nom }) => [id, nom])),
      titreResponsable: settings.titreResponsable,
    },
    couleurs: new Map(statuts.map(({ nom, couleur }) => [nom, couleur])),
    fuseau: settings.fuseauHoraire,
    aujourdhui: dayOf(clock.now(), settings.fuseauHoraire),
    maintenant: clock.now(),
    finals: new Set(statuts.filter(({ final }) => final).map(({ nom }) => nom)),
    csrfToken: csrfToken(request),
    peutEnregistrer: can(actor, 'register_mail'),
    peutExporter: can(actor, 'export_courriers'),
  };
}

/** Registers the list of letters at the specification's address. */
export function registerRecherchePages(app: App, deps: RechercheRoutesDeps): void {
  app.get(
    '/view_mail',
    { config: { permission: 'session' }, schema: { hide: true } },
    async (request, reply) => {
      const found = await consulter(deps, request);
      const { lecture, liste } = found;
      if (wantsJson(request)) {
        if (liste === null) throw invalid(lecture.errors);
        return reply.send(presentListe(liste));
      }
      const status = liste === null ? 400 : 200;
      const props = await propsDe(deps, request, found);
      if (wantsFragment(request) === FRAGMENT) {
        return sendHtml(reply, renderFragment(<Fragment {...props} />, request.lang), status);
      }
      const { typeCourrier, search } = lecture.filters;
      return renderPage(request, reply, {
        title: titreDe(lecture, request.lang),
        active: typeCourrier === null ? 'recherche' : typeCourrier === 'ENTRANT' ? 'arrivees' : 'departs',
        children: <PageListe {...props} />,
        status,
        wide: true,
        search: lecture.saisie['search'] ?? search ?? undefined,
        searchFragment: FRAGMENT,
      });
    },
  );
}
