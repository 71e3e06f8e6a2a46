import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import {
  essaiShape,
  modeleShape,
  presentEssai,
  presentModele,
  presentSmtp,
  saisieDe,
  smtpEntree,
  smtpShape,
} from './courriels.presenter.ts';
import type { CourrielsService } from './courriels.service.ts';

/** What the addresses of e-mail are made from. */
export interface CourrielsRoutesDeps {
  courriels: CourrielsService;
  utilisateurs: Pick<UtilisateursService, 'names' | 'compte'>;
}

const tags = ['courriels'];
const version = z.int().min(0).max(1_000_000_000);
const versionQuery = z.strictObject({ version: z.coerce.number().int().min(0).max(1_000_000_000) });
const place = z.object({ evenement: z.string().max(60), langue: z.string().max(10) });
const modele = z.strictObject({
  sujet: z.string().max(1_000),
  texte: z.string().max(50_000),
  html: z.string().max(100_000).default(''),
});

/** The mail server as JSON. */
function registerSmtp(app: App, { courriels }: CourrielsRoutesDeps): void {
  const config = { permission: 'manage_system_settings' } as const;
  const response = { 200: smtpShape };

  app.get(
    '/api/v1/courriels/smtp',
    { config, schema: { tags, summary: 'Serveur d’envoi, sans son mot de passe', response } },
    async (request) => presentSmtp(await courriels.smtp(actorOf(request))),
  );

  app.put(
    '/api/v1/courriels/smtp',
    {
      config,
      schema: {
        tags,
        summary: 'Régler le serveur d’envoi',
        description: 'Sans mot_de_passe, celui qui est enregistré reste, sauf si hote change.',
        body: smtpEntree.extend({ version }),
        response,
      },
    },
    async (request) => {
      const { version: seen, ...entree } = request.body;
      return presentSmtp(await courriels.enregistrerSmtp(actorOf(request), saisieDe(entree), seen));
    },
  );

  app.delete(
    '/api/v1/courriels/smtp',
    {
      config,
      schema: { tags, summary: 'Revenir à l’environnement', querystring: versionQuery, response },
    },
    async (request) => presentSmtp(await courriels.retirerSmtp(actorOf(request), request.query.version)),
  );

  app.post(
    '/api/v1/courriels/smtp/essai',
    {
      config,
      schema: {
        tags,
        summary: 'Essayer un serveur d’envoi sans l’enregistrer',
        body: smtpEntree.extend({ adresse: z.string().max(300) }),
        response: { 200: essaiShape },
      },
    },
    async (request) => {
      const { adresse, ...entree } = request.body;
      return presentEssai(await courriels.essayerSmtp(actorOf(request), saisieDe(entree), adresse));
    },
  );
}

/** E-mail as JSON: the mail server and the templates. */
export function registerCourrielsApi(app: App, deps: CourrielsRoutesDeps): void {
  registerSmtp(app, deps);
  const { courriels, utilisateurs } = deps;
  const config = { permission: 'manage_email_templates' } as const;
  const url = '/api/v1/courriels/modeles/:evenement/:langue';

  app.get(
    '/api/v1/courriels/modeles',
    {
      config,
      schema: {
        tags,
        summary: 'Modèles de courriel',
        response: { 200: z.object({ modeles: z.array(modeleShape) }) },
      },
    },
    async (request) => ({ modeles: (await courriels.modeles(actorOf(request))).map(presentModele) }),
  );

  app.get(
    url,
    {
      config,
      schema: { tags, summary: 'Un modèle de courriel', params: place, response: { 200: modeleShape } },
    },
    async (request) => {
      const { evenement, langue } = request.params;
      return presentModele(await courriels.modele(actorOf(request), evenement, langue));
    },
  );

  app.put(
    url,
    {
      config,
      schema: {
        tags,
        summary: 'Modifier un modèle de courriel',
        params: place,
        body: modele.extend({ version }),
        response: { 200: modeleShape },
      },
    },
    async (request) => {
      const { version: seen, ...words } = request.body;
      const saved = await courriels.enregistrerModele(
        actorOf(request),
        { ...request.params, version: seen },
        words,
      );
      return presentModele(saved);
    },
  );

  app.delete(
    url,
    {
      config,
      schema: {
        tags,
        summary: 'Revenir au modèle par défaut',
        params: place,
        querystring: versionQuery,
        response: { 200: modeleShape },
      },
    },
    async (request) =>
      presentModele(await courriels.revenirModele(actorOf(request), { ...request.params, ...request.query })),
  );

  app.post(
    `${url}/apercu`,
    {
      config,
      schema: {
        tags,
        summary: 'Aperçu d’un modèle avec des valeurs d’exemple',
        params: place,
        body: modele,
        response: { 200: z.object({ sujet: z.string(), texte: z.string(), html: z.string() }) },
      },
    },
    async (request) => courriels.apercevoir(actorOf(request), request.params, request.body),
  );

  app.post(
    `${url}/essai`,
    {
      config,
      schema: {
        tags,
        summary: 'S’envoyer le modèle en vigueur avec des valeurs d’exemple',
        params: place,
        response: { 202: z.object({ envoye: z.literal(true) }) },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      await courriels.essayerModele(actor, request.params, await adresseDe(utilisateurs, actor.userId));
      return reply.code(202).send({ envoye: true });
    },
  );
}

/** The e-mail address of somebody who is signed in. */
export async function adresseDe(
  utilisateurs: Pick<UtilisateursService, 'compte'>,
  userId: number,
): Promise<string> {
  return (await utilisateurs.compte(userId))?.email ?? '';
}
