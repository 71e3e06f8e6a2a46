import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { systemActor } from '@gec/core';
import { describeEachDatabase, tempDir } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { foreignInstant, parseCsv, readRows } from '../licenses/import.read.ts';
import { readLegacy } from '../licenses/legacy.repo.ts';

describe('reading keys from elsewhere', () => {
  it('reads CSV with quotes, semicolons and a byte order mark', () => {
    expect(
      parseCsv('\uFEFFlicense_key;type;owner\r\n"ABCD 1234 EFGH";6 mois;"Mines; ""Sud"""\r\n\r\n'),
    ).toEqual([{ license_key: 'ABCD 1234 EFGH', type: '6 mois', owner: 'Mines; "Sud"' }]);
  });

  it('takes keys without a check character, and names the lines that hold none', () => {
    const rows = parseCsv('license_key,duration_days\nABCDEFGH1234,30\nABC,30\nABCDEFGH1235,0\n');
    const { keys, malformed } = readRows(rows, true);
    expect(keys).toMatchObject([
      { key: 'ABCDEFGH1234', durationDays: 30, durationLabel: '1 mois', published: true },
    ]);
    expect(malformed).toEqual([3, 4]);
  });

  it('takes naive instants for UTC', () => {
    expect(foreignInstant('2025-08-18 12:37:03.123456')).toBe('2025-08-18T12:37:03.123Z');
    expect(foreignInstant('2025-08-18T12:37:03+01:00')).toBe('2025-08-18T11:37:03.000Z');
    expect(foreignInstant('hier')).toBeNull();
  });
});

describeEachDatabase('importing from an older server', (open) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer((await open()).url);
  });
  afterAll(() => server.close());

  it('keeps keys, uses and activations, can be repeated, and leaves the old database alone', async () => {
    await using dir = await tempDir();
    const path = join(dir.path, 'ancien.db');
    const old = new DatabaseSync(path);
    old.exec(`create table licenses (id integer primary key, license_key text, duration_days integer,
        duration_label text, is_active boolean, is_used boolean, used_date text, created_date text);
      create table license_activations (id integer primary key, license_id integer, domain_fingerprint text,
        activation_date text, expiration_date text, ip_address text, client_info text);
      insert into licenses values (1, 'ABCDEFGH1234', 365, '12 mois', 1, 1, '2026-01-02 03:04:05', '2026-01-01 00:00:00');
      insert into licenses values (2, 'ABCDEFGH1235', 30, '1 mois', 1, 0, null, '2026-01-01 00:00:00');
      insert into licenses values (3, 'ABCDEFGH1236', 30, '1 mois', 0, 0, null, '2026-01-01 00:00:00');
      insert into license_activations values (1, 1, 'ancien.example.cd', '2026-01-02 03:04:05', '2027-01-02 03:04:05', '10.0.0.1', 'v1');`);
    old.close();
    const run = async (dry: boolean) => {
      const { licenses, activations } = await readLegacy(`sqlite:${path}`);
      const { keys } = readRows(licenses, false, (row) =>
        row['id'] === activations[0]!['license_id']
          ? {
              fingerprint: 'ancien.example.cd',
              activatedAt: '2026-01-02T03:04:05.000Z',
              expiresAt: '2027-01-02T03:04:05.000Z',
              ip: '10.0.0.1',
              clientInfo: 'v1',
            }
          : null,
      );
      return server.container.importer.run(systemActor('test'), keys, { label: 'Ancien', dry });
    };
    expect(await run(true)).toMatchObject({ added: 3, known: 0 });
    expect(await run(false)).toMatchObject({ added: 3, used: 1, activations: 1 });
    expect(await run(false)).toMatchObject({ added: 0, known: 3 });
    expect((await server.validate('abcdefgh1235')).status).toBe(200);
    expect((await server.validate('ABCDEFGH1236')).body).toMatchObject({ error_code: 'INACTIVE' });
    const again = { license_key: 'ABCDEFGH1234', domain_fingerprint: 'ancien.example.cd' };
    expect(await server.activate(again)).toMatchObject({
      status: 200,
      body: { expires_at: '2027-01-02T03:04:05.000Z' },
    });
    const elsewhere = { license_key: 'ABCDEFGH1234', domain_fingerprint: 'autre.example.cd' };
    expect((await server.activate(elsewhere)).body).toMatchObject({ error_code: 'ALREADY_USED' });
  });
});
