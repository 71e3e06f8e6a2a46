import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { UnknownKeyError } from './errors.ts';
import { hkdf } from './kdf.ts';
import type { PurposeKeys } from './keys.ts';

/** Authenticates the entries of the journal. */
export interface AuditMac {
  /** `kid.mac`, where mac is base64url(HMAC-SHA-256). Text is taken as UTF-8. */
  mac(data: string | Uint8Array): string;
  /** Whether `mac` is that of `data` under the generation it names; false for an unknown one or a malformed text. */
  verify(data: string | Uint8Array, mac: string): boolean;
}

/** Makes the audit MAC over the audit data keys. */
export function createAuditMac(keys: PurposeKeys): AuditMac {
  const derived = new WeakMap<KeyObject, KeyObject>();
  const compute = (dataKey: KeyObject, data: string | Uint8Array): string => {
    let key = derived.get(dataKey);
    if (key === undefined) {
      key = createSecretKey(hkdf(dataKey, 'gec/audit/v1', 32));
      derived.set(dataKey, key);
    }
    return createHmac('sha256', key).update(data).digest('base64url');
  };
  return {
    mac(data) {
      const { kid, key } = keys.current();
      return `${kid}.${compute(key, data)}`;
    },
    verify(data, mac) {
      const dot = mac.indexOf('.');
      if (dot < 0) return false;
      let dataKey: KeyObject;
      try {
        dataKey = keys.byKid(mac.slice(0, dot)).key;
      } catch (error) {
        if (error instanceof UnknownKeyError) return false;
        throw error;
      }
      // Compared as text: base64 decoding would let several spellings of one MAC pass.
      const given = Buffer.from(mac.slice(dot + 1), 'utf8');
      const wanted = Buffer.from(compute(dataKey, data), 'utf8');
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}
