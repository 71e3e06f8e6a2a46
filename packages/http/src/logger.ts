import { pino, type DestinationStream, type Logger } from 'pino';

interface SerialError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: SerialError;
}

/** An error without its further properties: those of database drivers hold the values of the row. */
function serializeError(error: unknown, depth = 0): SerialError | unknown {
  if (!(error instanceof Error)) return typeof error === 'object' ? '[object]' : error;
  const cause =
    error.cause instanceof Error && depth < 3 ? serializeError(error.cause, depth + 1) : undefined;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: String(error.code) } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}

interface RequestLike {
  method?: string;
  routeOptions?: { url?: string };
}

/**
 * The program's log: one JSON object a line, times in ISO 8601. A request is logged by its route pattern only; no
 * address with its query, no header, no cookie, no body.
 *
 * @param options.level least level that is written: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`
 * @param options.destination where it goes; standard output by default
 */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  return pino(
    {
      level: options.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'headers',
          'cookies',
          'authorization',
          'body',
          'query',
          'password',
          'token',
          // At level trace, the parser of multipart bodies writes down what it was made with: every header.
          '*.headers',
          '*.cookies',
          '*.authorization',
          '*.password',
          '*.token',
        ],
        remove: true,
      },
      serializers: {
        err: (error: unknown) => serializeError(error),
        error: (error: unknown) => serializeError(error),
        req: (request: RequestLike) => ({ method: request.method, route: request.routeOptions?.url }),
        res: (reply: { statusCode?: number }) => ({ status: reply.statusCode }),
      },
    },
    options.destination ?? pino.destination(1),
  );
}
