import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { consult, type JournalRoutesServices } from './journal.consult.ts';
import { journalQuery } from './journal.forms.ts';
import { presentLine } from './journal.presenter.ts';

const entree = z.object({
  id: z.number(),
  seq: z.number().nullable(),
  date: z.string(),
  action: z.string(),
  libelle: z.string(),
  acteur: z.string(),
  utilisateur_id: z.number().nullable(),
  nom: z.string().nullable(),
  ip: z.string(),
  courrier_id: z.number().nullable(),
  numero: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const rapport = z.object({
  ok: z.boolean(),
  chained: z.number(),
  waiting: z.number(),
  firstBreak: z
    .object({
      kind: z.enum(['altered', 'removed', 'inserted', 'head']),
      seq: z.number().nullable(),
      id: z.number().nullable(),
    })
    .nullable(),
});

const query = journalQuery.extend({ size: z.coerce.number().int().min(1).max(500).default(100) });

/** Registers the JSON routes of the journal. */
export function registerJournalApi(app: App, services: JournalRoutesServices): void {
  const config = { permission: 'view_logs' } as const;
  const tags = ['Journal'];

  app.get(
    '/api/v1/journal',
    {
      config,
      schema: {
        tags,
        summary:
          'Les entrées du journal, les plus récentes d’abord ou (sort_order=asc) les plus anciennes ; la suite avec avant=<suivant>',
        querystring: query,
        response: {
          200: z.object({
            entrees: z.array(entree),
            total: z.number(),
            total_plafonne: z.boolean(),
            suivant: z.number().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const { size, ...words } = request.query;
      const found = await consult(services, personOf(request), words, { size, strict: true });
      return {
        entrees: found.lignes.map((line) => presentLine(request.lang, line, found.names)),
        total: found.total,
        total_plafonne: found.totalPlafonne,
        suivant: found.suivant,
      };
    },
  );

  app.post(
    '/api/v1/journal/verification',
    {
      config,
      schema: { tags, summary: 'Vérifier la chaîne du journal', response: { 200: rapport } },
    },
    async (request) => services.journal.verify(personOf(request)),
  );
}
