import { dayOf, fill, forbidden, plural, type Clock, type FieldError } from '@gec/core';
import { csrfToken, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { TransmissionsService } from '../transmissions/transmissions.service.ts';
import { transmissionsTexts } from '../transmissions/transmissions.texts.ts';
import { ACTIVE, isRefusal, lettreParams, provenanceOf, toLetter } from './courriers.lettre.http.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import { TransmettreView, type SaisieTransmission } from './courriers.lettre.transmettre.views.tsx';
import type { Courrier } from './courriers.schema.ts';
import type { CourriersService } from './courriers.service.ts';

/** What sending a letter on needs. */
export interface TransmettrePagesDeps {
  courriers: Pick<CourriersService, 'get' | 'glance'>;
  transmissions: Pick<TransmissionsService, 'transmit' | 'ofCourrier' | 'destinataires' | 'instructions'>;
  parametres: Pick<ParametresService, 'get'>;
  clock: Clock;
}

const text = z.string().max(10_000).default('');
const ids = z.union([z.string(), z.array(z.string())]).default([]);
const transmettreForm = z.object({ destinataires: ids, instruction: text, message: text, echeance: text });

/** What was chosen; a value that no form of ours has counts as an unknown person. */
function readSaisie(form: z.output<typeof transmettreForm>): SaisieTransmission {
  return { ...form, destinataires: [form.destinataires].flat().map((id) => Number(id) || 0) };
}

/** The page that sends a letter on. */
export function registerTransmettrePages(app: App, deps: TransmettrePagesDeps): void {
  const { courriers, transmissions, parametres, clock } = deps;
  const config = { permission: 'forward_mail' } as const;

  async function forwardable(request: FastifyRequest, id: number): Promise<Courrier> {
    const courrier = await courriers.get(personOf(request), id);
    if (!courrier.droits.transmettre) throw forbidden(transmissionsTexts(request.lang).refusTransmettre);
    return courrier;
  }

  /** The deadline that the urgency of the letter sets, as a day; today when it is over. */
  async function proposee({ echeance }: Courrier): Promise<string> {
    if (echeance === null) return '';
    const { fuseauHoraire } = await parametres.get();
    const today = dayOf(clock.now(), fuseauHoraire);
    const day = dayOf(new Date(echeance), fuseauHoraire);
    return day < today ? today : day;
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    courrier: Courrier,
    saisie: SaisieTransmission,
    refused: { errors: readonly FieldError[]; status?: number } = { errors: [] },
  ): Promise<FastifyReply> {
    const person = personOf(request);
    await courriers.glance(person, courrier);
    const [personnes, sent, instructions, { fuseauHoraire }] = await Promise.all([
      transmissions.destinataires(person),
      transmissions.ofCourrier(person, courrier.id),
      transmissions.instructions(request.lang),
      parametres.get(),
    ]);
    const open = sent.filter(({ deId, dateTraitement }) => deId === person.userId && dateTraitement === null);
    return renderPage(request, reply, {
      title: fill(lettreTexts(request.lang).transmettreTitre, { numero: courrier.numero }),
      active: ACTIVE[courrier.typeCourrier],
      status: refused.status,
      children: (
        <TransmettreView
          lang={request.lang}
          csrfToken={csrfToken(request)}
          courrier={courrier}
          provenance={provenanceOf(request)}
          personnes={personnes}
          instructions={instructions}
          saisie={saisie}
          errors={refused.errors}
          dejaChez={open.map(({ aNom }) => aNom)}
          aujourdhui={dayOf(clock.now(), fuseauHoraire)}
        />
      ),
    });
  }

  app.get(
    '/mail/:id/transmettre',
    { config, schema: { hide: true, params: lettreParams } },
    async (request, reply) => {
      const courrier = await forwardable(request, request.params.id);
      const echeance = await proposee(courrier);
      return show(request, reply, courrier, { destinataires: [], instruction: '', message: '', echeance });
    },
  );

  app.post(
    '/mail/:id/transmettre',
    { config, schema: { hide: true, params: lettreParams, body: transmettreForm } },
    async (request, reply) => {
      const { id } = request.params;
      const t = lettreTexts(request.lang);
      const person = personOf(request);
      const saisie = readSaisie(request.body);
      const courrier = await forwardable(request, id);
      try {
        await transmissions.transmit(person, id, saisie);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const errors =
          error.fields.length > 0 ? error.fields : [{ field: 'destinataires', message: error.message }];
        return show(request, reply, courrier, saisie, {
          errors,
          status: error.kind === 'conflict' ? 409 : 400,
        });
      }
      const chosen = new Set(saisie.destinataires);
      const names = (await transmissions.destinataires(person))
        .filter((one) => chosen.has(one.id))
        .map((one) => one.nomComplet);
      const said = plural(request.lang, chosen.size, t.transmis_un, t.transmis_autre);
      setFlash(reply, { tone: 'success', text: fill(said, { noms: names.join(', ') }) });
      return toLetter(request, reply, id);
    },
  );
}
