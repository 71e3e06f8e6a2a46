import { AppError, reconcile, type Conflict, type FieldError, type Lang } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { readOneFile } from '../pieces/pieces.multipart.ts';
import { FLUX } from '../registres/registres.schema.ts';
import type { RegistresService } from '../registres/registres.service.ts';
import { registresTexts } from '../registres/registres.texts.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import type { RapportsService } from '../rapports/rapports.service.ts';
import { IMAGE_MAX_BYTES } from './parametres.image.ts';
import { auteursDe, presentParametres, type ParametresReponse } from './parametres.presenter.ts';
import { CLES_IMAGES, type ParametresVersionnes } from './parametres.schema.ts';
import type { ParametresService } from './parametres.service.ts';
import { parametresTexts } from './parametres.texts.ts';
import { enTexte, lireAvant, lireSaisie, type CleTexte, type Saisie } from './parametres.valeurs.ts';
import { apercuLu, ParametresPage } from './parametres.views.tsx';

/** What the addresses of the settings are made from. */
export interface ParametresRoutesDeps {
  parametres: ParametresService;
  registres: Pick<RegistresService, 'preview'>;
  utilisateurs: Pick<UtilisateursService, 'names'>;
  rapports: Pick<RapportsService, 'apercu'>;
}

const formShape = z.record(z.string(), z.unknown());

/** What a person sees of the settings, beside what is stored. */
interface Vue {
  saisie?: Saisie;
  errors?: readonly FieldError[];
  conflits?: readonly Conflict<CleTexte>[];
  status?: number;
}

