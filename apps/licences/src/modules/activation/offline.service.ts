import { fill, invalid, type Actor, type AppError } from '@gec/core';
import {
  decodeRequestFile,
  encodeBundle,
  joinFromQr,
  ProtocolError,
  splitForQr,
  verifyRequest,
  type Bundle,
} from '@gec/licence-client';
import type { JournalService } from '../journal/journal.service.ts';
import { normalizeKey } from '../licenses/licenses.policy.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { RefusalCode } from './activation.schema.ts';
import type { OfflineAnswer } from './offline.schema.ts';
import { offlineTexts } from './offline.texts.ts';
import type { SyncService } from './sync.service.ts';

/** What the air gap needs. */
export interface OfflineDeps {
  sync: Pick<SyncService, 'offline'>;
  licenses: Pick<LicensesService, 'lookup' | 'findByPublicId'>;
  journal: Pick<JournalService, 'recordAlone'>;
}

type Refusal = Extract<
  RefusalCode,
  'NOT_FOUND' | 'ALREADY_USED' | 'INACTIVE' | 'INVALID_FORMAT' | 'TOO_MANY_ATTEMPTS'
>;
const isTold = (code: RefusalCode): code is Refusal =>
  ['NOT_FOUND', 'ALREADY_USED', 'INACTIVE', 'INVALID_FORMAT', 'TOO_MANY_ATTEMPTS'].includes(code);

/** A bundle as it is carried. One whose list of revocations is too long goes without: its certificate says the state. */
function carried(bundle: Bundle): string {
  try {
    return encodeBundle(bundle);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== 'TOO_LARGE') throw error;
    return encodeBundle({ ...bundle, revocations: null });
  }
}

/** Answers the requests of installations without a network, which an administrator carries here and back. */
export function createOfflineService({ sync, licenses, journal }: OfflineDeps) {
  const wrong = (message: string): AppError => invalid([{ field: 'demande', message }]);

  /** The signed request in a file or in the lines of a code reader. */
  function requestIn(actor: Actor, content: Uint8Array | string): string {
    const t = offlineTexts(actor.lang);
    try {
      const text = typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
      if (!/^\s*GECLIC1 /.test(text)) return decodeRequestFile(content);
      const joined = joinFromQr(text.split(/\r?\n/).filter((line) => line.trim() !== ''));
      if (joined.complete) return decodeRequestFile(joined.text);
      throw wrong(fill(t.missing, { places: joined.missing.join(', '), total: joined.total }));
    } catch (error) {
      if (error instanceof ProtocolError) throw wrong(t.unreadable);
      throw error;
    }
  }

  return {
    /**
     * Answers one request. The journal says which administrator carried it, and how it ended.
     *
     * @param content a request file, its content, or the contents of its QR codes by line
     * @throws AppError invalid (field `demande`); as `SyncService.offline`
     */
    async answer(actor: Actor, content: Uint8Array | string): Promise<OfflineAnswer> {
      const t = offlineTexts(actor.lang);
      const jws = requestIn(actor, content);
      const given = await sync.offline(jws, { ip: actor.ip, lang: actor.lang });
      const { statement } = await verifyRequest(jws);
      const license = statement.license_id
        ? await licenses.findByPublicId(statement.license_id)
        : await licenses.lookup(normalizeKey(statement.license_key ?? ''));
      const refused = given !== null && 'ok' in given ? given.code : null;
      await journal.recordAlone(actor, {
        action: 'activation.offline',
        licenseId: license?.id ?? null,
        details: { kind: statement.kind, hint: license?.keyHint ?? null, code: refused },
      });
      if (given !== null && 'ok' in given) {
        throw wrong(isTold(given.code) ? t[given.code] : t.unreadable);
      }
      const text = given && carried(given);
      return {
        kind: statement.kind,
        license: license && { id: license.id, hint: license.keyHint },
        bundle: text === null ? null : { text, codes: splitForQr(text) },
      };
    },
  };
}

export type OfflineService = ReturnType<typeof createOfflineService>;
