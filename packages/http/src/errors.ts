import { AppError, fill, type ErrorKind, type FieldError } from '@gec/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { httpTexts } from './http.texts.ts';
import { isApi, sendHtml, wantsJson } from './respond.ts';
import type { ErrorContext, ServerOptions } from './types.ts';
import { RequestValidationError } from './validation.ts';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'unsupported-type': 415,
  'locked-out': 429,
  unavailable: 503,
};

type Texts = ReturnType<typeof httpTexts>;

/** What each status says when no module says it better. */
function generic(status: number, texts: Texts): { code: string; title: string; message: string } {
  switch (status) {
    case 401:
      return {
        code: 'UNAUTHENTICATED',
        title: texts.unauthenticatedTitle,
        message: texts.unauthenticated,
      };
    case 403:
      return { code: 'FORBIDDEN', title: texts.forbiddenTitle, message: texts.forbidden };
    case 404:
      return { code: 'NOT_FOUND', title: texts.notFoundTitle, message: texts.notFound };
    case 409:
      return { code: 'CONFLICT', title: texts.conflictTitle, message: texts.invalid };
    case 413:
      return { code: 'TOO_LARGE', title: texts.tooLargeTitle, message: texts.tooLarge };
    case 415:
      return { code: 'UNSUPPORTED_TYPE', title: texts.unsupportedTitle, message: texts.unsupported };
    case 429:
      return { code: 'TOO_MANY_REQUESTS', title: texts.lockedTitle, message: texts.unavailable };
    case 503:
      return { code: 'UNAVAILABLE', title: texts.unavailableTitle, message: texts.unavailable };
    case 500:
      return { code: 'INTERNAL', title: texts.faultTitle, message: texts.fault };
    default:
      return { code: 'BAD_REQUEST', title: texts.invalidTitle, message: texts.badRequest };
  }
}

/** The status that Fastify or one of its plugins refused the request with; theirs alone is believed. */
function frameworkStatus(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return null;
  const { statusCode, code } = error;
  if (typeof code !== 'string' || !code.startsWith('FST_')) return null;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return null;
  return statusCode === 406 ? 415 : statusCode;
}

/**
 * What a thrown thing tells the client: refusals in their own words, everything else as a fault without a detail.
 *
 * @param isUnavailable whether an error means that the database is away for now
 */
export function describeError(
  error: unknown,
  request: FastifyRequest,
  isUnavailable: (error: unknown) => boolean = () => false,
): ErrorContext {
  const texts = httpTexts(request.lang);
  const build = (
    status: number,
    own: { code?: string; message?: string; fields?: readonly FieldError[]; retryAfter?: number } = {},
  ): ErrorContext => {
    const { code, title, message } = generic(status, texts);
    return {
      request,
      status,
      code: own.code ?? code,
      title,
      message: fill(own.message || message, { id: request.id }),
      fields: own.fields ?? [],
      retryAfter: own.retryAfter,
      requestId: request.id,
      lang: request.lang,
    };
  };
  if (error instanceof AppError) return build(STATUS[error.kind], error);
  if (error instanceof RequestValidationError) {
    return build(400, { code: 'INVALID', message: texts.invalid, fields: error.fields(request.lang) });
  }
  const status = frameworkStatus(error);
  if (status !== null) return build(status);
  return isUnavailable(error) ? build(503, { retryAfter: 5 }) : build(500);
}

/** The usual JSON body of an error. */
export function jsonErrorBody(context: ErrorContext): object {
  const { code, message, fields, requestId } = context;
  return { error: { code, message, ...(fields.length > 0 ? { fields } : {}), request_id: requestId } };
}

/** Sends an error as the page or the JSON that the client wants. */
export function sendError(options: ServerOptions, context: ErrorContext, reply: FastifyReply): FastifyReply {
  // What the handler had prepared for its own answer does not describe this one.
  for (const name of ['content-disposition', 'content-length', 'content-range', 'content-encoding', 'etag']) {
    reply.removeHeader(name);
  }
  reply.header('cache-control', 'no-store');
  if (context.retryAfter !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(context.retryAfter))));
  }
  if (isApi(context.request) || wantsJson(context.request)) {
    const body = options.jsonError?.(context) ?? jsonErrorBody(context);
    // Serialised here: the route's own response shapes are about its successes.
    return reply
      .code(context.status)
      .type('application/json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(body);
  }
  try {
    return sendHtml(reply, options.renderError(context), context.status);
  } catch (error) {
    context.request.log.error({ err: error }, 'the error page failed');
    return reply.code(context.status).type('text/plain; charset=utf-8').send(context.message);
  }
}

/** The error handler of a server: notes faults with the id of the request, and answers. */
export function errorHandler(options: ServerOptions) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const context = describeError(error, request, (thrown) => options.isUnavailable?.(thrown) ?? false);
    if (context.status === 500) request.log.error({ err: error }, 'fault');
    else if (context.status === 503) request.log.warn({ err: error }, 'unavailable');
    return sendError(options, context, reply);
  };
}
