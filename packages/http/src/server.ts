import { randomUUID } from 'node:crypto';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import { AppError, fill, notFound } from '@gec/core';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { constants } from 'node:zlib';
import { guard, requireAccess } from './access.ts';
import { addressGroup, plainAddress } from './addresses/normalize.ts';
import { acceptedLang, langOf, themeOf } from './context.ts';
import { clearSessionCookie, hasSessionCookie, sessionTokenOf } from './cookies.ts';
import { checkApiContentType, checkFormToken, checkOrigin, deriveCsrfKey, isUnsafe } from './csrf.ts';
import { describeError, errorHandler, sendError } from './errors.ts';
import { contentSecurityPolicy, setLightHeaders, setSecurityHeaders } from './headers.ts';
import { httpTexts } from './http.texts.ts';
import type { Internals } from './internals.ts';
import { besideLightRoutes, isLight } from './light.ts';
import { addMetrics } from './metrics.ts';
import { sessionIdOf } from './sessions/sessions.service.ts';
import type { HttpServer, ServerOptions } from './types.ts';
import { validatorCompiler } from './validation.ts';

const BODY_LIMIT = 256 * 1024;
const REQUESTS_PER_MINUTE = 600;
const COMPRESSIBLE =
  /^(text\/(html|css|plain|csv|javascript)|application\/(javascript|json|manifest\+json|xml)|image\/svg\+xml)\b/;

function internalsOf(options: ServerOptions): Internals {
  if (options.sessionSecret.length < 32) throw new Error('the session secret needs at least 32 characters');
  return {
    sessions: options.sessions,
    csrfKey: deriveCsrfKey(options.sessionSecret),
    cookiePrefix: options.cookiePrefix,
    secureCookies: options.secureCookies,
    publicOrigin: options.publicUrl === undefined ? null : new URL(options.publicUrl).origin,
    publicHost: options.publicUrl === undefined ? null : new URL(options.publicUrl).host,
    loginPath: options.loginPath ?? '/login',
    routes: [],
    prefixes: [],
  };
}

/** Who sends too much is slowed by session where there is one: an office shares one address. Light routes know none. */
function floodKey(request: FastifyRequest): string {
  const token = isLight(request) ? null : sessionTokenOf(request);
  return token === null ? `address ${addressGroup(request.clientIp)}` : `session ${sessionIdOf(token)}`;
}

async function loadSession(
  request: FastifyRequest,
  reply: FastifyReply,
  options: ServerOptions,
): Promise<void> {
  if (!hasSessionCookie(request)) return;
  const token = sessionTokenOf(request);
  const session =
    token === null
      ? null
      : await options.sessions.resolve(token, { prolong: request.routeOptions.config.unattended !== true });
  const actor = session && (await options.authenticate(session.userId, request));
  if (session && actor) {
    request.session = session;
    request.actor = actor;
    request.lang = actor.lang;
    return;
  }
  if (session) await options.sessions.revoke(session.id);
  clearSessionCookie(request, reply);
}

