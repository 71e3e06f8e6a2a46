import { AppError, can, fill, reconcile, type FieldError } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { answerButton } from '../../http/bouton.ts';
import { listeQuery } from '../../http/liste.ts';
import { answerList } from '../../http/liste.reponse.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { sousArbre } from './departements.arbre.ts';
import {
  AjoutDepartementView,
  DepartementView,
  type ChoixDepartement,
  type EtatForm,
} from './departements.fiche.views.tsx';
import {
  activationForm,
  departementForm,
  idParams,
  readAvant,
  readForm,
  suppressionForm,
  TRIS_DEPARTEMENTS,
  valeursDe,
  versionDe,
  type ValeursForm,
} from './departements.forms.ts';
import { DepartementListView } from './departements.liste.views.tsx';
import {
  choisirDepartements,
  presentDepartementGere,
  tableauDepartements,
} from './departements.presenter.ts';
import type { DepartementGere } from './departements.schema.ts';
import type { DepartementsService } from './departements.service.ts';
import { departementsTexts, motsDepartement } from './departements.texts.ts';

/** What the pages of departments need. */
export interface DepartementsPagesServices {
  readonly departements: DepartementsService;
  readonly parametres: Pick<ParametresService, 'get'>;
  readonly utilisateurs: Pick<UtilisateursService, 'transmissible'>;
  readonly atelier: Pick<Atelier, 'document'>;
}

const LIST = '/admin/departements';
const config = { permission: 'manage_departments' } as const;
const VIDE: ValeursForm = { code: '', nom: '', description: '', parentId: '', chefId: '' };

