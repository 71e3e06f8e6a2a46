import { AppError, fill, invalid, type FieldError } from '@gec/core';
import {
  csrfToken,
  describeError,
  redirectAfterPost,
  sendHtml,
  setFlash,
  wantsFragment,
  wantsJson,
} from '@gec/http';
import { LangContext, renderDocument } from '@gec/ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { sendList } from '../../http/liste.envoi.ts';
import { lireListe, listeQuery, type ListeLue, type ListeQuery } from '../../http/liste.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ContenuTable, TableEcrite } from '../../tableur/write-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { AdressesService } from '../auth/adresses.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import {
  adresseForm,
  blocageForm,
  confirmeForm,
  lireAdresse,
  regleParam,
  rolesForm,
  SAISIE_VIDE,
  sessionParam,
  type SaisieAdresse,
} from './securite.forms.ts';
import {
  choisirAdresses,
  choisirBlocages,
  choisirSessions,
  tableauAdresses,
  tableauBlocages,
  tableauSessions,
} from './securite.listes.ts';
import { BlocagesView, SessionsView } from './securite.acces.views.tsx';
import { AdressesView, RetirerView } from './securite.adresses.views.tsx';
import {
  presentAlerte,
  presentBlocage,
  presentEchecs,
  presentRegle,
  presentSession,
  presentVerification,
} from './securite.presenter.ts';
import { TRIS_ADRESSES, TRIS_BLOCAGES, TRIS_SESSIONS, type Verification } from './securite.schema.ts';
import type { SecuriteService } from './securite.service.ts';
import { securiteTexts } from './securite.texts.ts';
import { alerteEnMots, ApercuView, FRAGMENT, SECURITE, VerificationCard } from './securite.views.tsx';

/** What the screen needs. */
export interface SecuritePagesServices {
  readonly securite: SecuriteService;
  readonly adresses: AdressesService;
  readonly parametres: Pick<ParametresService, 'get'>;
  readonly utilisateurs: Pick<UtilisateursService, 'names'>;
  readonly atelier: Pick<Atelier, 'document'>;
}

const gestion = { permission: 'manage_system_settings' } as const;
/** The overview serves both who reads the journal and who changes things; the service says who sees what of it. */
const vue = { permission: ['manage_system_settings', 'view_logs'] } as const;

