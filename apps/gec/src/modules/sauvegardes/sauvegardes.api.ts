import { asAttachment } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import {
  presentReglage,
  presentSauvegarde,
  reglagePatch,
  reglageVuShape,
  sauvegardeShape,
} from './sauvegardes.presenter.ts';
import type { SauvegardesService } from './sauvegardes.service.ts';

const ROOT = '/api/v1/sauvegardes';
const tags = ['sauvegardes'];
const config = { permission: 'manage_backups' } as const;
const nomSeul = z.object({ nom: z.string().max(120) });

/** Backups as JSON. Restoring is a command: the program must be stopped for it. */
export function registerSauvegardesApi(app: App, { sauvegardes }: { sauvegardes: SauvegardesService }): void {
  app.get(
    ROOT,
    {
      config,
      schema: {
        tags,
        summary: 'Les sauvegardes, la plus récente d’abord',
        response: { 200: z.object({ sauvegardes: z.array(sauvegardeShape) }) },
      },
    },
    async (request) => ({
      sauvegardes: (await sauvegardes.lister(personOf(request))).map(presentSauvegarde),
    }),
  );

  app.post(
    ROOT,
    {
      config,
      schema: { tags, summary: 'Commencer une sauvegarde, en arrière-plan', response: { 202: nomSeul } },
    },
    async (request, reply) => reply.code(202).send({ nom: await sauvegardes.lancer(personOf(request)) }),
  );

  app.post(
    `${ROOT}/verification`,
    {
      config,
      schema: {
        tags,
        summary: 'Relire une sauvegarde et la comparer à ce qui a été écrit',
        description: '`intacte` est nul pour une sauvegarde que cette installation n’a pas faite.',
        body: z.strictObject({ nom: z.string().max(120) }),
        response: { 200: z.object({ intacte: z.boolean().nullable() }) },
      },
    },
    async (request) => ({ intacte: await sauvegardes.controler(personOf(request), request.body.nom) }),
  );

  app.get(
    `${ROOT}/reglage`,
    { config, schema: { tags, summary: 'La planification', response: { 200: reglageVuShape } } },
    async (request) => presentReglage(await sauvegardes.reglage(personOf(request))),
  );

  app.patch(
    `${ROOT}/reglage`,
    {
      config,
      schema: {
        tags,
        summary: 'Changer la planification',
        body: reglagePatch,
        response: { 200: reglageVuShape },
      },
    },
    async (request) => {
      const { version, cle_publique: clePublique, ...rest } = request.body;
      const patch = { ...rest, ...(clePublique === undefined ? {} : { clePublique }) };
      return presentReglage(await sauvegardes.regler(personOf(request), patch, version));
    },
  );

  app.post(
    `${ROOT}/cle`,
    {
      config,
      schema: {
        tags,
        summary: 'Créer une clé de sauvegarde',
        description: 'La moitié secrète n’est donnée que cette fois et n’est gardée nulle part.',
        response: { 201: z.object({ cle_publique: z.string(), cle_secrete: z.string() }) },
      },
    },
    async (request, reply) => {
      const { publicKey, secretKey } = await sauvegardes.nouvelleCle(personOf(request));
      void reply.header('cache-control', 'no-store');
      return reply.code(201).send({ cle_publique: publicKey, cle_secrete: secretKey });
    },
  );

  app.get(
    `${ROOT}/:nom/archive`,
    { config, schema: { tags, summary: 'Télécharger une sauvegarde', params: nomSeul } },
    async (request, reply) => {
      const { nom } = request.params;
      const content = await sauvegardes.ouvrir(personOf(request), nom);
      void reply.header('content-disposition', asAttachment(nom)).type('application/octet-stream');
      return reply.send(content);
    },
  );

  app.delete(
    `${ROOT}/:nom`,
    {
      config,
      schema: { tags, summary: 'Supprimer une sauvegarde', params: nomSeul, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await sauvegardes.supprimer(personOf(request), request.params.nom);
      return reply.code(204).send(null);
    },
  );
}
