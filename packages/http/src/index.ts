export { listRoutes } from './access.ts';
export type { AnyDatabase } from './any-database.ts';
export { actorOf, requestOrigin } from './context.ts';
export {
  clearSessionCookie,
  endSession,
  setFlash,
  setSessionCookie,
  startSession,
  takeFlash,
  type Flash,
} from './cookies.ts';
export { csrfToken, verifyCsrf } from './csrf.ts';
export { describeError } from './errors.ts';
export { checkHealth, diskUsage, type HealthReport } from './health.ts';
export type { RouteInfo } from './internals.ts';
export { createLogger } from './logger.ts';
export {
  asAttachment,
  isApi,
  redirectAfterPost,
  safeNext,
  sendHtml,
  wantsFragment,
  wantsJson,
} from './respond.ts';
export { createServer } from './server.ts';
export {
  createSessionService,
  sessionIdOf,
  type Session,
  type SessionService,
} from './sessions/sessions.service.ts';
export { sessionTables, type SessionTables } from './sessions/sessions.tables.ts';
export { gracefulStop, type StoppableProcess } from './stop.ts';
export type {
  AddressGate,
  ErrorContext,
  HttpServer,
  RoutePermission,
  ServerOptions,
  Theme,
} from './types.ts';
export { fieldErrors, parseWith, RequestValidationError } from './validation.ts';
