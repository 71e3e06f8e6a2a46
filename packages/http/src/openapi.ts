import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import type { HttpServer, RoutePermission } from './types.ts';

/** The document, as far as a program may want to add to it. */
export interface OpenApiDocument {
  tags?: { name: string; description?: string }[];
  paths?: Record<string, Record<string, OpenApiOperation>>;
}

/** What is said of one method of one address. */
export interface OpenApiOperation {
  tags?: string[];
  responses?: Record<string, object>;
  requestBody?: { required?: boolean; content?: Record<string, { schema?: object }> };
}

/** What the description of the JSON interface says of itself, and who may read it. */
export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly permission: RoutePermission | 'public';
  /** Routes whose address begins so are described. Default `/api/`. */
  readonly prefix?: string;
  /** Adds to the finished document what no single route can say, such as tags and shared responses. */
  refine?(document: OpenApiDocument): OpenApiDocument;
}

const DOCUMENT = '/api/openapi.json';
const DOCS = '/api/docs';

/** What an operation says of who may use it: in words that a program can read (`x-permission`). */
function accessNote(permission: RoutePermission | undefined): object {
  if (permission === undefined) return { security: [] };
  return { 'x-permission': permission === 'session' ? ['session'] : [permission].flat() };
}

/**
 * Describes the JSON routes that are added after this call in OpenAPI 3.1 at `/api/openapi.json`, and shows them at
 * `/api/docs`. Shapes come from the zod schemas of the routes.
 */
export async function addOpenApi(app: HttpServer, options: OpenApiOptions): Promise<void> {
  const prefix = options.prefix ?? '/api/';
  const { permission } = options;
  const config: FastifyContextConfig = permission === 'public' ? { public: true } : { permission };
  const transform = createJsonSchemaTransform({});
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: options.title, version: options.version, description: options.description },
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: `${app.httpInternals.cookiePrefix}_session`,
            description: 'Over https the name begins with `__Host-`.',
          },
        },
      },
      security: [{ session: [] }],
    },
    transformObject: (made) => {
      if (!('openapiObject' in made)) return made.swaggerObject;
      const { openapiObject } = made;
      return { ...openapiObject, ...options.refine?.(openapiObject as OpenApiDocument) };
    },
    transform: (document) => {
      const { url, route } = document;
      const hidden =
        !url.startsWith(prefix) || url === DOCUMENT || url.startsWith(DOCS) || route.method === 'HEAD';
      if (hidden) return { schema: { ...document.schema, hide: true }, url };
      const described = transform({ ...document, schema: document.schema ?? {} });
      return { ...described, schema: { ...described.schema, ...accessNote(route.config?.permission) } };
    },
  });
  app.httpInternals.prefixes.push({ prefix: DOCS, config });
  app.get(DOCUMENT, { config }, async () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: DOCS,
    theme: { title: options.title },
    // Without the bar that would open other documents, and without the online validator. The chapters are closed
    // at first: the page draws only what is on the screen, and a browser's own search finds nothing of the rest.
    uiConfig: { layout: 'BaseLayout', deepLinking: true, validatorUrl: null, docExpansion: 'none' },
  });
}
