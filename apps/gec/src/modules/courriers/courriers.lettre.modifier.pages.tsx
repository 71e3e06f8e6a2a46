import { type FieldError, fill, forbidden, plural, reconcile } from '@gec/core';
import { csrfToken, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { readForm } from '../pieces/pieces.multipart.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { AjouterPiecesView } from './courriers.lettre.confirmer.views.tsx';
import { ACTIVE, isRefusal, lettreParams, provenanceOf, toLetter } from './courriers.lettre.http.ts';
import {
  CHAMP_DU_SERVICE,
  difference,
  modifierForm,
  readAvant,
  readSaisie,
  valeursDe,
  type Conflit,
  type Valeurs,
} from './courriers.lettre.modification.ts';
import { ModifierView } from './courriers.lettre.modifier.views.tsx';
import { lettreTexts } from './courriers.lettre.texts.ts';
import type { Courrier } from './courriers.schema.ts';
import type { CourriersService } from './courriers.service.ts';
import { courriersTexts } from './courriers.texts.ts';

/** What changing a letter on a page needs. */
export interface ModifierPagesDeps {
  courriers: Pick<CourriersService, 'get' | 'glance' | 'update' | 'addPieces'>;
  referentiels: Pick<ReferentielsService, 'typesSortants' | 'urgences'>;
  parametres: Pick<ParametresService, 'get'>;
  pieces: PiecesService;
}

/** Ids of received files that a form carries. */
function piecesOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

/** Changing the facts of a letter, and adding files to it. */
export function registerModifierPages(app: App, deps: ModifierPagesDeps): void {
  const { courriers, referentiels, parametres, pieces } = deps;
  const config = { permission: 'session' } as const;

  /** The letter, if the person may change it. */
  async function editable(request: FastifyRequest, id: number): Promise<Courrier> {
    const courrier = await courriers.get(personOf(request), id);
    if (!courrier.droits.modifier) throw forbidden(courriersTexts(request.lang).refusModifier);
    return courrier;
  }

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    courrier: Courrier,
    form: { valeurs: Valeurs; errors?: readonly FieldError[]; conflits?: Conflit[] | null; status?: number },
  ): Promise<FastifyReply> {
    await courriers.glance(personOf(request), courrier);
    const [typesSortants, urgences, { titreResponsable, fuseauHoraire }] = await Promise.all([
      referentiels.typesSortants(),
      referentiels.urgences(),
      parametres.get(),
    ]);
    return renderPage(request, reply, {
      title: fill(lettreTexts(request.lang).modifierTitre, { numero: courrier.numero }),
      active: ACTIVE[courrier.typeCourrier],
      status: form.status,
      children: (
        <ModifierView
          lang={request.lang}
          csrfToken={csrfToken(request)}
          courrier={courrier}
          provenance={provenanceOf(request)}
          valeurs={form.valeurs}
          avant={valeursDe(courrier)}
          typesSortants={typesSortants}
          urgences={urgences}
          titreResponsable={titreResponsable}
          fuseau={fuseauHoraire}
          errors={form.errors ?? []}
          conflits={form.conflits ?? null}
        />
      ),
    });
  }

  app.get(
    '/mail/:id/modifier',
    { config, schema: { hide: true, params: lettreParams } },
    async (request, reply) => {
      const courrier = await editable(request, request.params.id);
      return showForm(request, reply, courrier, { valeurs: valeursDe(courrier) });
    },
  );

  app.post(
    '/mail/:id/modifier',
    { config, schema: { hide: true, params: lettreParams, body: modifierForm } },
    async (request, reply) => {
      const { id } = request.params;
      const t = lettreTexts(request.lang);
      const courrier = await editable(request, id);
      const saisie = readSaisie(request.body);
      const avant = readAvant(request.body.avant, valeursDe(courrier));
      try {
        const changed = await courriers.update(
          personOf(request),
          id,
          difference(avant, saisie),
          request.body.version,
        );
        setFlash(reply, {
          tone: changed.length > 0 ? 'success' : 'info',
          text: changed.length > 0 ? t.modifie : t.modifieRien,
        });
        return await toLetter(request, reply, id);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (error.kind === 'invalid') {
          const errors = error.fields.map(({ field, message }) => ({
            field: CHAMP_DU_SERVICE[field] ?? field,
            message,
          }));
          // The version of the form stays: what somebody else saved meanwhile must still be noticed.
          const same = { ...courrier, version: request.body.version };
          return showForm(request, reply, same, { valeurs: saisie, errors, status: 400 });
        }
        const now = await editable(request, id);
        const { valeurs, conflits } = reconcile(avant, saisie, valeursDe(now));
        return showForm(request, reply, now, { valeurs, conflits, status: 409 });
      }
    },
  );

  async function showPieces(
    request: FastifyRequest,
    reply: FastifyReply,
    courrier: Courrier,
    form: {
      ids: readonly string[];
      erreurs?: { nom: string; message: string }[];
      error?: string;
      status?: number;
    },
  ): Promise<FastifyReply> {
    const [recues, limites] = await Promise.all([
      pieces.pending(personOf(request), form.ids),
      pieces.limites(),
    ]);
    return renderPage(request, reply, {
      title: fill(lettreTexts(request.lang).piecesTitre, { numero: courrier.numero }),
      active: ACTIVE[courrier.typeCourrier],
      status: form.status,
      children: (
        <AjouterPiecesView
          lang={request.lang}
          csrfToken={csrfToken(request)}
          courrier={courrier}
          provenance={provenanceOf(request)}
          recues={recues}
          erreurs={form.erreurs ?? []}
          error={form.error}
          limites={limites}
        />
      ),
    });
  }

  app.get(
    '/mail/:id/pieces',
    { config, schema: { hide: true, params: lettreParams } },
    async (request, reply) =>
      showPieces(request, reply, await editable(request, request.params.id), { ids: [] }),
  );

  app.post(
    '/mail/:id/pieces',
    { config: { ...config, csrf: 'manual' }, schema: { hide: true, params: lettreParams } },
    async (request, reply) => {
      const { id } = request.params;
      const t = lettreTexts(request.lang);
      const courrier = await editable(request, id);
      const { fields, pieces: received, errors } = await readForm(request, pieces);
      const ids = [...piecesOf(fields['pieces']), ...received.map((piece) => piece.id)];
      if (errors.length > 0) {
        const erreurs = errors.map(({ nom, message }) => ({ nom, message }));
        return showPieces(request, reply, courrier, { ids, erreurs, status: 400 });
      }
      try {
        // Adding takes nothing from anybody: whoever changed the letter meanwhile is not in the way.
        await courriers.addPieces(personOf(request), id, ids, courrier.version);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const status = error.kind === 'conflict' ? 409 : 400;
        return showPieces(request, reply, courrier, { ids, error: error.message, status });
      }
      setFlash(reply, {
        tone: 'success',
        text: plural(request.lang, ids.length, t.piecesAjoutees_un, t.piecesAjoutees_autre),
      });
      return toLetter(request, reply, id);
    },
  );
}
