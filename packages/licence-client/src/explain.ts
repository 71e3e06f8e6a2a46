import { fill, formatDate, type Lang } from '@gec/core';
import { licenceClientTexts } from './client.texts.ts';
import type { LicenceError, LicenceErrorCode } from './errors.ts';
import type { LicenceStatus } from './states.ts';

/** A state in words. */
export interface ExplainedStatus {
  /** Two or three words: « Licence active ». */
  readonly title: string;
  /** What it means, and until when; one to three sentences. */
  readonly text: string;
  /** What should be looked at. */
  readonly warnings: readonly string[];
}

/**
 * Puts a state into words for people.
 *
 * @param timeZone zone of the dates; Africa/Kinshasa by default
 */
export function explainStatus(lang: Lang, status: LicenceStatus, timeZone?: string): ExplainedStatus {
  const t = licenceClientTexts(lang);
  const until = status.until === null ? null : formatDate(lang, status.until, timeZone);
  const reason =
    status.reason === 'evaluation' && until === null
      ? t['reason-evaluation-open']
      : fill(t[`reason-${status.reason}`], until === null ? {} : { until });
  const sentences = [reason];
  if (status.note !== null) sentences.push(fill(t.note, { note: withoutStop(status.note) }));
  if (status.state === 'grace')
    sentences.push(until === null ? t['grace-clock'] : fill(t['grace-until'], { until }));
  if (!status.mayChange) sentences.push(t.locked);
  return {
    title: t[status.state],
    text: sentences.join(' '),
    warnings: status.warnings.map((warning) => t[`warning-${warning}`]),
  };
}

/** Words of somebody else, to be followed by our own full stop. */
const withoutStop = (words: string): string => words.replace(/[.\s]+$/, '');

/** The signature is of a key that does not count here. */
const UNTRUSTED: ReadonlySet<LicenceErrorCode> = new Set<LicenceErrorCode>([
  'UNKNOWN_KEY',
  'REVOKED_KEY',
  'KEY_OUT_OF_DATE',
]);

/** Puts an error of the client into words for people: what happened, what was kept, what to do. */
export function explainError(lang: Lang, error: LicenceError): string {
  const t = licenceClientTexts(lang);
  if (error.code === 'REFUSED') {
    return fill(t.REFUSED, { message: withoutStop(error.serverMessage ?? '') });
  }
  if (UNTRUSTED.has(error.code)) return t['key-not-trusted'];
  return error.code in t ? t[error.code as keyof typeof t] : t['not-accepted'];
}
