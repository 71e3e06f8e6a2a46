/**
 * What may still be done in read-only: signing in and out, one's own password and sessions, helping somebody back to
 * their account, exports, verifying the journal, backups, renewing keys, reading notifications, failed work, and everything about the
 * licence. An administration never loses access to its own letters. Requests that only read (GET) are never asked about.
 */
const PERMIS: readonly RegExp[] = [
  /^POST \/(login(\/.+)?|logout)$/,
  /^(POST|DELETE) \/api\/v1\/session$/,
  /^POST \/(profil(\/.+)?|mot-de-passe)$/,
  /^(POST|PUT|PATCH|DELETE) \/api\/v1\/profil(\/.+)?$/,
  /^POST \/admin\/users\/:id\/(mot-de-passe|debloquer|second-facteur)$/,
  /^DELETE \/api\/v1\/utilisateurs\/:id\/facteurs$/,
  /^POST \/admin\/securite(\/.+)?$/,
  /^(POST|PATCH|DELETE) \/api\/v1\/securite(\/.+)?$/,
  /^POST \/admin\/logs\/export$/,
  /^(POST|PUT|PATCH) \/api\/v1\/utilisateurs\/:id\/(mot-de-passe|deblocage)$/,
  /^POST \/rapports\/export$/,
  /^POST \/rapports\/taches\/:id\/supprimer$/,
  /^(POST|DELETE) \/api\/v1\/exports(\/:id)?$/,
  /^POST \/admin\/logs\/verifier$/,
  /^POST \/api\/v1\/journal\/(verification|exports)$/,
  /^POST \/admin\/sauvegardes(\/.+)?$/,
  /^(POST|PATCH|DELETE) \/api\/v1\/sauvegardes(\/.+)?$/,
  /^POST \/admin\/cles\/(renouveler|suspendre)$/,
  /^POST \/api\/v1\/cles\/renouvellements(\/.+)?$/,
  /^POST \/(api\/v1\/)?notifications\/(lues|:id\/lue)$/,
  /^POST \/(admin|api\/v1)\/sante\/travaux\/:id\/(relance|abandon|relancer|abandonner)$/,
  /^POST \/admin\/licence(\/.+)?$/,
  /^(POST|DELETE) \/api\/v1\/licence(\/.+)?$/,
];

/**
 * Whether a route may be used without a licence that allows changes.
 *
 * @param method HTTP method in capitals
 * @param route address with its parameters, such as `/mail/:id`
 */
export function permisEnLectureSeule(method: string, route: string): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true;
  return PERMIS.some((pattern) => pattern.test(`${method} ${route}`));
}
