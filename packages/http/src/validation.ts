import type { FieldError, Lang } from '@gec/core';
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';

const LOCALES = { fr: z.locales.fr().localeError, en: z.locales.en().localeError };

/** A request that does not have the shape of its route. Its messages exist in both languages. */
export class RequestValidationError extends Error {
  readonly statusCode = 400;
  readonly code = 'FST_ERR_VALIDATION';
  /** Which part of the request: `body`, `querystring`, `params` or `headers`; set by Fastify. */
  validationContext: string | undefined;
  readonly #fields: Readonly<Record<Lang, readonly FieldError[]>>;

  constructor(fields: Readonly<Record<Lang, readonly FieldError[]>>) {
    super('the request does not have the shape of its route');
    this.name = 'RequestValidationError';
    this.#fields = fields;
  }

  fields(lang: Lang): readonly FieldError[] {
    return this.#fields[lang];
  }
}

/**
 * The refused fields of a zod error, or of `request.validationError` on a route with `attachValidation`. The name of a
 * field is its path, joined by points.
 */
export function fieldErrors(error: z.ZodError | RequestValidationError, lang: Lang): readonly FieldError[] {
  if (error instanceof RequestValidationError) return error.fields(lang);
  return error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message }));
}

/**
 * Checks data against a shape with messages in the person's language.
 *
 * @returns the data in its output form, or the refused fields
 */
export function parseWith<T extends z.ZodType>(
  shape: T,
  data: unknown,
  lang: Lang,
): { ok: true; data: z.output<T> } | { ok: false; fields: readonly FieldError[] } {
  const result = shape.safeParse(data, { error: LOCALES[lang] });
  return result.success
    ? { ok: true, data: result.data }
    : { ok: false, fields: fieldErrors(result.error, lang) };
}

/**
 * Fastify's validator for zod shapes. It does not know the request, hence not the language: what is refused is looked
 * at once in each, and the error handler picks.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  return (data: unknown) => {
    const french = parseWith(schema, data, 'fr');
    if (french.ok) return { value: french.data };
    const english = parseWith(schema, data, 'en');
    return {
      error: new RequestValidationError({ fr: french.fields, en: english.ok ? [] : english.fields }),
    };
  };
};
