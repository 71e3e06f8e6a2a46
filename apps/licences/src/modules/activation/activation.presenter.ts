import type { Activated, LookupRefusal, RefusalCode, ValidKey } from './activation.schema.ts';

/** What the contract answers; clients compare these words, so they are French whatever the client's language. */
const MESSAGES: Readonly<Record<RefusalCode, string>> = {
  NOT_FOUND: 'Licence introuvable',
  ALREADY_USED: 'Licence déjà utilisée',
  INACTIVE: 'Licence inactive',
  INVALID_FORMAT: 'Format de licence invalide',
  KEY_REQUIRED: 'Clé de licence requise',
  FINGERPRINT_REQUIRED: 'Empreinte de domaine requise',
  INVALID_PROOF: 'Preuve d’installation invalide',
  TOO_MANY_ATTEMPTS: 'Trop de tentatives. Réessayez plus tard',
};

/** An instant as existing clients parse it: UTC, without `Z`. */
export function bareInstant(instant: string): string {
  return instant.replace(/Z$/, '');
}

/** The status of a refusal. */
export function refusalStatus(code: RefusalCode): number {
  if (code === 'NOT_FOUND') return 404;
  return code === 'TOO_MANY_ATTEMPTS' ? 429 : 400;
}

function refusalFields({ code, usedDate }: LookupRefusal) {
  return {
    message: MESSAGES[code],
    error_code: code,
    ...(usedDate ? { used_date: bareInstant(usedDate) } : {}),
  };
}

/** The body of `GET /api/validate/<key>`. */
export function presentValidation(result: ValidKey | LookupRefusal): object {
  if (!result.ok) return { valid: false, ...refusalFields(result) };
  return {
    valid: true,
    license_key: result.key,
    duration_days: result.durationDays,
    duration_label: result.durationLabel,
    message: 'Licence valide',
  };
}

/** The body of `POST /api/activate`. */
export function presentActivation(result: Activated | LookupRefusal): object {
  if (!result.ok) return { success: false, ...refusalFields(result) };
  return {
    success: true,
    message: `Licence activée avec succès (${result.durationLabel})`,
    activation_date: bareInstant(result.activatedAt),
    expiration_date: bareInstant(result.expiresAt),
    duration_days: result.durationDays,
    activated_at: result.activatedAt,
    expires_at: result.expiresAt,
    certificate: result.bundle.certificate,
    bundle: result.bundle,
  };
}
