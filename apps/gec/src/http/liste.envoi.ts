import type { UserActor } from '@gec/core';
import { actorOf } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendTable, type TableEcrite } from '../tableur/write-table.ts';
import type { Atelier } from '../workers/atelier.ts';

/** Puts into the journal that a list leaves the program: which one by its address, how, and how many rows. */
export type NoteExport = (
  actor: UserActor,
  details: { liste: string; format: string; nombre: number },
) => Promise<void>;

declare module 'fastify' {
  interface FastifyInstance {
    gecExport: NoteExport;
  }
}

/** Answers with a list as a file, which the journal has before its first byte. */
export async function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  atelier: Pick<Atelier, 'document'>,
  table: TableEcrite,
): Promise<FastifyReply> {
  const [liste = ''] = request.url.split('?');
  const { format, lignes } = table;
  await request.server.gecExport(actorOf(request), { liste, format, nombre: lignes.length });
  return sendTable(reply, atelier, table);
}
