import multipart from '@fastify/multipart';
import { AppError, fill } from '@gec/core';
import { actorOf, isApi, verifyCsrf, type HttpServer } from '@gec/http';
import type { FastifyRequest } from 'fastify';
import { PIECES_MAX, TAILLE_MAX, type PieceRecue } from './pieces.schema.ts';
import type { FichierEnvoye, PiecesService } from './pieces.service.ts';
import { piecesTexts } from './pieces.texts.ts';

/** A file that was refused; `erreur` is what to throw where there is nothing else to answer. */
export interface FichierRefuse {
  nom: string;
  message: string;
  erreur: AppError;
}

/** A form as it was read. */
export interface FormulaireLu {
  /** Fields without `_csrf`; a name that came several times has all its values in order. */
  fields: Record<string, string | string[]>;
  /** Files that came with the form, kept as `receive` keeps them. */
  pieces: PieceRecue[];
  errors: FichierRefuse[];
}

/** What reading a form asks of the files. */
export type Reception = Pick<PiecesService, 'receive' | 'discard' | 'limites'>;

const CHAMPS_MAX = 100;
const CHAMP_OCTETS = 64 * 1024;
/** The parser has four buffers in a row for each upload; its own sizes would make fifty uploads cost twice as much. */
const TAMPONS = { highWaterMark: 16 * 1024, fileHwm: 16 * 1024 };
/** Bytes of a refused body that are still taken in, so that the browser comes to read the answer. */
const VIDANGE_MAX = 64 * 1024 * 1024;

/** Lets the server take multipart bodies. Once for a program, before its routes. */
export async function registerMultipart(app: HttpServer): Promise<void> {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    ...TAMPONS,
    limits: {
      fileSize: TAILLE_MAX,
      files: PIECES_MAX,
      fields: CHAMPS_MAX,
      fieldNameSize: 100,
      fieldSize: CHAMP_OCTETS,
      parts: PIECES_MAX + CHAMPS_MAX,
      headerPairs: 50,
    },
  });
}

/** Takes in what is left of a body, up to a bound: a client that is still sending does not read the answer. */
function drain(request: FastifyRequest): void {
  const { raw } = request;
  if (raw.readableEnded || raw.destroyed) return;
  let bytes = 0;
  raw.unpipe();
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > VIDANGE_MAX) raw.destroy();
  });
  raw.on('error', () => undefined);
  raw.resume();
}

function add(fields: FormulaireLu['fields'], name: string, value: string): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else fields[name] = [...(Array.isArray(known) ? known : [known]), value];
}

/** The refusals of the parser of forms in words of ours; anything else as it is. */
export function refusMultipart(error: unknown, request: FastifyRequest, files = PIECES_MAX): unknown {
  const t = piecesTexts(request.lang);
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'FST_FILES_LIMIT') {
    return new AppError('too-large', 'TOO_MANY_FILES', fill(t.tropDePieces, { max: files }));
  }
  if (code === 'FST_FIELDS_LIMIT' || code === 'FST_PARTS_LIMIT') {
    return new AppError('too-large', 'FORM_TOO_LARGE', t.formulaireTropGros);
  }
  if (code === 'FST_MP_PREMATURE_CLOSE' || code === 'ECONNRESET') {
    return new AppError('invalid', 'INTERRUPTED', fill(t.interrompu, { nom: t.sansNom }), { cause: error });
  }
  // Malformed multipart: the parser throws plain errors.
  if (error instanceof Error && error.message.match(/multipart|terminated early|malformed/i)) {
    return new AppError('invalid', 'BAD_MULTIPART', fill(t.interrompu, { nom: t.sansNom }), { cause: error });
  }
  return error;
}

/**
 * Reads a form of this program with its files, as they come: each one is sealed and checked while the next one waits
 * in the network. Fields have small bounds. On a page the field `_csrf` must come before the first file: nothing is
 * received for a form that is not ours (the route has `config.csrf: 'manual'`).
 *
 * A refused file does not refuse the form: it stands in `errors`, the other files are kept, and the form can be shown
 * again with all that was typed. When reading itself fails or the client vanishes, everything received is destroyed.
 *
 * @throws AppError CSRF, FORM_TOO_LARGE, TOO_MANY_FILES, INTERRUPTED, BAD_MULTIPART
 */
