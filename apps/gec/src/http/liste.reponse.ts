import { invalid, type Lang } from '@gec/core';
import { wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ContenuTable } from '../tableur/write-table.ts';
import type { Atelier } from '../workers/atelier.ts';
import { sendList } from './liste.envoi.ts';
import { lireListe, type ListeLue, type ListeQuery, type PageLue } from './liste.ts';

/** What is particular to a list. */
export interface ListeRepondue<Row, T extends string> {
  readonly query: ListeQuery;
  readonly atelier: Pick<Atelier, 'document'>;
  /** The orders that there are, the usual one first. */
  readonly tris: readonly [T, ...T[]];
  /** What is said of a filter that does not exist. */
  readonly filtreInconnu: string;
  /** Name of a file of the list. */
  readonly nom: string;
  /** Every row that the filters let through, in order. */
  find(lue: ListeLue<T>): Promise<readonly Row[]>;
  table(rows: readonly Row[], lang: Lang): ContenuTable;
  /** Rows for a program. */
  present(rows: readonly Row[]): Record<string, unknown>;
  show(page: PageLue<Row, T>): Promise<FastifyReply>;
}

const PAGE_SIZE = 50;

/**
 * Answers the address of a short list of the administration: a page of it, to a program as JSON, or all of it as a file.
 * A filter that does not exist is shown beside its field.
 *
 * @throws AppError invalid, to a program and for a file
 */
export async function answerList<Row, T extends string>(
  request: FastifyRequest,
  reply: FastifyReply,
  list: ListeRepondue<Row, T>,
): Promise<FastifyReply> {
  const { query } = list;
  const lue = lireListe(query, list.tris, list.filtreInconnu);
  if (lue.errors.length > 0 && (wantsJson(request) || query.format !== '')) throw invalid(lue.errors);
  const found = await list.find(lue);
  if (lue.format) {
    const { format } = lue;
    return sendList(request, reply, list.atelier, {
      format,
      lang: request.lang,
      nom: list.nom,
      ...list.table(found, request.lang),
    });
  }
  const rows = found.slice((lue.page - 1) * PAGE_SIZE, lue.page * PAGE_SIZE);
  if (wantsJson(request)) return reply.send({ ...list.present(rows), total: found.length });
  return list.show({ rows, total: found.length, lue, query, pageSize: PAGE_SIZE });
}
