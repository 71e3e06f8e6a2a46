import type { Permission } from '@gec/core';
import type { FastifyContextConfig } from 'fastify';
import type { SessionService } from './sessions/sessions.service.ts';

/** A route as `listRoutes` tells it. */
export interface RouteInfo {
  readonly method: string;
  readonly url: string;
  readonly access: 'public' | 'session' | { readonly anyOf: readonly Permission[] };
}

/** What a server keeps for the functions of this package that get only a request or a reply. */
export interface Internals {
  readonly sessions: SessionService;
  /** Key that form tokens are made with; derived from the session secret, used for nothing else. */
  readonly csrfKey: Buffer;
  readonly cookiePrefix: string;
  readonly secureCookies: boolean | 'auto';
  readonly publicOrigin: string | null;
  /** Host and port of `publicOrigin`. */
  readonly publicHost: string | null;
  readonly loginPath: string;
  readonly routes: RouteInfo[];
  /** Access of routes that libraries register, by the beginning of their address. */
  readonly prefixes: { readonly prefix: string; readonly config: FastifyContextConfig }[];
}
