export { listRoutes } from './access.ts';
export {
  createAddressPolicy,
  type AddressPolicy,
  type AddressRuleInfo,
  type NewAddressRule,
} from './addresses/addresses.service.ts';
export { addressTables, type AddressTables } from './addresses/addresses.tables.ts';
export { addressGroup, parseCidr, plainAddress, type Cidr } from './addresses/normalize.ts';
export type { AnyDatabase } from './any-database.ts';
export { actorOf, requestOrigin } from './context.ts';
export {
  clearPendingCookie,
  clearSessionCookie,
  endSession,
  pendingTokenOf,
  setFlash,
  setPendingCookie,
  setSessionCookie,
  startSession,
  takeFlash,
  type Flash,
} from './cookies.ts';
export { csrfToken, verifyCsrf } from './csrf.ts';
export * from './doctor/index.ts';
export { describeError } from './errors.ts';
export { checkHealth, diskUsage, type HealthReport } from './health.ts';
export type { RouteInfo } from './internals.ts';
export { besideLightRoutes } from './light.ts';
export { DEFAULT_LOCKOUT, type LockoutPolicy } from './lockout/lockout.policy.ts';
export {
  createLoginGuard,
  type LockedPair,
  type LoginGuard,
  type Refusal,
} from './lockout/lockout.service.ts';
export { lockoutTables, type LockoutTables } from './lockout/lockout.tables.ts';
export { createLogger } from './logger.ts';
export { addGauge, type GaugeOptions } from './metrics.ts';
export { addOpenApi, type OpenApiDocument, type OpenApiOptions } from './openapi.ts';
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
export { gracefulStop, leaveSoon, type StoppableProcess } from './stop.ts';
export type {
  AddressGate,
  ErrorContext,
  HttpServer,
  RoutePermission,
  ServerOptions,
  Theme,
} from './types.ts';
export { createUpkeep, type UpkeepTask } from './upkeep.ts';
export { fieldErrors, parseWith, RequestValidationError } from './validation.ts';
