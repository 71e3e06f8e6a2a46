import { invalid, type UserActor } from '@gec/core';
import { actorOf, parseWith } from '@gec/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { readForm } from '../pieces/pieces.multipart.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import { registerBrouillonsApi } from './courriers.api.brouillons.ts';
import { registerCorbeilleApi } from './courriers.api.corbeille.ts';
import {
  ajoutPiecesShape,
  courrierShape,
  enregistrementShape,
  envoiShape,
  historiqueShape,
  idParam,
  modificationShape,
  nouveauShape,
  statutShape,
  type ModificationJson,
  type NouveauJson,
} from './courriers.api.schema.ts';
import { presentCourrier, presentEnregistrement, presentHistorique } from './courriers.presenter.ts';
import { nommee } from './courriers.saisie.schema.ts';
import { saisieTexts } from './courriers.saisie.texts.ts';
import type { ModificationCourrier, NouveauCourrier, TypeCourrier } from './courriers.schema.ts';
import type { CourriersService } from './courriers.service.ts';

/** What the JSON interface of letters is made from. */
export interface CourriersApiDeps {
  courriers: CourriersService;
  pieces: PiecesService;
}

const tags = ['courriers'];
const params = z.object({ id: idParam });
const BODIES = ['application/json', 'multipart/form-data'];
/** The version that the client read, as in `If-Match: "3"` (RFC 9110 § 13.1.1). */
const ifMatch = z.object({ 'if-match': z.string().max(40).optional() });

/** Runs a use case; what it refuses is named as the JSON of that flow names it. */
async function named<T>(flux: TypeCourrier, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw nommee(flux, error);
  }
}

/** The correspondant that a body names, which must be the one of its flow. */
function correspondantOf(
  request: FastifyRequest,
  flux: TypeCourrier,
  body: Pick<NouveauJson, 'expediteur' | 'destinataire'>,
): string | undefined {
  const [right, wrong] =
    flux === 'ENTRANT'
      ? ([body.expediteur, 'destinataire'] as const)
      : ([body.destinataire, 'expediteur'] as const);
  if (body[wrong] !== undefined) {
    throw invalid([{ field: wrong, message: saisieTexts(request.lang).correspondantSens }]);
  }
  return right;
}

function toNouveau(request: FastifyRequest, body: NouveauJson, envoi: string | undefined): NouveauCourrier {
  return {
    typeCourrier: body.type_courrier,
    objet: body.objet,
    correspondant: correspondantOf(request, body.type_courrier, body) ?? '',
    numeroReference: body.numero_reference ?? '',
    dateRedaction: body.date_redaction ?? '',
    secretaireGeneralCopie: body.secretaire_general_copie ?? null,
    typeCourrierSortantId: body.type_courrier_sortant_id ?? null,
    urgenceId: body.urgence_id ?? null,
    autresInformations: body.autres_informations ?? '',
    ...(body.statut === undefined ? {} : { statut: body.statut }),
    ...(body.numero_accuse_reception === undefined ? {} : { numeroManuel: body.numero_accuse_reception }),
    ...(envoi === undefined ? {} : { envoi }),
    pieces: body.pieces,
  };
}

function toModification(
  request: FastifyRequest,
  flux: TypeCourrier,
  body: ModificationJson,
): ModificationCourrier {
  const correspondant = correspondantOf(request, flux, body);
  return {
    ...(body.objet === undefined ? {} : { objet: body.objet }),
    ...(correspondant === undefined ? {} : { correspondant }),
    ...(body.numero_reference === undefined ? {} : { numeroReference: body.numero_reference ?? '' }),
    ...(body.date_redaction === undefined ? {} : { dateRedaction: body.date_redaction ?? '' }),
    ...(body.secretaire_general_copie === undefined
      ? {}
      : { secretaireGeneralCopie: body.secretaire_general_copie }),
    ...(body.type_courrier_sortant_id === undefined
      ? {}
      : { typeCourrierSortantId: body.type_courrier_sortant_id }),
    ...(body.urgence_id === undefined ? {} : { urgenceId: body.urgence_id }),
    ...(body.autres_informations === undefined ? {} : { autresInformations: body.autres_informations ?? '' }),
  };
}

/** The version that a change is made on. @throws AppError invalid when the client gives none */
function versionOf(request: FastifyRequest, given: number | undefined): number {
  const header = /^(?:W\/)?"(\d{1,15})"$/.exec(request.headers['if-match']?.trim() ?? '')?.[1];
  const version = header === undefined ? given : Number(header);
  if (version === undefined) {
    throw invalid([{ field: 'version', message: saisieTexts(request.lang).versionRequise }]);
  }
  return version;
}

/**
 * Reads a body that is JSON, or multipart with files: the files are received and stand in `pieces` after those that
 * the body names. What was received is taken back when `use` refuses the rest.
 */
