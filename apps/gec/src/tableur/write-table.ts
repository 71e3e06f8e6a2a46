import { Readable } from 'node:stream';
import type { Lang } from '@gec/core';
import { asAttachment } from '@gec/http';
import type { FastifyReply } from 'fastify';
import type { ColonneXlsx } from '../documents/types.ts';
import type { Atelier } from '../workers/atelier.ts';

/** The forms in which a list leaves the program. */
export const FORMATS_TABLE = ['csv', 'xlsx'] as const;
export type FormatTable = (typeof FORMATS_TABLE)[number];

type Valeur = string | number | null;

/** What a list says: one row of values for each, in the order of the columns. */
export interface ContenuTable {
  readonly colonnes: readonly ColonneXlsx[];
  readonly lignes: readonly (readonly Valeur[])[];
}

/** A list to write. */
export interface TableEcrite extends ContenuTable {
  readonly format: FormatTable;
  readonly lang: Lang;
  /** Name of the file, without its ending, and of the sheet. */
  readonly nom: string;
}

/** A column of texts, for a list to write: what stands above it, and its width in characters. */
export function colonneTexte(label: string, width: number): ColonneXlsx {
  return { label, width, type: 'texte' };
}

/** A telephone number or a negative one is no formula. */
const NOMBRE = /^[+-][\d\s().,/]+$/;

/**
 * A field of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it:
 * names come from outside.
 */
function champ(valeur: Valeur): string {
  if (valeur === null) return '';
  const text =
    typeof valeur === 'string' && /^[=+\-@\t\r]/.test(valeur) && !NOMBRE.test(valeur)
      ? `'${valeur}`
      : String(valeur);
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A list as CSV that a French spreadsheet opens by a double click: UTF-8 with its mark, semicolons, CRLF. */
export function tableCsv({ colonnes, lignes }: ContenuTable): string {
  const rows = [colonnes.map(({ label }) => label), ...lignes];
  return `\uFEFF${rows.map((row) => `${row.map(champ).join(';')}\r\n`).join('')}`;
}

/** A list as a spreadsheet, made by the atelier. */
export function tableXlsx(atelier: Pick<Atelier, 'document'>, table: Omit<TableEcrite, 'format'>): Readable {
  const { lang, nom, colonnes, lignes } = table;
  const total = lignes.length;
  return atelier.document('liste-xlsx', { lang, feuille: nom, colonnes, lignes, total, informations: [] });
}

/** Answers with a list as a file: CSV, or XLSX made by the atelier. */
export function sendTable(
  reply: FastifyReply,
  atelier: Pick<Atelier, 'document'>,
  table: TableEcrite,
): FastifyReply {
  const { format, nom } = table;
  reply.header('content-disposition', asAttachment(`${nom}.${format}`));
  if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(Readable.from([tableCsv(table)]));
  return reply
    .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .send(tableXlsx(atelier, table));
}
