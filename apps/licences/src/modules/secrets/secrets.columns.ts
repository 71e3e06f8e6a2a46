import type { Keyring } from '@gec/crypto';
import type { BlindTable, SealedTable } from '@gec/db';

/**
 * Every sealed column, with the id under which its values are sealed. A test compares the list with the `Sealed`
 * columns of the schema: what is missing here would be lost with a former key.
 */
export const SEALED_COLUMNS: readonly SealedTable[] = [
  { table: 'journal', columns: ['details'], keys: ['id'] },
  { table: 'licenses', columns: ['license_key'], keys: ['id'] },
  { table: 'license_activations', columns: ['domain_fingerprint'], keys: ['public_id'] },
  { table: 'signing_key', columns: ['private_key'], keys: ['kid'] },
  { table: 'webhook', columns: ['url', 'secret'], keys: ['id'] },
  { table: 'kept_secret', columns: ['value'], keys: ['name'] },
];

/** The columns of digests by which sealed values are found. */
export const blindColumns = ({ index }: Keyring): readonly BlindTable[] => [
  {
    table: 'licenses',
    key: 'id',
    columns: [
      {
        column: 'key_digest',
        source: 'license_key',
        digest: (key) => index.digest('license.key', key),
      },
    ],
  },
  {
    table: 'license_activations',
    key: 'public_id',
    columns: [
      {
        column: 'fingerprint_digest',
        source: 'domain_fingerprint',
        digest: (fingerprint) => index.digest('activation.fingerprint', fingerprint),
      },
    ],
  },
];