async function addPlugins(app: HttpServer, options: ServerOptions): Promise<void> {
  await app.register(cookie, { secret: options.sessionSecret });
  await app.register(formbody);
  await app.register(helmet, {
    // What depends on the request is set by setSecurityHeaders.
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  await app.register(compress, {
    // Bodies sent to us are not inflated: a small one could become a very large one.
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    threshold: 1024,
    customTypes: COMPRESSIBLE,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  await app.register(rateLimit, {
    global: false,
    max: options.rateLimit || REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    cache: 10_000,
  });
}

/** The address lists and the rate limit. */
async function checkAddress(
  request: FastifyRequest,
  options: ServerOptions,
  count: ReturnType<HttpServer['createRateLimit']>,
): Promise<void> {
  if (await options.addressPolicy?.isBlocked(request.clientIp)) {
    throw new AppError('forbidden', 'ADDRESS_BLOCKED', httpTexts(request.lang).addressBlocked);
  }
  if (options.rateLimit === false) return;
  const brake = await count(request);
  if (!brake.isAllowed && brake.isExceeded) {
    const message = fill(httpTexts(request.lang).tooMany, { seconds: brake.ttlInSeconds });
    throw new AppError('locked-out', 'TOO_MANY_REQUESTS', message, { retryAfter: brake.ttlInSeconds });
  }
}

function addRequestHooks(app: HttpServer, options: ServerOptions): void {
  const policy = contentSecurityPolicy(options.csp);
  const count = app.createRateLimit({ keyGenerator: floodKey });

  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    await checkAddress(request, options, count);
    await loadSession(request, reply, options);
    checkOrigin(request);
    checkApiContentType(request);
    const sent = guard(request, reply);
    if (sent) return sent;
    if (request.actor && isUnsafe(request)) await options.readOnlyGate?.(request);
    return undefined;
  }

  /** Nothing here waits as long as there is nothing to wait for: a promise costs more than the checks. */
  function admitLight(request: FastifyRequest): Promise<void> | undefined {
    checkOrigin(request);
    checkApiContentType(request);
    const blocked = options.addressPolicy?.isBlocked(request.clientIp) ?? false;
    return blocked === false && options.rateLimit === false
      ? undefined
      : checkAddress(request, options, count);
  }

  // With a callback rather than a promise, as the hooks below: they run for every request.
  app.addHook('onRequest', (request, reply, done) => {
    request.clientIp = plainAddress(request.ip);
    if (isLight(request)) {
      request.lang = acceptedLang(request.headers['accept-language']);
      setLightHeaders(request, reply);
      const waiting = admitLight(request);
      if (waiting) waiting.then(() => done(), done);
      else done();
      return;
    }
    request.lang = langOf(request);
    request.theme = themeOf(request);
    setSecurityHeaders(request, reply, policy);
    if (request.routeOptions.config.stateless) done();
    else admit(request, reply).then((sent) => (sent ? undefined : done()), done);
  });

  app.addHook('preValidation', (request, _reply, done) => {
    checkFormToken(request);
    done();
  });

  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Letters must not stay in the caches of shared machines; static files set their own header.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done();
  });

  app.addHook('onResponse', (request, reply, done) => {
    // Programs ask light routes often: of their answers, refusals and faults are worth a line each.
    const quiet = isLight(request) ? reply.statusCode < 400 : request.routeOptions.config.stateless;
    const level = quiet ? 'debug' : 'info';
    if (options.logger.isLevelEnabled(level)) {
      request.log[level](
        {
          method: request.method,
          route: request.is404 ? null : request.routeOptions.url,
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          user_id: request.actor?.userId,
        },
        'request',
      );
    }
    done();
  });
}

async function addOwnRoutes(app: HttpServer, options: ServerOptions, internals: Internals): Promise<void> {
  app.get('/health', { config: { public: true, stateless: true } }, async (_request, reply) => {
    const report = await options.health();
    return reply.code(report.status === 'error' ? 500 : 200).send(report);
  });
  if (options.metrics) app.registry = addMetrics(app, options.metrics.token);
  if (options.assets) {
    const prefix = options.assets.prefix ?? '/assets/';
    internals.prefixes.push({ prefix, config: { public: true, stateless: true } });
    await app.register(fastifyStatic, {
      root: options.assets.dir,
      prefix,
      index: false,
      decorateReply: false,
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
    });
  }
}

/**
 * Builds a server with everything both programs share: who may use a route, sessions, protection against requests
 * from other sites, security headers, limits, compression, static files, errors, `/health`, `/metrics` and the log.
 * The program adds its routes, each with `config: { public: true }` or `config: { permission: … }`, then listens.
 *
 * @throws Error when an option is unusable, and, later, when a route does not say who may use it
 */
export async function createServer(options: ServerOptions): Promise<HttpServer> {
  const internals = internalsOf(options);
  const onError = errorHandler(options);
  const app = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit: options.bodyLimit ?? BODY_LIMIT,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    // A scan of 16 MB over a slow link takes ten minutes; a client that dribbles for longer is no client.
    requestTimeout: 15 * 60_000,
    frameworkErrors: (error, request, reply) => {
      // No hook has run for an address that cannot be parsed.
      request.lang = langOf(request);
      setSecurityHeaders(request, reply, contentSecurityPolicy(options.csp));
      reply.header('x-content-type-options', 'nosniff').header('x-frame-options', 'DENY');
      onError(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.decorate('httpInternals', internals);
  app.decorate('registry', null);
  app.decorateRequest('session', null);
  app.decorateRequest('actor', null);
  app.decorateRequest('lang', 'fr');
  app.decorateRequest('theme', null);
  app.decorateRequest('clientIp', '');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(onError);
  app.removeContentTypeParser('text/plain');
  requireAccess(app, internals);
  await besideLightRoutes(app, () => addPlugins(app, options));
  addRequestHooks(app, options);
  app.setNotFoundHandler((request, reply) => {
    const error = notFound(httpTexts(request.lang).notFound);
    return sendError(options, describeError(error, request), reply);
  });
  await addOwnRoutes(app, options, internals);
  return app;
}