/** Registers the screen of security. */
export function registerSecuritePages(app: App, services: SecuritePagesServices): void {
  const { securite, adresses, parametres, utilisateurs, atelier } = services;
  const zoneOf = async () => (await parametres.get()).fuseauHoraire;
  const currentOf = (request: FastifyRequest) => request.session?.id ?? null;

  function page(
    request: FastifyRequest,
    reply: FastifyReply,
    children: Parameters<typeof renderPage>[2]['children'],
    status?: number,
  ): Promise<FastifyReply> {
    return renderPage(request, reply, {
      title: securiteTexts(request.lang).titre,
      active: 'securite',
      status,
      children,
    });
  }

  async function avecNom(verification: Verification | null) {
    if (!verification) return null;
    const { parId } = verification;
    return { ...verification, par: (await utilisateurs.names([parId])).get(parId) ?? String(parId) };
  }

  async function overview(
    request: FastifyRequest,
    reply: FastifyReply,
    voulus: readonly string[] | null = null,
    status = 200,
  ): Promise<FastifyReply> {
    const actor = personOf(request);
    const sees = securite.vue(actor);
    const zone = await zoneOf();
    const verification = sees.journal ? await avecNom(await securite.derniereVerification(actor)) : null;
    if (sees.journal && wantsFragment(request) === FRAGMENT) {
      const card = (
        <LangContext.Provider value={request.lang}>
          <VerificationCard csrfToken={csrfToken(request)} verification={verification} zone={zone} />
        </LangContext.Provider>
      );
      return sendHtml(reply, renderDocument(card));
    }
    const journal = sees.journal
      ? { alertes: await securite.alertes(actor), echecs: await securite.echecs(actor), verification }
      : null;
    const roles = sees.gestion ? await securite.rolesProteges(actor) : null;
    if (wantsJson(request)) {
      return reply.send({
        alertes: journal?.alertes.map((one) => presentAlerte(one, alerteEnMots(request.lang, one))) ?? null,
        echecs: journal && presentEchecs(journal.echecs),
        verification: verification && presentVerification(verification),
        second_facteur: roles?.filter(({ exige }) => exige).map(({ nom }) => nom) ?? null,
      });
    }
    const children = (
      <ApercuView
        csrfToken={csrfToken(request)}
        zone={zone}
        journal={journal}
        roles={roles}
        voulus={voulus}
      />
    );
    return page(request, reply, children, status);
  }

  app.get(SECURITE, { config: vue, schema: { hide: true } }, async (request, reply) =>
    overview(request, reply),
  );

  app.post(
    `${SECURITE}/verification`,
    { config: { permission: 'view_logs' }, schema: { hide: true } },
    async (request, reply) => {
      const begun = await securite.verifier(personOf(request));
      if (wantsJson(request)) return reply.code(202).send(presentVerification(begun));
      return redirectAfterPost(reply, `${SECURITE}#${FRAGMENT}`);
    },
  );

  app.post(
    `${SECURITE}/second-facteur`,
    { config: gestion, schema: { hide: true, body: rolesForm } },
    async (request, reply) => {
      const { avant } = request.body;
      const roles = request.body.roles.filter((nom) => nom !== '');
      try {
        await securite.protegerRoles(personOf(request), roles, avant?.split(',').filter(Boolean));
      } catch (error) {
        const stale = error instanceof AppError && error.code === 'VERSION_CONFLICT';
        if (!stale || wantsJson(request)) throw error;
        return overview(request, reply, roles, 409);
      }
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: securiteTexts(request.lang).rolesEnregistres });
      return redirectAfterPost(reply, `${SECURITE}#second-facteur`);
    },
  );

  /** Reads the address of a list. A program, and a file, get an error where a page shows it. */
  function lue<T extends string>(request: FastifyRequest, tris: readonly [T, ...T[]]): ListeLue<T> {
    const query = request.query as ListeQuery;
    const read = lireListe(query, tris, securiteTexts(request.lang).filtreInconnu);
    if (read.errors.length > 0 && (wantsJson(request) || query.format !== '')) throw invalid(read.errors);
    // Times come newest first unless the address says otherwise.
    return query.sort_order === '' && query.sort_by === '' ? { ...read, ordre: 'desc' } : read;
  }

  function fichier(
    request: FastifyRequest,
    reply: FastifyReply,
    format: TableEcrite['format'],
    nom: string,
    table: ContenuTable,
  ): Promise<FastifyReply> {
    return sendList(request, reply, atelier, { format, lang: request.lang, nom, ...table });
  }

  async function listeAdresses(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: {
      saisie?: SaisieAdresse;
      errors?: readonly FieldError[];
      question?: string;
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const zone = await zoneOf();
    const query = listeQuery.parse(request.method === 'GET' ? request.query : {});
    const read = request.method === 'GET' ? lue(request, TRIS_ADRESSES) : lireListe(query, TRIS_ADRESSES, '');
    const rows = choisirAdresses(await adresses.list(personOf(request)), read);
    if (read.format) {
      const nom = securiteTexts(request.lang).adresses;
      return fichier(request, reply, read.format, nom, tableauAdresses(request.lang, zone, rows));
    }
    if (wantsJson(request)) return reply.send({ regles: rows.map(presentRegle), total: rows.length });
    const children = (
      <AdressesView
        csrfToken={csrfToken(request)}
        zone={zone}
        rows={rows}
        query={query}
        lue={read}
        saisie={shown.saisie ?? SAISIE_VIDE}
        errors={shown.errors ?? []}
        question={shown.question ?? null}
      />
    );
    return page(request, reply, children, shown.status);
  }

  app.get(
    `${SECURITE}/adresses`,
    { config: gestion, schema: { hide: true, querystring: listeQuery } },
    async (request, reply) => listeAdresses(request, reply),
  );

  app.post(
    `${SECURITE}/adresses`,
    { config: gestion, schema: { hide: true, body: adresseForm } },
    async (request, reply) => {
      const actor = personOf(request);
      const saisie = request.body;
      try {
        const { genre, regle } = lireAdresse(request.lang, saisie);
        const rule = await (genre === 'bloquee'
          ? adresses.block(actor, regle)
          : adresses.allow(actor, regle));
        if (wantsJson(request)) return await reply.code(201).send(presentRegle({ ...rule, genre }));
        const text = fill(securiteTexts(request.lang).regleAjoutee, { cidr: rule.cidr });
        setFlash(reply, { tone: 'success', text });
        return redirectAfterPost(reply, `${SECURITE}/adresses`);
      } catch (error) {
        if (!(error instanceof AppError) || wantsJson(request) || error.kind === 'forbidden') throw error;
        const { status } = describeError(error, request);
        const question = error.code === 'OWN_ADDRESS' ? { question: error.message } : {};
        return listeAdresses(request, reply, { saisie, errors: error.fields, status, ...question });
      }
    },
  );

  app.post(
    `${SECURITE}/adresses/:genre/:id/retirer`,
    { config: gestion, schema: { hide: true, params: regleParam, body: confirmeForm.nullish() } },
    async (request, reply) => {
      const { genre, id } = request.params;
      try {
        await adresses.removeRule(personOf(request), id, genre, (request.body?.confirme ?? '') !== '');
      } catch (error) {
        const own = error instanceof AppError && error.code === 'OWN_ADDRESS';
        if (!own || wantsJson(request)) throw error;
        const props = { csrfToken: csrfToken(request), question: error.message, genre, id };
        return page(request, reply, <RetirerView {...props} />, 409);
      }
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: securiteTexts(request.lang).regleRetiree });
      return redirectAfterPost(reply, `${SECURITE}/adresses`);
    },
  );

  app.get(
    `${SECURITE}/blocages`,
    { config: gestion, schema: { hide: true, querystring: listeQuery } },
    async (request, reply) => {
      const zone = await zoneOf();
      const read = lue(request, TRIS_BLOCAGES);
      const rows = choisirBlocages(request.lang, await securite.blocages(personOf(request)), read);
      if (read.format) {
        const nom = securiteTexts(request.lang).blocages;
        return fichier(request, reply, read.format, nom, tableauBlocages(request.lang, zone, rows));
      }
      if (wantsJson(request)) return reply.send({ blocages: rows.map(presentBlocage), total: rows.length });
      const props = { csrfToken: csrfToken(request), zone, rows, query: request.query, lue: read };
      return page(request, reply, <BlocagesView {...props} />);
    },
  );

  app.post(
    `${SECURITE}/blocages/lever`,
    { config: gestion, schema: { hide: true, body: blocageForm } },
    async (request, reply) => {
      await securite.debloquer(personOf(request), request.body);
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: securiteTexts(request.lang).debloque });
      return redirectAfterPost(reply, `${SECURITE}/blocages`);
    },
  );

  app.get(
    `${SECURITE}/sessions`,
    { config: gestion, schema: { hide: true, querystring: listeQuery } },
    async (request, reply) => {
      const zone = await zoneOf();
      const read = lue(request, TRIS_SESSIONS);
      const rows = choisirSessions(await securite.sessions(personOf(request), currentOf(request)), read);
      if (read.format) {
        const nom = securiteTexts(request.lang).sessions;
        return fichier(request, reply, read.format, nom, tableauSessions(request.lang, zone, rows));
      }
      if (wantsJson(request)) return reply.send({ sessions: rows.map(presentSession), total: rows.length });
      const props = { csrfToken: csrfToken(request), zone, rows, query: request.query, lue: read };
      return page(request, reply, <SessionsView {...props} />);
    },
  );

  app.post(
    `${SECURITE}/sessions/:id/fermer`,
    { config: gestion, schema: { hide: true, params: sessionParam } },
    async (request, reply) => {
      await securite.terminer(personOf(request), request.params.id, currentOf(request));
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: securiteTexts(request.lang).terminee });
      return redirectAfterPost(reply, `${SECURITE}/sessions`);
    },
  );
}
