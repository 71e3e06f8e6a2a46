import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from './types.ts';

const METHODS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The logger of one request, which is made when something is to be logged: mostly nothing is. */
class LateLogger implements FastifyBaseLogger {
  declare readonly fatal: FastifyBaseLogger['fatal'];
  declare readonly error: FastifyBaseLogger['error'];
  declare readonly warn: FastifyBaseLogger['warn'];
  declare readonly info: FastifyBaseLogger['info'];
  declare readonly debug: FastifyBaseLogger['debug'];
  declare readonly trace: FastifyBaseLogger['trace'];
  declare readonly silent: FastifyBaseLogger['silent'];
  readonly #make: () => FastifyBaseLogger;
  #made: FastifyBaseLogger | null = null;

  static {
    // Of the prototype rather than of each logger: making one must cost nothing.
    for (const method of METHODS) {
      Object.defineProperty(this.prototype, method, {
        value(this: LateLogger, ...words: unknown[]) {
          const made = this.made();
          Reflect.apply(made[method], made, words);
        },
      });
    }
  }

  constructor(make: () => FastifyBaseLogger) {
    this.#make = make;
  }

  made(): FastifyBaseLogger {
    return (this.#made ??= this.#make());
  }

  get level(): string {
    return this.made().level;
  }

  child(...words: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.made().child(...words);
  }
}

/** What a light route has of its own, besides its `config`. */
export const LIGHT_ROUTE = {
  helmet: false,
  compress: false,
  childLoggerFactory: (
    logger: FastifyBaseLogger,
    ...words: Parameters<FastifyBaseLogger['child']>
  ): FastifyBaseLogger => new LateLogger(() => logger.child(...words)),
};

/** Whether a request is for a light route. Every request is asked, and `routeOptions` is made anew at each look. */
export function isLight(request: FastifyRequest): boolean {
  return request.log instanceof LateLogger;
}

type Hook = (this: HttpServer, request: FastifyRequest, reply: FastifyReply, done: () => void) => unknown;

/** Hooks that run for every request. Others (`onRoute`, `preValidation` …) are left as they are. */
const EVERY_REQUEST = new Set(['onRequest', 'onResponse']);

/**
 * Registers plugins whose hooks light routes pass by: reading cookies, clearing up after forms and setting the headers
 * of pages would each cost such a route a promise or a listener that it has no use for.
 *
 * @param register registers the plugins; what it returns is waited for
 */
export async function besideLightRoutes(
  app: HttpServer,
  register: () => PromiseLike<unknown>,
): Promise<void> {
  const addHook = app.addHook as (name: string, hook: Hook) => HttpServer;
  const skipping = (hook: Hook): Hook =>
    function (request, reply, done) {
      return isLight(request) ? done() : hook.call(this, request, reply, done);
    };
  // A plugin that is not encapsulated is given this very object.
  const filtered = (name: string, hook: Hook): HttpServer =>
    addHook.call(app, name, EVERY_REQUEST.has(name) ? skipping(hook) : hook);
  Object.assign(app, { addHook: filtered });
  try {
    await register();
  } finally {
    Object.assign(app, { addHook });
  }
}
