import { AppError, fill, PERMISSIONS, reconcile, type FieldError, type Permission } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { answerButton } from '../../http/bouton.ts';
import { listeQuery } from '../../http/liste.ts';
import { answerList } from '../../http/liste.reponse.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import { motsDepartement } from '../departements/departements.texts.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { AjoutRoleView, RoleView, type EtatFormRole } from './roles.fiche.views.tsx';
import {
  activationForm,
  copieQuery,
  nomParams,
  readAvant,
  readForm,
  roleForm,
  suppressionForm,
  TRIS_ROLES,
  valeursDe,
  valeursSaisies,
  versionDe,
  type ChampRole,
  type ValeursRole,
} from './roles.forms.ts';
import { RoleListView } from './roles.liste.views.tsx';
import { choisirRoles, presentRoleGere, tableauRoles } from './roles.presenter.ts';
import { ROLES_D_ORIGINE } from './roles.schema.ts';
import type { RolesService } from './roles.service.ts';
import { rolesTexts } from './roles.texts.ts';

/** What the pages of roles need. */
export interface RolesPagesServices {
  readonly roles: RolesService;
  readonly parametres: Pick<ParametresService, 'get'>;
  readonly atelier: Pick<Atelier, 'document'>;
}

const LIST = '/admin/roles';
const config = { permission: 'manage_roles' } as const;
const VIDE: ValeursRole = { nom: '', libelle: '', description: '', couleur: '', permissions: '' };

