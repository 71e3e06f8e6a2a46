import { AppError, formatDate, type FieldError, type UserActor } from '@gec/core';
import { randomToken } from '@gec/crypto';
import { csrfToken, describeError, redirectAfterPost, requestOrigin, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Base } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { readForm } from '../pieces/pieces.multipart.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { RegistresService } from '../registres/registres.service.ts';
import { fluxShape, idParam } from './courriers.api.schema.ts';
import { presentBrouillon, presentCourrier, presentEnregistrement } from './courriers.presenter.ts';
import { EnregistreView } from './courriers.saisie.confirmation.views.tsx';
import type { ReferencesSaisie, SaisieProps } from './courriers.saisie.faits.views.tsx';
import {
  champDe,
  gardeSuivant,
  lireSaisie,
  nommee,
  saisieVierge,
  versBrouillon,
  versNouveau,
  type Saisie,
} from './courriers.saisie.schema.ts';
import { saisieTexts } from './courriers.saisie.texts.ts';
import { SaisieView } from './courriers.saisie.views.tsx';
import { STATUT_INITIAL, type DoublonProbable, type TypeCourrier } from './courriers.schema.ts';
import type { CourriersService } from './courriers.service.ts';

/** What the registration screen is made from. */
export interface SaisiePagesDeps {
  courriers: CourriersService;
  pieces: PiecesService;
  registres: Pick<RegistresService, 'proposed'>;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants' | 'urgences'>;
  parametres: Pick<ParametresService, 'get'>;
  departements: Pick<DepartementsService, 'byId'>;
  atelier: Pick<Atelier, 'document'>;
  config: Pick<Base['config'], 'publicUrl'>;
  database: Pick<Base['database'], 'dialect'>;
}

/** What a form has to say besides what was typed. */
type Reponse = Partial<
  Pick<SaisieProps, 'errors' | 'refus' | 'doublons' | 'brouillonDu' | 'fichiersRefuses' | 'precedent'>
> & { status?: number };

const adresse = (flux: TypeCourrier) => `/courriers/nouveau?flux=${flux}`;
const ACTIVE = { ENTRANT: 'arrivees', SORTANT: 'departs' } as const;

