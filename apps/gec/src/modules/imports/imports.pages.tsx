import type { AppError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import type { PageLue } from '../../http/liste.ts';
import { personOf } from '../../http/page.tsx';
import { colonneTexte } from '../../tableur/write-table.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { isTold, registerImport, sendImports } from './imports.actions.ts';
import { lireChoix } from './imports.forms.ts';
import { lireDepot } from './imports.http.ts';
import { premierePage, type ImportListe, type TriImports } from './imports.liste.ts';
import { registerListeImports, type ListeImportsDeps } from './imports.liste.pages.ts';
import { presentImport } from './imports.presenter.ts';
import type { ImportsService } from './imports.service.ts';
import { importsTexts, motDuMotif } from './imports.texts.ts';
import { ImportPage, ImportsPage } from './imports.views.tsx';

/** What the pages of imports are made from. */
export interface ImportsPagesDeps extends ListeImportsDeps {
  imports: ImportsService;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants'>;
  departements: Pick<DepartementsService, 'list'>;
}

const PAGE = '/admin/import';
const config = { permission: 'import_courriers' } as const;
/** Lines that the page shows with what is wrong with them. */
const MONTREES = 100;

/** `/admin/import`: sending a file, seeing what it would do, deciding, taking the letters over. */
export function registerImportsPages(app: App, deps: ImportsPagesDeps): void {
  const { imports } = deps;
  const schema = { hide: true } as const;

  async function showList(
    request: FastifyRequest,
    reply: FastifyReply,
    page?: PageLue<ImportListe, TriImports>,
    refus?: AppError,
  ) {
    const { lang } = request;
    const liste = page ?? premierePage(await imports.list(actorOf(request)));
    return sendImports(request, reply, {
      title: importsTexts(lang).titre,
      refus,
      children: (
        <ImportsPage
          lang={lang}
          csrfToken={csrfToken(request)}
          fuseau={(await deps.parametres.get()).fuseauHoraire}
          liste={liste}
          ancienne={personOf(request).role === 'super_admin'}
          erreur={refus?.fields[0]?.message ?? refus?.message}
        />
      ),
    });
  }

  async function showOne(request: FastifyRequest, reply: FastifyReply, id: string, refus?: AppError) {
    const { lang } = request;
    const actor = actorOf(request);
    const one = await imports.get(actor, id);
    const [statuts, types, departements] = await Promise.all([
      deps.referentiels.statuts(),
      deps.referentiels.typesSortants(),
      deps.departements.list(),
    ]);
    return sendImports(request, reply, {
      title: importsTexts(lang).titre,
      refus,
      children: (
        <ImportPage
          lang={lang}
          csrfToken={csrfToken(request)}
          one={one}
          ecartees={await imports.rapport(actor, id, { etat: 'conflit', limit: MONTREES })}
          options={{
            utilisateurs: (await imports.comptes(actor)).map(({ id: value, username }) => ({
              value: String(value),
              label: username,
            })),
            statuts: statuts.map(({ nom, libelle }) => ({ value: nom, label: libelle })),
            types: types.map(({ id: value, nom }) => ({ value: String(value), label: nom })),
            departements: departements.map(({ id: value, nom }) => ({ value: String(value), label: nom })),
          }}
          erreur={refus?.fields[0]?.message ?? refus?.message}
        />
      ),
    });
  }

  registerListeImports(app, PAGE, deps, {
    mots: importsTexts,
    list: (actor, limit) => imports.list(actor, limit),
    present: (rows) => ({ imports: rows.map(presentImport) }),
    show: showList,
  });

  app.post(PAGE, { config: { ...config, csrf: 'manual' }, schema }, async (request, reply) => {
    try {
      const { id } = await lireDepot(request, imports);
      return redirectAfterPost(reply, `${PAGE}/${id}`);
    } catch (error) {
      if (!isTold(error, request)) throw error;
      return showList(request, reply, undefined, error);
    }
  });

  registerImport(app, PAGE, {
    atelier: deps.atelier,
    present: async (request, id) => presentImport(await imports.get(actorOf(request), id)),
    show: (request, reply, id, refus) => showOne(request, reply, id, refus?.error),
    async rapport(request, id) {
      const { lang } = request;
      const t = importsTexts(lang);
      const rows = await imports.rapport(actorOf(request), id);
      return {
        format: 'csv',
        lang,
        nom: t.fichierRapport,
        colonnes: [t.colLigne, t.colNumero, t.colEtat, t.colRaison].map((label) => colonneTexte(label, 20)),
        lignes: rows.map(({ rang, numero, etat, motif, detail }) => [
          rang,
          numero,
          t[`ligne_${etat}`],
          motif === null && detail === numero ? '' : motDuMotif(lang, motif, detail),
        ]),
      };
    },
    actions: {
      choix: async (request, id, champs) => {
        const actor = actorOf(request);
        await imports.choisir(actor, id, lireChoix(champs, (await imports.get(actor, id)).plan));
        return importsTexts(request.lang).verifie;
      },
      lancer: async (request, id) => {
        await imports.lancer(actorOf(request), id);
        return importsTexts(request.lang).lance;
      },
      annuler: async (request, id) => {
        await imports.annuler(actorOf(request), id);
        return importsTexts(request.lang).arrete;
      },
    },
  });
}