/** Registers the pages of roles: list, making (also as a copy), and one role with what can be done to it. */
export function registerRolesPages(app: App, { roles, parametres, atelier }: RolesPagesServices): void {
  /** The permissions that the person has, hence may give. */
  const possibles = (request: FastifyRequest): ReadonlySet<Permission> => {
    const { permissions } = personOf(request);
    return new Set(PERMISSIONS.filter((permission) => permissions.has(permission)));
  };

  function showAdd(
    request: FastifyRequest,
    reply: FastifyReply,
    valeurs: ValeursRole,
    more: { copie?: string; errors?: readonly FieldError[]; status?: number } = {},
  ): Promise<FastifyReply> {
    const { copie = '', errors = [], status } = more;
    const form: EtatFormRole = { valeurs, avant: VIDE, version: 0, errors, conflits: null };
    return renderPage(request, reply, {
      title: rolesTexts(request.lang).ajouter,
      active: 'roles',
      status,
      children: (
        <AjoutRoleView
          csrfToken={csrfToken(request)}
          form={form}
          copie={copie}
          possibles={possibles(request)}
        />
      ),
    });
  }

  async function showOne(
    request: FastifyRequest,
    reply: FastifyReply,
    nom: string,
    form: Partial<EtatFormRole> & { status?: number } = {},
  ): Promise<FastifyReply> {
    const { titulaires, ...role } = await roles.gere(personOf(request), nom);
    const { status, ...etat } = form;
    const actuel = valeursDe(role);
    return renderPage(request, reply, {
      title: role.libelle,
      active: 'roles',
      status,
      children: (
        <RoleView
          csrfToken={csrfToken(request)}
          role={role}
          titulaires={titulaires}
          form={{
            valeurs: actuel,
            avant: actuel,
            version: role.version,
            errors: [],
            conflits: null,
            ...etat,
          }}
          possibles={possibles(request)}
          dOrigine={ROLES_D_ORIGINE.includes(nom)}
        />
      ),
    });
  }

  app.get(LIST, { config, schema: { hide: true, querystring: listeQuery } }, async (request, reply) => {
    const t = rolesTexts(request.lang);
    const mots = motsDepartement(request.lang, (await parametres.get()).appellationDepartement);
    return answerList(request, reply, {
      query: request.query,
      atelier,
      tris: TRIS_ROLES,
      filtreInconnu: t.filtreInconnu,
      nom: t.titre,
      find: async (lue) => choisirRoles(await roles.geres(personOf(request)), lue),
      table: (rows, lang) => tableauRoles(lang, mots, rows),
      present: (rows) => ({ roles: rows.map(presentRoleGere) }),
      show: (page) =>
        renderPage(request, reply, {
          title: t.titre,
          active: 'roles',
          children: <RoleListView {...page} />,
        }),
    });
  });

  app.get(
    `${LIST}/nouveau`,
    { config, schema: { hide: true, querystring: copieQuery } },
    async (request, reply) => {
      const { copie } = request.query;
      if (copie === '') return showAdd(request, reply, VIDE);
      const source = await roles.gere(personOf(request), copie);
      // Of what is copied, one gives what one has oneself.
      const permissions = new Set([...source.permissions].filter((un) => possibles(request).has(un)));
      const libelle = fill(rolesTexts(request.lang).copieDe, { nom: source.libelle });
      return showAdd(
        request,
        reply,
        { ...valeursDe({ ...source, permissions }), nom: '', libelle },
        { copie },
      );
    },
  );

  app.post(LIST, { config, schema: { hide: true, body: roleForm } }, async (request, reply) => {
    const { nom, copie } = request.body;
    try {
      const input = readForm(request.body);
      const made = await roles.add(personOf(request), { ...input, nom, copie });
      if (wantsJson(request)) return await reply.code(201).send({ nom: made });
      const text = fill(rolesTexts(request.lang).ajoute, { nom: input.libelle.trim() });
      setFlash(reply, { tone: 'success', text });
      return redirectAfterPost(reply, `${LIST}/${made}`);
    } catch (error) {
      if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
      const { status } = describeError(error, request);
      return showAdd(request, reply, valeursSaisies(request.body), { copie, errors: error.fields, status });
    }
  });

  app.get(`${LIST}/:nom`, { config, schema: { hide: true, params: nomParams } }, async (request, reply) => {
    const { nom } = request.params;
    if (wantsJson(request)) return reply.send(presentRoleGere(await roles.gere(personOf(request), nom)));
    return showOne(request, reply, nom);
  });

  app.post(
    `${LIST}/:nom`,
    { config, schema: { hide: true, params: nomParams, body: roleForm } },
    async (request, reply) => {
      const { nom } = request.params;
      const person = personOf(request);
      const t = rolesTexts(request.lang);
      const version = versionDe(request.body.version);
      try {
        const champs = await roles.edit(person, nom, readForm(request.body), version);
        const role = await roles.gere(person, nom);
        if (wantsJson(request)) return await reply.send(presentRoleGere(role));
        setFlash(
          reply,
          champs.length > 0
            ? { tone: 'success', text: fill(t.modifie, { nom: role.libelle }) }
            : { tone: 'info', text: t.modifieRien },
        );
        return redirectAfterPost(reply, `${LIST}/${nom}`);
      } catch (error) {
        if (!(error instanceof AppError) || wantsJson(request)) throw error;
        const saisie = valeursSaisies(request.body);
        const actuel = valeursDe(await roles.gere(person, nom));
        const avant = readAvant(request.body.avant, actuel);
        if (error.code === 'VERSION_CONFLICT') {
          const { valeurs, conflits } = reconcile<ChampRole>(avant, saisie, actuel);
          return showOne(request, reply, nom, { valeurs: { ...valeurs, nom }, conflits, status: 409 });
        }
        if (error.fields.length === 0) throw error;
        // The version of the form stays: what somebody else saved meanwhile must still be noticed.
        const { status } = describeError(error, request);
        return showOne(request, reply, nom, {
          valeurs: saisie,
          avant,
          version,
          errors: error.fields,
          status,
        });
      }
    },
  );

  /** Answers a button: where it leads with a word of what was done, or back to the role with why not. */
  async function press(
    request: FastifyRequest,
    reply: FastifyReply,
    nom: string,
    work: (libelle: string) => Promise<{ text: string; to: string }>,
  ): Promise<FastifyReply> {
    const { libelle } = await roles.gere(personOf(request), nom);
    return answerButton(request, reply, `${LIST}/${nom}`, () => work(libelle));
  }

  app.post(
    `${LIST}/:nom/activation`,
    { config, schema: { hide: true, params: nomParams, body: activationForm } },
    (request, reply) => {
      const { nom } = request.params;
      return press(request, reply, nom, async (libelle) => {
        const t = rolesTexts(request.lang);
        const actif = request.body.actif === 'oui';
        await roles.setActive(personOf(request), nom, actif, versionDe(request.body.version));
        return { text: fill(actif ? t.estActive : t.estDesactive, { nom: libelle }), to: `${LIST}/${nom}` };
      });
    },
  );

  app.post(
    `${LIST}/:nom/suppression`,
    { config, schema: { hide: true, params: nomParams, body: suppressionForm } },
    (request, reply) => {
      const { nom } = request.params;
      return press(request, reply, nom, async (libelle) => {
        await roles.remove(personOf(request), nom, versionDe(request.body.version));
        return { text: fill(rolesTexts(request.lang).supprime, { nom: libelle }), to: LIST };
      });
    },
  );
}
