import multipart from '@fastify/multipart';
import { AppError } from '@gec/core';
import { besideLightRoutes, verifyCsrf } from '@gec/http';
import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { shellTexts } from './shell.texts.ts';

/** Characters of one field of a form at most: a pasted request or bundle fits. */
const FIELD_BYTES = 256 * 1024;
const FIELDS_MAX = 20;

/** A form with at most one file. */
export interface SmallForm {
  readonly fields: Readonly<Record<string, string>>;
  /** Null when no file was chosen. */
  readonly file: { readonly name: string; readonly bytes: Buffer } | null;
}

/** Lets the server take multipart bodies. Once, before its routes. */
export async function registerMultipart(app: App): Promise<void> {
  const limits = {
    files: 1,
    fields: FIELDS_MAX,
    parts: FIELDS_MAX + 1,
    fieldNameSize: 100,
    fieldSize: FIELD_BYTES,
    headerPairs: 50,
  };
  await besideLightRoutes(app, () => app.register(multipart, { limits }));
}

/** The refusals of the parser in words of ours; anything else as it is. */
function worded(error: unknown, request: FastifyRequest): unknown {
  const t = shellTexts(request.lang);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_REQ_FILE_TOO_LARGE' || /^FST_(FILES|FIELDS|PARTS)_LIMIT$/.test(code)) {
    return new AppError('too-large', 'FORM_TOO_LARGE', t.formTooLarge, { cause: error });
  }
  const torn = code === 'FST_MP_PREMATURE_CLOSE' || code === 'ECONNRESET';
  if (torn || (error instanceof Error && /multipart|terminated early|malformed/i.test(error.message))) {
    return new AppError('invalid', 'BAD_MULTIPART', t.formTorn, { cause: error });
  }
  return error;
}

/**
 * Reads a small form with its file into memory. The route has `config.csrf: 'manual'`; `_csrf` comes before the file,
 * so that nothing is taken in for a form that is not ours.
 *
 * @param max bytes that the file may have
 * @throws AppError CSRF, FORM_TOO_LARGE, BAD_MULTIPART
 */
export async function readSmallForm(request: FastifyRequest, max: number): Promise<SmallForm> {
  const fields: Record<string, string> = {};
  let file: SmallForm['file'] = null;
  let trusted = false;
  const verify = (token: string | undefined): void => {
    verifyCsrf(request, token);
    trusted = true;
  };
  try {
    if (request.isMultipart()) {
      for await (const part of request.parts({ limits: { fileSize: max } })) {
        if (part.type === 'file') {
          if (!trusted) verify(undefined);
          const bytes = await part.toBuffer();
          // A file field that was left empty comes as a file without name and content.
          if (part.filename) file = { name: part.filename, bytes };
        } else if (part.valueTruncated || typeof part.value !== 'string') {
          throw new AppError('too-large', 'FORM_TOO_LARGE', shellTexts(request.lang).formTooLarge);
        } else if (part.fieldname === '_csrf') verify(part.value);
        else fields[part.fieldname] = part.value;
      }
    } else {
      for (const [name, value] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
        if (typeof value !== 'string') continue;
        if (name === '_csrf') verify(value);
        else fields[name] = value;
      }
    }
    if (!trusted) verify(undefined);
    return { fields, file };
  } catch (error) {
    throw worded(error, request);
  }
}