/** The pages of registration: the form, the number, the label. */
export function registerSaisiePages(app: App, deps: SaisiePagesDeps): void {
  const { courriers, pieces } = deps;
  const config = { permission: 'register_mail' } as const;

  async function references(actor: UserActor, flux: TypeCourrier): Promise<ReferencesSaisie> {
    const departement =
      actor.departementId === null ? null : await deps.departements.byId(actor.departementId);
    const [statuts, types, urgences, settings, numero] = await Promise.all([
      deps.referentiels.statuts(),
      deps.referentiels.typesSortants(),
      deps.referentiels.urgences(),
      deps.parametres.get(),
      deps.registres.proposed(flux, departement?.code ?? null),
    ]);
    return {
      statuts: statuts.filter(({ actif }) => actif),
      typesSortants: types.filter(({ actif }) => actif),
      urgences: urgences.filter(({ actif }) => actif),
      titreResponsable: settings.titreResponsable,
      fuseauHoraire: settings.fuseauHoraire,
      numero,
    };
  }

  async function show(request: FastifyRequest, reply: FastifyReply, saisie: Saisie, answer: Reponse = {}) {
    const actor = personOf(request);
    const { flux } = saisie;
    const [known, recues, limites] = await Promise.all([
      references(actor, flux),
      pieces.pending(actor, saisie.pieces),
      pieces.limites(),
    ]);
    const { status, ...rest } = answer;
    const t = saisieTexts(request.lang);
    return renderPage(request, reply, {
      title: flux === 'ENTRANT' ? t.titreArrivee : t.titreDepart,
      active: ACTIVE[flux],
      wide: true,
      status,
      children: (
        <SaisieView
          lang={request.lang}
          csrfToken={csrfToken(request)}
          saisie={{ ...saisie, statut: saisie.statut || STATUT_INITIAL[flux] }}
          references={known}
          recues={recues}
          limites={limites}
          errors={[]}
          doublons={[]}
          fichiersRefuses={[]}
          {...rest}
        />
      ),
    });
  }

  /** The letter saved just before, if the person may see it. */
  async function precedent(actor: UserActor, id: number | undefined) {
    if (id === undefined) return undefined;
    try {
      const { numero } = await courriers.get(actor, id);
      return { id, numero };
    } catch (error) {
      if (error instanceof AppError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  app.get(
    '/courriers/nouveau',
    {
      config,
      schema: {
        hide: true,
        querystring: z.object({
          flux: fluxShape.default('ENTRANT'),
          precedent: idParam.optional().catch(undefined),
          date_redaction: z.string().max(10).optional().catch(undefined),
          secretaire_general_copie: z.enum(['oui', 'non']).optional().catch(undefined),
          type_courrier_sortant_id: z.string().max(10).optional().catch(undefined),
        }),
      },
    },
    async (request, reply) => {
      const actor = personOf(request);
      const { flux, precedent: before, ...garde } = request.query;
      const draft = await courriers.draft(actor, flux);
      if (wantsJson(request)) {
        const { numero, ...lists } = await references(actor, flux);
        return reply.send({
          type_courrier: flux,
          mode_numero: numero.mode,
          numero_propose: numero.numero,
          statuts: lists.statuts.map(({ nom, libelle }) => ({ nom, libelle })),
          types_courrier_sortant: lists.typesSortants.map(({ id, nom }) => ({ id, nom })),
          urgences: lists.urgences.map(({ id, nom }) => ({ id, nom })),
          brouillon: draft && presentBrouillon(draft),
        });
      }
      const fresh = randomToken(16);
      const saisie = draft
        ? lireSaisie(flux, { envoi: fresh, ...draft.champs, pieces: draft.pieces })
        : saisieVierge(flux, fresh, garde);
      return show(request, reply, saisie, {
        precedent: await precedent(actor, before),
        brouillonDu: draft?.dateModification,
      });
    },
  );

  /** Likely duplicates that the person was not yet shown. */
  async function unseen(actor: UserActor, saisie: Saisie): Promise<DoublonProbable[]> {
    const found = await courriers.duplicates(actor, {
      objet: saisie.objet,
      correspondant: saisie.correspondant,
      numeroReference: saisie.numero_reference,
      pieces: saisie.pieces,
    });
    return found.every(({ id }) => saisie.doublons_vus.includes(id)) ? [] : found;
  }

  /** What a failed registration says in the form; a fault of ours is noted and does not cost what was typed. */
  function refusal(request: FastifyRequest, saisie: Saisie, error: unknown): Reponse & { saisie: Saisie } {
    const { status, fields, message, code } = describeError(error, request, (thrown) =>
      deps.database.dialect.isUnavailable(thrown),
    );
    if (status >= 500) request.log.error({ err: error }, 'a registration failed');
    const errors: FieldError[] = fields.map((one) => ({ ...one, field: champDe(saisie.flux, one.field) }));
    // A form that has served gets a new word, so that another letter can be registered with it.
    const next = code === 'ENVOI_UTILISE' ? { ...saisie, envoi: randomToken(16) } : saisie;
    return { saisie: next, status, ...(errors.length > 0 ? { errors } : { refus: message }) };
  }

  app.post(
    '/courriers/nouveau',
    {
      config: { ...config, csrf: 'manual' },
      schema: { hide: true, querystring: z.object({ flux: fluxShape.default('ENTRANT') }) },
    },
    async (request, reply) => {
      const actor = personOf(request);
      const { flux } = request.query;
      const form = await readForm(request, pieces);
      const read = lireSaisie(flux, form.fields);
      const saisie = { ...read, pieces: [...read.pieces, ...form.pieces.map(({ id }) => id)] };
      const again = async (answer: Reponse & { saisie?: Saisie }) => {
        const { saisie: kept = saisie, ...rest } = answer;
        await courriers
          .saveDraft(actor, flux, versBrouillon(kept))
          .catch((error: unknown) => request.log.warn({ err: error }, 'a draft was not kept'));
        return show(request, reply, kept, rest);
      };
      try {
        if (form.errors.length > 0) {
          const wrong = await courriers.check(actor, versNouveau(saisie));
          if (wantsJson(request) && form.errors[0]) throw form.errors[0].erreur;
          return await again({
            status: 400,
            fichiersRefuses: form.errors,
            errors: wrong
              .map(({ field, message }) => ({ field: champDe(flux, field), message }))
              .filter(({ field }) => field !== 'pieces'),
          });
        }
        const doublons = wantsJson(request) ? [] : await unseen(actor, saisie);
        if (doublons.length > 0) {
          const wrong = await courriers.check(actor, versNouveau(saisie));
          const errors = wrong.map(({ field, message }) => ({ field: champDe(flux, field), message }));
          return await again({ status: errors.length > 0 ? 400 : 409, doublons, errors });
        }
        const { id, numero } = await courriers.register(actor, versNouveau(saisie));
        const sent = form.pieces.map((piece) => piece.id);
        // A form that was sent twice brings its files twice.
        for (const twice of await pieces.pending(actor, sent)) await pieces.discard(actor, twice.id);
        if (wantsJson(request)) return reply.code(201).send(presentEnregistrement({ id, numero }));
        return redirectAfterPost(
          reply,
          form.fields['suite'] === 'suivant'
            ? `/courriers/nouveau?${gardeSuivant(saisie)}&precedent=${id}`
            : `/mail/${id}/enregistre?${gardeSuivant(saisie)}`,
        );
      } catch (error) {
        if (!wantsJson(request)) return again(refusal(request, saisie, error));
        // A program has no form to come back to, so nothing would ever ask for its files again.
        for (const { id } of form.pieces) {
          await pieces
            .discard(actor, id)
            .catch((cause: unknown) =>
              request.log.warn({ err: cause }, 'a received file is left to the sweep'),
            );
        }
        throw nommee(flux, error);
      }
    },
  );

  app.post(
    '/courriers/brouillon/:flux/effacer',
    { config, schema: { hide: true, params: z.object({ flux: fluxShape }) } },
    async (request, reply) => {
      const actor = personOf(request);
      const { flux } = request.params;
      const draft = await courriers.draft(actor, flux);
      await courriers.clearDraft(actor, flux);
      for (const id of draft?.pieces ?? []) await pieces.discard(actor, id);
      setFlash(reply, { tone: 'info', text: saisieTexts(request.lang).brouillonEfface });
      return redirectAfterPost(reply, adresse(flux));
    },
  );

  const session = { permission: 'session' } as const;
  const params = z.object({ id: idParam });

  app.get(
    '/mail/:id/enregistre',
    {
      config: session,
      schema: {
        hide: true,
        params,
        querystring: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
      },
    },
    async (request, reply) => {
      const person = personOf(request);
      const courrier = await courriers.get(person, request.params.id);
      // Whoever has just registered it knows what is in it; anybody else reads it here.
      if (courrier.utilisateurId !== person.userId) await courriers.glance(person, courrier);
      if (wantsJson(request)) return reply.send(presentCourrier(courrier));
      const { fuseauHoraire } = await deps.parametres.get();
      const scans = await pieces.ofCourrier(courrier.id);
      return renderPage(request, reply, {
        title: `${courrier.numero} · ${saisieTexts(request.lang).enregistreTitre}`,
        active: ACTIVE[courrier.typeCourrier],
        children: (
          <EnregistreView
            lang={request.lang}
            courrier={courrier}
            scans={scans.map(({ nom }) => nom)}
            fuseauHoraire={fuseauHoraire}
            suivant={`/courriers/nouveau?${gardeSuivant(lireSaisie(courrier.typeCourrier, request.query))}`}
          />
        ),
      });
    },
  );

  app.get(
    '/mail/:id/etiquette.pdf',
    { config: session, schema: { hide: true, params } },
    async (request, reply) => {
      const courrier = await courriers.get(personOf(request), request.params.id);
      const { organisme, fuseauHoraire } = await deps.parametres.get();
      const t = saisieTexts(request.lang);
      const label = deps.atelier.document('etiquette', {
        lang: request.lang,
        organisme,
        nature: courrier.typeCourrier === 'ENTRANT' ? t.natureArrivee : t.natureDepart,
        numero: courrier.numero,
        date: formatDate(request.lang, courrier.dateEnregistrement, fuseauHoraire),
        url: `${deps.config.publicUrl ?? requestOrigin(request)}/mail/${courrier.id}`,
      });
      return reply.type('application/pdf').header('content-disposition', 'inline').send(label);
    },
  );
}
