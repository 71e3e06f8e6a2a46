import { AppError } from '@gec/core';
import { timingSafeEqualText } from '@gec/crypto';
import type { FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { httpTexts } from './http.texts.ts';
import type { HttpServer } from './types.ts';

/** The machine itself: a loopback peer that forwards for nobody else. */
function isLocal(request: FastifyRequest): boolean {
  const { 'x-forwarded-for': forwardedFor, forwarded } = request.headers;
  if (forwardedFor !== undefined || forwarded !== undefined) return false;
  return request.clientIp === '::1' || request.clientIp.startsWith('127.');
}

function mayRead(request: FastifyRequest, token: string | undefined): boolean {
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && given !== undefined) return timingSafeEqualText(given, token);
  return isLocal(request);
}

/**
 * Measures requests by method, route pattern and status, and serves `/metrics` in the Prometheus text format to the
 * machine itself, or to whoever has the token.
 *
 * @returns the registry, for metrics of the program's own
 */
export function addMetrics(app: HttpServer, token: string | undefined): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    duration.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
  app.get('/metrics', { config: { public: true, stateless: true } }, async (request, reply) => {
    if (!mayRead(request, token)) {
      throw new AppError('forbidden', 'FORBIDDEN', httpTexts(request.lang).forbidden);
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return registry;
}

/** A figure of the program that is read whenever somebody asks for the metrics. */
export interface GaugeOptions {
  /** As Prometheus wants it: `licences_keys`. */
  readonly name: string;
  readonly help: string;
  /** Name of what tells the values apart. */
  readonly label: string;
  /** The values by what tells them apart. What cannot be read is left out: the other figures are given all the same. */
  collect(): Promise<Readonly<Record<string, number>>>;
}

/** Adds a figure of the program to its metrics; nothing where it has none. */
export function addGauge(app: HttpServer, { name, help, label, collect }: GaugeOptions): void {
  if (!app.registry) return;
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [app.registry],
    async collect() {
      this.reset();
      try {
        for (const [key, value] of Object.entries(await collect())) this.set({ [label]: key }, value);
      } catch (error) {
        app.log.warn({ err: error, metric: name }, 'a figure of the metrics could not be read');
      }
    },
  });
}