export async function readForm(request: FastifyRequest, pieces: Reception): Promise<FormulaireLu> {
  const actor = actorOf(request);
  const form: FormulaireLu = { fields: {}, pieces: [], errors: [] };
  let trusted = isApi(request); // the JSON interface rests on the Origin check
  try {
    if (!request.isMultipart()) {
      for (const [name, value] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
        for (const one of [value].flat()) if (typeof one === 'string') add(form.fields, name, one);
      }
      const { _csrf: token, ...fields } = form.fields;
      if (!trusted) verifyCsrf(request, token);
      return { ...form, fields };
    }
    const fileSize = (await pieces.limites()).tailleMax + 1;
    // No file of a body is longer than the body; a client that sends in pieces does not say.
    const length = Number.parseInt(request.headers['content-length'] ?? '', 10);
    const atMost = Number.isSafeInteger(length) ? length : undefined;
    for await (const part of request.parts({ limits: { fileSize } })) {
      if (part.type === 'field') {
        if (part.valueTruncated || part.fieldnameTruncated || typeof part.value !== 'string') {
          throw new AppError('too-large', 'FORM_TOO_LARGE', piecesTexts(request.lang).formulaireTropGros);
        }
        if (part.fieldname !== '_csrf') add(form.fields, part.fieldname, part.value);
        else if (!trusted) {
          verifyCsrf(request, part.value);
          trusted = true;
        }
        continue;
      }
      if (!trusted) verifyCsrf(request, undefined);
      // A file field that was left empty comes as a file without name and content.
      if (part.filename) {
        // The parser is done with a chunk of a file when the next one comes.
        await receiveOne({ name: part.filename, stream: part.file, atMost, ownChunks: true });
      }
      part.file.resume();
    }
    if (!trusted) verifyCsrf(request, undefined);
    if (request.raw.destroyed && !request.raw.complete) throw new Error('the client vanished');
    return form;
  } catch (error) {
    for (const { id } of form.pieces) {
      await pieces
        .discard(actor, id)
        .catch((cause: unknown) => request.log.warn({ err: cause }, 'a received file is left to the sweep'));
    }
    drain(request);
    throw refusMultipart(error, request);
  }

  async function receiveOne(file: FichierEnvoye) {
    try {
      form.pieces.push(await pieces.receive(actor, file));
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'PIECE_INTERRUPTED') throw error;
      form.errors.push({ nom: file.name, message: error.message, erreur: error });
    }
  }
}

/** A small form with at most one file; the last value counts where a field came several times. */
export interface PetitFormulaire {
  fields: Record<string, string>;
  /** Null when no file was chosen. */
  file: { nom: string; bytes: Buffer } | null;
}

/**
 * Reads a small form with its one file. On a page, whose route has `config.csrf: 'manual'`, `_csrf` comes before the
 * file; the JSON interface rests on the Origin check. The file is whole in memory, up to one byte beyond the bound, by
 * which the caller sees that it is too large.
 *
 * @param field name of the file's field; other files are read past
 * @param max bytes that the file may have
 * @throws AppError CSRF, FORM_TOO_LARGE, TOO_MANY_FILES, INTERRUPTED, BAD_MULTIPART
 */
export async function readSmallForm(
  request: FastifyRequest,
  field: string,
  max: number,
): Promise<PetitFormulaire> {
  let trusted = isApi(request);
  const form: PetitFormulaire = { fields: {}, file: null };
  try {
    if (request.isMultipart()) {
      for await (const part of request.parts({ limits: { fileSize: max + 1, files: 1 } })) {
        if (part.type === 'field') {
          if (part.valueTruncated || part.fieldnameTruncated || typeof part.value !== 'string') {
            throw new AppError('too-large', 'FORM_TOO_LARGE', piecesTexts(request.lang).formulaireTropGros);
          }
          if (part.fieldname !== '_csrf') form.fields[part.fieldname] = part.value;
          else if (!trusted) {
            verifyCsrf(request, part.value);
            trusted = true;
          }
          continue;
        }
        if (!trusted) verifyCsrf(request, undefined);
        if (part.filename && part.fieldname === field) {
          form.file = { nom: part.filename, bytes: await part.toBuffer() };
        } else part.file.resume();
      }
    }
    if (!trusted) verifyCsrf(request, undefined);
    return form;
  } catch (error) {
    throw refusMultipart(error, request, 1);
  }
}

/**
 * Reads the one file of a small form; see {@link readSmallForm}.
 *
 * @returns the bytes; null when the form has no such file
 */
export async function readOneFile(
  request: FastifyRequest,
  field: string,
  max: number,
): Promise<Buffer | null> {
  return (await readSmallForm(request, field, max)).file?.bytes ?? null;
}
