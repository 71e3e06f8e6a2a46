import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import type { AnnuaireService } from './correspondants.annuaire.ts';
import { idParams } from './correspondants.forms.ts';
import type { FusionService } from './correspondants.fusion.ts';
import { IMPORT_LIGNES_MAX } from './correspondants.import.schema.ts';
import type { ImportCorrespondantsService } from './correspondants.import.ts';
import { ficheShape, planShape, presentFiche, presentPlan } from './correspondants.presenter.ts';
import {
  MOTIFS_RESSEMBLANCE,
  NOM_MAX,
  TRIS_CORRESPONDANT,
  TRIS_DOUBLONS,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';

/** What the JSON routes of the directory need. */
export interface AnnuaireApiDeps {
  annuaire: AnnuaireService;
  fusions: FusionService;
  importCorrespondants: ImportCorrespondantsService;
}

const texte = z.string().max(10_000);
const saisieShape = z.strictObject({
  nom: texte,
  adresse: texte.default(''),
  telephone: texte.default(''),
  email: texte.default(''),
  notes: texte.default(''),
});
const version = z.int().positive().describe('Version lue');
const tags = ['correspondants'];

const listeQuery = z.object({
  q: z.string().max(NOM_MAX).default(''),
  actif: z.enum(['true', 'false']).optional(),
  tri: z.enum(TRIS_CORRESPONDANT).default('nom'),
  ordre: z.enum(['asc', 'desc']).default('asc'),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  taille: z.coerce.number().int().min(1).max(200).default(50),
});

/** The directory of correspondants as JSON: reading, changing, doubles, merging, importing. */
export function registerAnnuaireApi(app: App, deps: AnnuaireApiDeps): void {
  const { annuaire, fusions, importCorrespondants } = deps;
  const config = { permission: 'manage_statuses' } as const;
  const base = '/api/v1/annuaire';

  app.get(
    base,
    {
      config,
      schema: {
        tags,
        summary: 'Correspondants, avec le compte de leurs courriers que l’on peut lire',
        querystring: listeQuery,
        response: { 200: z.object({ total: z.int(), page: z.int(), correspondants: z.array(ficheShape) }) },
      },
    },
    async (request) => {
      const { q, actif, tri, ordre, page, taille } = request.query;
      const filters = { q, actif: actif === undefined ? null : actif === 'true', tri, ordre };
      const found = await annuaire.list(actorOf(request), filters, { page, size: taille });
      return { total: found.total, page, correspondants: found.correspondants.map(presentFiche) };
    },
  );

  app.post(
    base,
    {
      config,
      schema: {
        tags,
        summary: 'Ajouter un correspondant',
        body: saisieShape,
        response: { 201: z.object({ id: z.int() }) },
      },
    },
    async (request, reply) => {
      const saisie: SaisieCorrespondant = request.body;
      return reply.code(201).send({ id: await annuaire.add(actorOf(request), saisie) });
    },
  );

  app.get(
    `${base}/doublons`,
    {
      config,
      schema: {
        tags,
        summary: 'Paires de correspondants qui sont probablement le même',
        querystring: listeQuery
          .pick({ q: true, ordre: true, page: true, taille: true })
          .extend({ tri: z.enum(TRIS_DOUBLONS).default('raison') }),
        response: {
          200: z.object({
            total: z.int(),
            page: z.int(),
            paires: z.array(z.object({ a: ficheShape, b: ficheShape, motif: z.enum(MOTIFS_RESSEMBLANCE) })),
          }),
        },
      },
    },
    async (request) => {
      const { page, taille, ...demande } = request.query;
      const { total, paires } = await annuaire.doublons(actorOf(request), demande, { page, size: taille });
      return {
        total,
        page,
        paires: paires.map(({ a, b, motif }) => ({ a: presentFiche(a), b: presentFiche(b), motif })),
      };
    },
  );

  app.post(
    `${base}/distincts`,
    {
      config,
      schema: {
        tags,
        summary: 'Noter que deux correspondants sont deux',
        body: z.strictObject({ a: z.int().positive(), b: z.int().positive() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await annuaire.distinguer(actorOf(request), request.body.a, request.body.b);
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${base}/fusions`,
    {
      config,
      schema: {
        tags,
        summary: 'Fusionner un correspondant dans un autre ; 202 quand le travail continue en arrière-plan',
        body: z.strictObject({
          garde: z.int().positive(),
          fondu: z.int().positive(),
          version_garde: version,
          version_fondu: version,
          reecrire: z.boolean().default(false).describe('Écrire le nom gardé sur les courriers'),
        }),
        response: {
          200: z.object({ id: z.int(), terminee: z.literal(true) }),
          202: z.object({ id: z.int(), terminee: z.literal(false) }),
        },
      },
    },
    async (request, reply) => {
      const { garde, fondu, version_garde, version_fondu, reecrire } = request.body;
      const { id, terminee } = await fusions.merge(personOf(request), {
        garde,
        fondu,
        versions: { garde: version_garde, fondu: version_fondu },
        reecrire,
      });
      if (terminee) return reply.code(200).send({ id, terminee });
      return reply.code(202).send({ id, terminee });
    },
  );

  app.post(
    `${base}/import`,
    {
      config,
      bodyLimit: 8 * 1024 * 1024,
      schema: {
        tags,
        summary: 'Importer des correspondants ; avec `simuler`, dire seulement ce que fera chaque ligne',
        body: z.strictObject({
          simuler: z.boolean().default(true),
          correspondants: z.array(saisieShape).min(1).max(IMPORT_LIGNES_MAX),
        }),
        response: { 200: planShape },
      },
    },
    async (request) => {
      const { simuler, correspondants } = request.body;
      const lignes = correspondants.map((saisie, at) => ({ ligne: at + 1, saisie }));
      const actor = personOf(request);
      return presentPlan(
        simuler
          ? await importCorrespondants.plan(actor, lignes)
          : await importCorrespondants.run(actor, lignes),
      );
    },
  );

  app.get(
    `${base}/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Un correspondant, avec ses autres écritures et les fusions en cours',
        params: idParams,
        response: {
          200: ficheShape.extend({
            ecritures: z.array(z.object({ id: z.int(), nom: z.string() })),
            fusions: z.array(
              z.object({
                id: z.int(),
                nom: z.string(),
                fait: z.int(),
                total: z.int(),
                terminee: z.boolean(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const actor = personOf(request);
      const { id } = request.params;
      const fiche = await annuaire.get(actor, id);
      const merges = await fusions.fusions(actor, id);
      return {
        ...presentFiche(fiche),
        ecritures: fiche.ecritures,
        fusions: merges.map(({ nomFondu, ...one }) => ({ ...one, nom: nomFondu })),
      };
    },
  );

  app.put(
    `${base}/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Modifier un correspondant ; refusé si quelqu’un l’a changé depuis la version lue',
        params: idParams,
        body: saisieShape.extend({ version }),
        response: { 200: ficheShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { version: seen, ...saisie } = request.body;
      await annuaire.update(actor, request.params.id, saisie, seen);
      return presentFiche(await annuaire.get(actor, request.params.id));
    },
  );

  app.post(
    `${base}/:id/activation`,
    {
      config,
      schema: {
        tags,
        summary: 'Proposer un correspondant à la saisie, ou ne plus le proposer',
        params: idParams,
        body: z.strictObject({ actif: z.boolean(), version }),
        response: { 200: ficheShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { id } = request.params;
      await annuaire.setActif(actor, id, request.body.actif, request.body.version);
      return presentFiche(await annuaire.get(actor, id));
    },
  );
}