/** Registers the pages of departments: the tree, adding, and one department with what can be done to it. */
export function registerDepartementsPages(app: App, services: DepartementsPagesServices): void {
  const { departements, parametres, utilisateurs, atelier } = services;

  async function motsOf(request: FastifyRequest) {
    return motsDepartement(request.lang, (await parametres.get()).appellationDepartement);
  }

  /** Between what the form of a department chooses: what it is now stays among the choices. */
  async function choixPour(
    request: FastifyRequest,
    arbre: readonly DepartementGere[],
    departement: DepartementGere | null,
  ): Promise<ChoixDepartement> {
    const person = personOf(request);
    const dessous = new Set(departement === null ? [] : sousArbre(arbre, [departement.id]));
    const autres = await utilisateurs.transmissible(person);
    const chefs = [
      { id: person.userId, nomComplet: person.nomComplet, departement: null },
      ...autres.map(({ id, nomComplet, departement: nom }) => ({ id, nomComplet, departement: nom })),
    ].sort((a, b) => a.nomComplet.localeCompare(b.nomComplet, 'fr'));
    const chef = departement?.chefId ?? null;
    if (chef !== null && !chefs.some(({ id }) => id === chef)) {
      chefs.push({ id: chef, nomComplet: departement?.chefNom ?? '', departement: null });
    }
    return {
      parents: arbre.filter(({ id, actif }) => !dessous.has(id) && (actif || id === departement?.parentId)),
      chefs,
    };
  }

  async function showAdd(
    request: FastifyRequest,
    reply: FastifyReply,
    valeurs: ValeursForm,
    refused: { errors: readonly FieldError[]; status?: number } = { errors: [] },
  ): Promise<FastifyReply> {
    const arbre = await departements.arbre(personOf(request));
    const form: EtatForm = { valeurs, avant: VIDE, version: 0, errors: refused.errors, conflits: null };
    return renderPage(request, reply, {
      title: fill(departementsTexts(request.lang).ajouterTitre, await motsOf(request)),
      active: 'departements',
      status: refused.status,
      children: (
        <AjoutDepartementView
          csrfToken={csrfToken(request)}
          form={form}
          choix={await choixPour(request, arbre, null)}
        />
      ),
    });
  }

  async function showOne(
    request: FastifyRequest,
    reply: FastifyReply,
    departement: DepartementGere,
    form: Partial<EtatForm> & { status?: number } = {},
  ): Promise<FastifyReply> {
    const person = personOf(request);
    const arbre = await departements.arbre(person);
    const actuel = valeursDe(departement);
    const { status, ...etat } = form;
    return renderPage(request, reply, {
      title: departement.nom,
      active: 'departements',
      status,
      children: (
        <DepartementView
          csrfToken={csrfToken(request)}
          departement={departement}
          enfants={arbre.filter(({ parentId }) => parentId === departement.id)}
          form={{
            valeurs: actuel,
            avant: actuel,
            version: departement.version,
            errors: [],
            conflits: null,
            ...etat,
          }}
          choix={await choixPour(request, arbre, departement)}
          voitPersonnes={can(person, 'manage_users')}
        />
      ),
    });
  }

  app.get(LIST, { config, schema: { hide: true, querystring: listeQuery } }, async (request, reply) => {
    const t = departementsTexts(request.lang);
    const { Departements: title } = await motsOf(request);
    return answerList(request, reply, {
      query: request.query,
      atelier,
      tris: TRIS_DEPARTEMENTS,
      filtreInconnu: t.filtreInconnu,
      nom: title,
      find: async (lue) => choisirDepartements(await departements.arbre(personOf(request)), lue),
      table: (rows) => tableauDepartements(t, rows),
      present: (rows) => ({ departements: rows.map(presentDepartementGere) }),
      show: (page) =>
        renderPage(request, reply, {
          title,
          active: 'departements',
          children: <DepartementListView {...page} />,
        }),
    });
  });

  app.get(`${LIST}/nouveau`, { config, schema: { hide: true } }, (request, reply) =>
    showAdd(request, reply, VIDE),
  );

  app.post(LIST, { config, schema: { hide: true, body: departementForm } }, async (request, reply) => {
    try {
      const made = await departements.add(personOf(request), readForm(request.lang, request.body));
      if (wantsJson(request)) return await reply.code(201).send({ id: made.id });
      const text = fill(departementsTexts(request.lang).ajoute, { nom: made.nom });
      setFlash(reply, { tone: 'success', text });
      return redirectAfterPost(reply, LIST);
    } catch (error) {
      if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
      const { status } = describeError(error, request);
      return showAdd(request, reply, request.body, { errors: error.fields, status });
    }
  });

  app.get(`${LIST}/:id`, { config, schema: { hide: true, params: idParams } }, async (request, reply) => {
    const departement = await departements.find(personOf(request), request.params.id);
    if (wantsJson(request)) return reply.send(presentDepartementGere(departement));
    return showOne(request, reply, departement);
  });

  app.post(
    `${LIST}/:id`,
    { config, schema: { hide: true, params: idParams, body: departementForm } },
    async (request, reply) => {
      const { id } = request.params;
      const person = personOf(request);
      const t = departementsTexts(request.lang);
      try {
        const input = readForm(request.lang, request.body);
        const champs = await departements.edit(person, id, input, versionDe(request.body.version));
        const departement = await departements.find(person, id);
        if (wantsJson(request)) return await reply.send(presentDepartementGere(departement));
        setFlash(
          reply,
          champs.length > 0
            ? { tone: 'success', text: fill(t.modifie, { nom: departement.nom }) }
            : { tone: 'info', text: t.modifieRien },
        );
        return redirectAfterPost(reply, `${LIST}/${id}`);
      } catch (error) {
        if (!(error instanceof AppError) || wantsJson(request)) throw error;
        const departement = await departements.find(person, id);
        const actuel = valeursDe(departement);
        const avant = readAvant(request.body.avant, actuel);
        if (error.code === 'VERSION_CONFLICT') {
          const { valeurs, conflits } = reconcile<keyof ValeursForm>(avant, request.body, actuel);
          return showOne(request, reply, departement, { valeurs, conflits, status: 409 });
        }
        if (error.fields.length === 0) throw error;
        // The version of the form stays: what somebody else saved meanwhile must still be noticed.
        return showOne(request, reply, departement, {
          valeurs: request.body,
          avant,
          version: versionDe(request.body.version),
          errors: error.fields,
          status: describeError(error, request).status,
        });
      }
    },
  );

  /** Answers a button: where it leads with a word of what was done, or back to the department with why not. */
  async function press(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    work: (departement: DepartementGere) => Promise<{ text: string; to: string }>,
  ): Promise<FastifyReply> {
    const departement = await departements.find(personOf(request), id);
    return answerButton(request, reply, `${LIST}/${id}`, () => work(departement));
  }

  app.post(
    `${LIST}/:id/activation`,
    { config, schema: { hide: true, params: idParams, body: activationForm } },
    (request, reply) =>
      press(request, reply, request.params.id, async ({ id, nom }) => {
        const t = departementsTexts(request.lang);
        const actif = request.body.actif === 'oui';
        await departements.setActive(personOf(request), id, actif, versionDe(request.body.version));
        return { text: fill(actif ? t.estActive : t.estDesactive, { nom }), to: `${LIST}/${id}` };
      }),
  );

  app.post(
    `${LIST}/:id/suppression`,
    { config, schema: { hide: true, params: idParams, body: suppressionForm } },
    (request, reply) =>
      press(request, reply, request.params.id, async ({ id, nom }) => {
        await departements.remove(personOf(request), id, versionDe(request.body.version));
        return { text: fill(departementsTexts(request.lang).supprime, { nom }), to: LIST };
      }),
  );
}
