import type { AppError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../http/app.ts';
import type { PageLue } from '../../../http/liste.ts';
import { colonneTexte, FORMATS_TABLE } from '../../../tableur/write-table.ts';
import { champsShape, isTold, registerImport, sendImports, type Champs } from '../imports.actions.ts';
import { premierePage, type ImportListe, type TriImports } from '../imports.liste.ts';
import { registerListeImports, type ListeImportsDeps } from '../imports.liste.pages.ts';
import { PAR_PAGE, ReprisePage } from './reprise.detail.views.tsx';
import { lireDemande, lireReglages, recevoirSource, saisieDe } from './reprise.formulaire.ts';
import { presentTravail } from './reprise.presenter.ts';
import { NATURES } from './reprise.schema.ts';
import { repriseTexts } from './reprise.texts.ts';
import { motDeLaTable, travauxTexts } from './reprise.travaux.texts.ts';
import type { TravauxService } from './reprise.travaux.ts';
import { PAGE, ReprisesPage, type Refusee } from './reprise.views.tsx';

/** What the pages of takeovers are made from. */
export interface ReprisesPagesDeps extends ListeImportsDeps {
  travaux: TravauxService;
}

const config = { permission: 'import_courriers' } as const;
/** What does not exist counts as not said. */
const vueShape = z.object({
  nature: z.enum(NATURES).nullable().catch(null).default(null),
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
  format: z.enum(FORMATS_TABLE).catch('csv').default('csv'),
});

/** `/admin/import/legacy`: an installation of the older program, rehearsed, then taken over. */
export function registerReprisesPages(app: App, deps: ReprisesPagesDeps): void {
  const { travaux } = deps;
  const schema = { hide: true } as const;

  async function showList(
    request: FastifyRequest,
    reply: FastifyReply,
    page?: PageLue<ImportListe, TriImports>,
    refus?: AppError,
    refusee?: Refusee,
  ) {
    const { lang } = request;
    const actor = actorOf(request);
    const liste = page ?? premierePage(await travaux.list(actor));
    return sendImports(request, reply, {
      title: travauxTexts(lang).titre,
      refus,
      children: (
        <ReprisesPage
          lang={lang}
          csrfToken={csrfToken(request)}
          fuseau={(await deps.parametres.get()).fuseauHoraire}
          contenu={await travaux.contenu(actor)}
          liste={liste}
          refusee={refusee}
        />
      ),
    });
  }

  async function showOne(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    refus?: AppError,
    refusee?: Refusee,
  ) {
    const { lang } = request;
    const actor = actorOf(request);
    const { nature, page } = vueShape.parse(request.query);
    return sendImports(request, reply, {
      title: travauxTexts(lang).titre,
      refus,
      children: (
        <ReprisePage
          lang={lang}
          csrfToken={csrfToken(request)}
          one={await travaux.get(actor, id)}
          contenu={await travaux.contenu(actor)}
          remarques={await travaux.remarques(actor, id, nature, { numero: page, taille: PAR_PAGE })}
          nature={nature}
          page={page}
          refusee={refusee}
          erreur={refus && (refus.fields.length === 0 ? refus.message : undefined)}
        />
      ),
    });
  }

  const refuseeDe = (formulaire: Refusee['formulaire'], champs: Champs, error: AppError): Refusee => ({
    formulaire,
    saisie: saisieDe(champs),
    errors: error.fields,
  });

  registerListeImports(app, PAGE, deps, {
    mots: travauxTexts,
    list: (actor, limit) => travaux.list(actor, limit),
    present: (rows) => ({ reprises: rows.map(presentTravail) }),
    show: showList,
  });

  app.post(PAGE, { config: { ...config, csrf: 'manual' }, schema }, async (request, reply) => {
    const champs: Record<string, string> = {};
    try {
      const { id } = await recevoirSource(request, travaux, champs);
      return redirectAfterPost(reply, `${PAGE}/${id}`);
    } catch (error) {
      if (!isTold(error, request)) throw error;
      return showList(request, reply, undefined, error, refuseeDe('envoi', champs, error));
    }
  });

  app.post(
    `${PAGE}/serveur`,
    { config, schema: { ...schema, body: champsShape } },
    async (request, reply) => {
      const champs = request.body;
      try {
        const demande = lireDemande(champs, request.lang);
        const { id } = await travaux.depuisServeur(actorOf(request), demande);
        return redirectAfterPost(reply, `${PAGE}/${id}`);
      } catch (error) {
        if (!isTold(error, request)) throw error;
        return showList(request, reply, undefined, error, refuseeDe('serveur', champs, error));
      }
    },
  );

  registerImport(app, PAGE, {
    atelier: deps.atelier,
    present: async (request, id) => presentTravail(await travaux.get(actorOf(request), id)),
    show: (request, reply, id, refus) =>
      showOne(request, reply, id, refus?.error, refus && refuseeDe('choix', refus.champs, refus.error)),
    async rapport(request, id) {
      const { lang } = request;
      const t = travauxTexts(lang);
      const words = repriseTexts(lang);
      const { nature, format } = vueShape.parse(request.query);
      const rows = await travaux.remarques(actorOf(request), id, nature);
      return {
        format,
        lang,
        nom: t.nomExport,
        colonnes: [t.colNature, t.colTable, t.colAncienId, t.colRepere, t.colDetail].map((label) =>
          colonneTexte(label, 24),
        ),
        lignes: rows.map((row) => [
          words[`nature_${row.nature}`],
          motDeLaTable(lang, row.table),
          row.ancienId === null ? '' : String(row.ancienId),
          row.repere,
          row.detail,
        ]),
      };
    },
    actions: {
      choix: async (request, id, champs) => {
        await travaux.choisir(actorOf(request), id, lireReglages(champs, request.lang));
        return travauxTexts(request.lang).simule;
      },
      lancer: async (request, id, champs) => {
        await travaux.lancer(actorOf(request), id, champs['malgre'] === 'oui');
        return travauxTexts(request.lang).lance;
      },
      annuler: async (request, id) => {
        await travaux.annuler(actorOf(request), id);
        return travauxTexts(request.lang).arretee;
      },
    },
  });
}