/** The pages of the settings: `/settings`, its logo, and the logo itself. */
export function registerParametresPages(app: App, deps: ParametresRoutesDeps): void {
  const { parametres, registres, utilisateurs, rapports } = deps;
  const config = { permission: 'manage_system_settings' } as const;

  async function present(settings: ParametresVersionnes): Promise<ParametresReponse> {
    return presentParametres(settings, await utilisateurs.names(auteursDe(settings)));
  }

  /** The next number of each flow, as what was typed would give it. */
  async function previews(request: FastifyRequest, settings: ParametresReponse, saisie: Saisie, lang: Lang) {
    const words = registresTexts(lang);
    const { valeurs } = settings;
    const arrivee = saisie.formatArrivee ?? valeurs.formatArrivee;
    const depart = saisie.formatDepart ?? valeurs.formatDepart;
    const mode = (saisie.modeNumero ?? valeurs.modeNumero) === 'manuel' ? 'manuel' : 'automatique';
    return Promise.all(
      FLUX.map(async (flux) => {
        const arriving = flux === 'ENTRANT';
        const start = arriving
          ? (saisie.valeurDepartArrivee ?? valeurs.valeurDepartArrivee)
          : (saisie.valeurDepartDepart ?? valeurs.valeurDepartDepart);
        const wish = {
          flux,
          mode,
          format: (arriving ? arrivee : depart).trim(),
          autreFormat: (arriving ? depart : arrivee).trim(),
          valeurDepart: Math.min(Math.max(1, Math.trunc(Number(start)) || 1), 99_999_999),
        } as const;
        const result = await registres.preview(actorOf(request), wish);
        const word = arriving ? words.arrivees : words.departs;
        return result.ok
          ? { flux: word, numero: result.numero }
          : { flux: word, numero: '', message: result.message };
      }),
    );
  }

  async function show(request: FastifyRequest, reply: FastifyReply, shown: Vue = {}): Promise<FastifyReply> {
    const settings = await present(await parametres.versioned(actorOf(request)));
    const saisie = shown.saisie ?? {};
    const { lang } = request;
    return renderPage(request, reply, {
      title: parametresTexts(lang).titre,
      active: 'parametres',
      status: shown.status,
      children: (
        <ParametresPage
          lang={lang}
          csrfToken={csrfToken(request)}
          settings={settings}
          saisie={saisie}
          errors={shown.errors ?? []}
          conflits={shown.conflits}
          apercus={await previews(request, settings, saisie, lang)}
        />
      ),
    });
  }

  app.get('/settings', { config, schema: { hide: true } }, async (request, reply) =>
    wantsJson(request)
      ? reply.send(await present(await parametres.versioned(actorOf(request))))
      : show(request, reply),
  );

  app.post('/settings', { config, schema: { hide: true, body: formShape } }, async (request, reply) => {
    const { version, apercu, avant, ...patch } = request.body;
    const saisie = lireSaisie(patch);
    if (apercu !== undefined && !wantsJson(request)) return show(request, reply, { saisie });
    const seen = z.coerce.number().int().safeParse(version);
    // A version that was never given out counts as an old one.
    const expectedVersion = version === undefined ? undefined : seen.success ? seen.data : -1;
    try {
      const saved = await parametres.update(actorOf(request), patch, { expectedVersion });
      if (wantsJson(request)) return await reply.send(await present(saved));
    } catch (error) {
      if (wantsJson(request) || !(error instanceof AppError)) throw error;
      if (error.kind === 'invalid')
        return show(request, reply, { saisie, errors: error.fields, status: 400 });
      if (error.code === 'VERSION_CONFLICT') {
        const actuel = enTexte((await parametres.versioned(actorOf(request))).valeurs);
        const before = lireAvant(avant) ?? actuel;
        const { valeurs, conflits } = reconcile(before, { ...before, ...saisie }, actuel);
        return show(request, reply, { saisie: valeurs, conflits, status: 409 });
      }
      throw error;
    }
    setFlash(reply, { tone: 'success', text: parametresTexts(request.lang).enregistre });
    return redirectAfterPost(reply, '/settings');
  });

  app.get(
    '/settings/numeros',
    { config, schema: { hide: true, querystring: formShape } },
    async (request, reply) => {
      const settings = await present(await parametres.versioned(actorOf(request)));
      const saisie = lireSaisie(request.query);
      const { lang } = request;
      const apercus = await previews(request, settings, saisie, lang);
      return reply.send({ apercus: apercus.map((one) => apercuLu(lang, one)) });
    },
  );

  app.get(
    '/settings/apercu.png',
    { config, schema: { hide: true, querystring: formShape } },
    async (request, reply) => {
      const person = personOf(request);
      const image = await rapports.apercu(
        person,
        await parametres.imagine(person, lireSaisie(request.query)),
      );
      return reply.type('image/png').header('cache-control', 'private, no-store').send(image);
    },
  );

  for (const cle of CLES_IMAGES) {
    app.post(
      `/settings/${cle}`,
      { config: { ...config, csrf: 'manual' }, bodyLimit: 2 * IMAGE_MAX_BYTES, schema: { hide: true } },
      async (request, reply) => {
        const t = parametresTexts(request.lang);
        try {
          const bytes = await readOneFile(request, cle, IMAGE_MAX_BYTES);
          if (bytes === null || bytes.length === 0) {
            return await show(request, reply, {
              errors: [{ field: cle, message: t.imageManque }],
              status: 400,
            });
          }
          await parametres.setImage(actorOf(request), cle, bytes);
        } catch (error) {
          if (!(error instanceof AppError) || error.kind !== 'invalid') throw error;
          const errors = error.fields.length > 0 ? error.fields : [{ field: cle, message: error.message }];
          return show(request, reply, { errors, status: 400 });
        }
        setFlash(reply, { tone: 'success', text: t.imageEnregistree });
        return redirectAfterPost(reply, '/settings');
      },
    );

    app.post(`/settings/${cle}/retirer`, { config, schema: { hide: true } }, async (request, reply) => {
      await parametres.setImage(actorOf(request), cle, null);
      setFlash(reply, { tone: 'success', text: parametresTexts(request.lang).imageRetiree });
      return redirectAfterPost(reply, '/settings');
    });
  }

  // A signature is not for everybody's eyes: those see it who may change it.
  app.get('/settings/signature', { config, schema: { hide: true } }, async (_request, reply) => {
    const { signature } = await parametres.get();
    if (!signature) return reply.callNotFound();
    return reply
      .type(signature.type)
      .header('cache-control', 'private, no-store')
      .send(Buffer.from(signature.base64, 'base64'));
  });

  // The sign-in page shows it too.
  app.get('/logo', { config: { public: true }, schema: { hide: true } }, async (_request, reply) => {
    const { logo } = await parametres.get();
    if (!logo) return reply.callNotFound();
    return reply
      .type(logo.type)
      .header('cache-control', 'private, max-age=300')
      .send(Buffer.from(logo.base64, 'base64'));
  });
}
