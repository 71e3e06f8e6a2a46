import type { FieldError, Lang, Permission, UserActor } from '@gec/core';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { HealthReport } from './health.ts';
import type { Internals } from './internals.ts';
import type { Session, SessionService } from './sessions/sessions.service.ts';

/** Who may use a route: a permission, any one of several, or any signed-in person (`session`). */
export type RoutePermission = Permission | 'session' | readonly Permission[];

/** A Fastify server whose routes take zod shapes. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the colour scheme was chosen to be; `null` follows the system. */
export type Theme = 'light' | 'dark' | null;

/** A refusal or a fault, ready to be shown. It never carries details of a fault. */
export interface ErrorContext {
  readonly request: FastifyRequest;
  readonly status: number;
  /** Stable code, such as `NOT_FOUND`. */
  readonly code: string;
  readonly title: string;
  readonly message: string;
  readonly fields: readonly FieldError[];
  /** Seconds until another attempt makes sense. */
  readonly retryAfter: number | undefined;
  readonly requestId: string;
  readonly lang: Lang;
}

/** Answers whether an address is kept out; lists set by hand, see `createAddressPolicy`. */
export interface AddressGate {
  /** Blocked, and not explicitly allowed. */
  isBlocked(ip: string): boolean | Promise<boolean>;
}

export interface ServerOptions {
  readonly logger: Logger;
  /** CIDR ranges or addresses of the reverse proxies whose X-Forwarded-* headers count. Empty: none count. */
  readonly trustedProxies: readonly string[];
  /** Address people use, such as `https://courrier.example`; needed when TLS ends at a proxy that is not trusted. */
  readonly publicUrl?: string;
  /** `auto`: cookies are Secure (and `__Host-`) when the request came over https. */
  readonly secureCookies: boolean | 'auto';
  /** Signs cookies and form tokens; at least 32 characters. */
  readonly sessionSecret: string;
  readonly cookiePrefix: 'gec' | 'lic';
  readonly sessions: SessionService;
  /** The actor of a session's user, or `null` when the account is no longer active: the session is then revoked. */
  authenticate(userId: number, request: FastifyRequest): Promise<UserActor | null>;
  /** Built style sheets, scripts and images; their names carry a hash of their content. */
  readonly assets?: { readonly dir: string; readonly prefix?: string };
  /** The whole HTML page of a refusal or fault. Must not need the database. */
  renderError(context: ErrorContext): string;
  /** The JSON body of a refusal or fault, where the usual `{error:{…}}` does not suit. `null`: the usual one. */
  jsonError?(context: ErrorContext): object | null;
  /** Sources added to directives of the Content-Security-Policy, such as `{'img-src': ['https://tuiles.example']}`. */
  readonly csp?: Readonly<Record<string, readonly string[]>>;
  /** Bytes of a request body at most, 256 KB by default; multipart routes set their own. */
  readonly bodyLimit?: number;
  /** Makes `/health`; see `checkHealth`. */
  health(): Promise<HealthReport>;
  /** Whether `/metrics` exists, and the bearer token that opens it from elsewhere than the machine itself. */
  readonly metrics: false | { readonly token?: string };
  readonly addressPolicy?: AddressGate;
  /** Whether an error means that the database is away for now: 503 instead of 500. */
  isUnavailable?(error: unknown): boolean;
  /** Asked before every changing request of a signed-in person; throws an AppError to refuse it. */
  readOnlyGate?(request: FastifyRequest): void | Promise<void>;
  /** Requests a minute of one session, or of one address without a session, at most. Default 600; `false`: no limit. */
  readonly rateLimit?: number | false;
  /** Where people sign in. Default `/login`. */
  readonly loginPath?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody may use the route. A route has this or `permission`. */
    public?: true;
    /** Who may use the route. */
    permission?: RoutePermission;
    /**
     * `manual`: the handler checks the form token itself, with `verifyCsrf`, while it streams a multipart body.
     * `origin`: the Origin check suffices (what public routes have by default).
     */
    csrf?: 'manual' | 'origin';
    /** The route looks up no session and has no rate limit: health checks, static files. */
    stateless?: true;
    /**
     * A public JSON route that programs ask often: it reads no cookie, and its answers carry the headers that mean
     * something for JSON and are not compressed. Address lists, the rate limit and the origin check hold as everywhere.
     */
    light?: true;
    /** Asked by pages by themselves, again and again: it does not put the end of the session off. */
    unattended?: true;
  }
  interface FastifyRequest {
    /** The session that the request's cookie names, once it was found valid. */
    session: Session | null;
    /** The signed-in person; prefer `actorOf(request)`. */
    actor: UserActor | null;
    lang: Lang;
    theme: Theme;
    /** Address of the client after trusted proxies, in plain IPv4 form where it is one. */
    clientIp: string;
  }
  interface FastifyInstance {
    /** What the functions of @gec/http need to know of this server. */
    httpInternals: Internals;
    /** Where metrics are kept, when they are. */
    registry: Registry | null;
  }
}