async function withFiles<S extends z.ZodType<{ pieces: string[] }>, T>(
  request: FastifyRequest,
  pieces: PiecesService,
  shape: S,
  use: (body: z.output<S>) => Promise<T>,
): Promise<T> {
  const received: string[] = [];
  let body: unknown = request.body;
  try {
    if (request.isMultipart()) {
      const form = await readForm(request, pieces);
      received.push(...form.pieces.map(({ id }) => id));
      const [refused] = form.errors;
      if (refused) throw refused.erreur;
      const named = [form.fields['pieces'] ?? []].flat();
      // An empty field of a form says nothing.
      const given = Object.entries(form.fields).filter(([, value]) => value !== '');
      body = { ...Object.fromEntries(given), pieces: [...named, ...received] };
    }
    const read = parseWith(shape, body ?? {}, request.lang);
    if (!read.ok) throw invalid(read.fields);
    const done = await use(read.data);
    // What an earlier request had registered already needs the files of this one no more.
    for (const { id } of await pieces.pending(actorOf(request), received)) {
      await pieces.discard(actorOf(request), id);
    }
    return done;
  } catch (error) {
    for (const id of received) {
      await pieces
        .discard(actorOf(request), id)
        .catch((cause: unknown) => request.log.warn({ err: cause }, 'a received file is left to the sweep'));
    }
    throw error;
  }
}

/** The JSON addresses of letters, their drafts and duplicates. `registerMultipart` comes first. */
export function registerCourriersApi(app: App, deps: CourriersApiDeps): void {
  const { courriers, pieces } = deps;
  const session = { permission: 'session' } as const;

  registerBrouillonsApi(app, deps);

  app.post(
    '/api/v1/courriers',
    {
      config: { permission: 'register_mail', csrf: 'manual' },
      schema: {
        tags,
        summary: 'Enregistrer un courrier et lui donner son numéro',
        description:
          'En JSON avec les identifiants de fichiers déjà envoyés (pieces), ou en multipart/form-data avec les fichiers eux-mêmes. La même Idempotency-Key rend la première réponse au lieu d’enregistrer deux fois.',
        consumes: BODIES,
        headers: z.object({ 'idempotency-key': envoiShape.optional() }),
        // A multipart body is read by the handler: here there is none.
        body: nouveauShape.nullish(),
        response: { 201: enregistrementShape },
      },
    },
    async (request, reply) => {
      const envoi = request.headers['idempotency-key'];
      const done = await withFiles(request, pieces, nouveauShape, (body) =>
        named(body.type_courrier, () =>
          courriers.register(actorOf(request), toNouveau(request, body, envoi)),
        ),
      );
      return reply
        .code(201)
        .header('location', `/api/v1/courriers/${done.id}`)
        .send(presentEnregistrement(done));
    },
  );

  app.get(
    '/api/v1/courriers/:id',
    {
      config: session,
      // A HEAD would be noted as a reading that never happened.
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'Lire un courrier',
        params,
        response: { 200: courrierShape },
      },
    },
    async (request, reply) => {
      const courrier = await courriers.consult(actorOf(request), request.params.id);
      return reply.header('etag', `"${courrier.version}"`).send(presentCourrier(courrier));
    },
  );

  async function after(actor: UserActor, id: number) {
    return presentCourrier(await courriers.get(actor, id));
  }

  app.patch(
    '/api/v1/courriers/:id',
    {
      config: session,
      schema: {
        tags,
        summary: 'Modifier un courrier',
        description: 'La version lue est donnée par If-Match ou par « version » ; 409 si elle est dépassée.',
        params,
        headers: ifMatch,
        body: modificationShape,
        response: { 200: courrierShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { id } = request.params;
      const { typeCourrier } = await courriers.get(actor, id);
      const version = versionOf(request, request.body.version);
      const patch = toModification(request, typeCourrier, request.body);
      await named(typeCourrier, () => courriers.update(actor, id, patch, version));
      const courrier = await after(actor, id);
      return reply.header('etag', `"${courrier.version}"`).send(courrier);
    },
  );

  app.get(
    '/api/v1/courriers/:id/historique',
    {
      config: session,
      schema: {
        tags,
        summary: 'Modifications d’un courrier, champ par champ, les plus récentes d’abord',
        params,
        response: { 200: historiqueShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { id } = request.params;
      await courriers.glanceAt(actor, id);
      return presentHistorique(await courriers.history(actor, id));
    },
  );

  app.post(
    '/api/v1/courriers/:id/statut',
    {
      config: session,
      schema: {
        tags,
        summary: 'Changer le statut d’un courrier',
        params,
        headers: ifMatch,
        body: statutShape,
        response: { 200: courrierShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { id } = request.params;
      const version = versionOf(request, request.body.version);
      await courriers.changeStatut(actor, id, request.body.statut, version);
      return after(actor, id);
    },
  );

  app.post(
    '/api/v1/courriers/:id/pieces',
    {
      config: { ...session, csrf: 'manual' },
      schema: {
        tags,
        summary: 'Joindre des pièces à un courrier',
        consumes: BODIES,
        params,
        headers: ifMatch,
        body: ajoutPiecesShape.nullish(),
        response: { 201: courrierShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { id } = request.params;
      await withFiles(request, pieces, ajoutPiecesShape, (body) =>
        courriers.addPieces(actor, id, body.pieces, versionOf(request, body.version)),
      );
      return reply.code(201).send(await after(actor, id));
    },
  );

  registerCorbeilleApi(app, courriers, after);
}
