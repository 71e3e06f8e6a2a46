import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { systemActor } from '@gec/core';
import { UnreadableSheet } from '@gec/core/tableur';
import { openDatabase } from '@gec/db';
import { describeEachDatabase, openTestDatabase, tempDir } from '@gec/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { foreignInstant, readRows } from '../licenses/import.read.ts';
import { readKeysDatabase, readKeysFile } from '../licenses/import.source.ts';
import { exportXlsx } from '../licenses/licenses.export.ts';
import { parseCsv } from '../licenses/sheet.read.ts';

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

/** A ZIP file of parts, as a spreadsheet program or an attacker writes it. */
function zip(parts: Readonly<Record<string, string | Buffer>>, claim?: number): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const raw = Buffer.from(content as string);
    const packed = deflateRawSync(raw);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    locals.push(local, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(claim ?? raw.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...central, end]);
}

const WORKBOOK = '<workbook><sheets><sheet name="a" r:id="r7"/></sheets></workbook>';
const LINKS = '<Relationships><Relationship Target="worksheets/cles.xml" Id="r7"/></Relationships>';

describe('reading keys from a spreadsheet', () => {
  const book = (sheet: string, more: Readonly<Record<string, string | Buffer>> = {}) => ({
    'xl/workbook.xml': WORKBOOK,
    'xl/_rels/workbook.xml.rels': LINKS,
    'xl/worksheets/cles.xml': sheet,
    ...more,
  });

  it('reads shared, inline and formatted texts, numbers, booleans, dates and empty cells', () => {
    const strings = '<sst><si><t>license_key</t></si><si><r><t>6 </t></r><r><t>mois</t></r></si></sst>';
    const sheet = `<worksheet><sheetData>
      <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>type</t></is></c>
        <c r="D1" t="str"><v>is_used</v></c><c r="E1" t="str"><v>used_date</v></c>
        <c r="F1" t="str"><v>owner</v></c></row>
      <row r="2"><c r="A2" t="str"><v>ABCDEFGH1234</v></c><c r="C2" t="s"><v>1</v></c>
        <c r="D2" t="b"><v>1</v></c><c r="E2"><v>46024.5</v></c>
        <c r="F2" t="str"><v>Mines &amp; Carri&#232;res</v></c></row>
      <row r="3"/><row r="4"><c r="A4"><v>123456789012</v></c><c r="C4"><v>30</v></c></row>
      </sheetData></worksheet>`;
    const { keys, malformed } = readKeysFile(zip(book(sheet, { 'xl/sharedStrings.xml': strings })), false);
    expect(malformed).toEqual([]);
    expect(keys).toMatchObject([
      {
        key: 'ABCDEFGH1234',
        durationDays: 180,
        isUsed: true,
        usedDate: '2026-01-02T12:00:00.000Z',
        owner: 'Mines & Carrières',
      },
      { key: '123456789012', durationDays: 30, isUsed: false },
    ]);
  });

  it('refuses bombs, document types, what is cut and what lies about its lengths', () => {
    const bomb = Buffer.alloc(40 * 1024 * 1024, 0x20);
    const hostile = [
      zip({ ...book(''), 'xl/worksheets/cles.xml': bomb }),
      zip({ ...book(''), 'xl/worksheets/cles.xml': bomb }, 10),
      zip(book('<!DOCTYPE a [<!ENTITY b "c">]><row/>')),
      zip(book('<row/>')).subarray(0, -30),
      zip({ 'a.txt': 'rien' }),
      Buffer.from('PK'),
    ];
    for (const file of hostile) expect(() => readKeysFile(file, false)).toThrow(UnreadableSheet);
  });

  it('never fails in another way, whichever byte is changed', () => {
    const sound = zip(book('<row><c r="A1" t="str"><v>license_key</v></c></row>'));
    for (let at = 0; at < sound.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const file = Buffer.from(sound);
        file[at]! ^= mask;
        if (file[0] !== 0x50 || file[1] !== 0x4b) continue;
        try {
          readKeysFile(file, false);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableSheet);
        }
      }
    }
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
      const { keys } = await readKeysDatabase(`sqlite:${path}`, false);
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

  it('reads an older server on PostgreSQL, whose instants have no zone, without writing there', async () => {
    const old = await openTestDatabase('postgres');
    const database = openDatabase<Record<string, never>>(old.url, { maxConnections: 1 });
    const zone = process.env['TZ'];
    // Far from UTC, so that a local reading would be seen.
    process.env['TZ'] = 'Asia/Tokyo';
    try {
      for (const statement of [
        sql`create table licenses (id serial primary key, license_key varchar(12) unique, duration_days integer,
          duration_label varchar(20), is_active boolean, is_used boolean, used_date timestamp, created_date timestamp,
          created_by varchar(80))`,
        sql`create table license_activations (id serial primary key, license_id integer references licenses,
          domain_fingerprint text, activation_date timestamp, expiration_date timestamp, ip_address varchar(45),
          client_info text)`,
        sql`insert into licenses values (1, 'PGLEGACY0001', 365, '12 mois', true, true, '2026-01-02 03:04:05.678901',
          '2026-01-01', 'admin'), (2, 'PGLEGACY0002', 30, '1 mois', true, false, null, '2026-01-01', 'admin')`,
        sql`insert into license_activations values (1, 1, 'pg.example.cd', '2026-01-02 03:04:05.678901',
          '2027-01-02 03:04:05.678901', '10.0.0.1', 'v1')`,
      ]) {
        await statement.execute(database.kysely);
      }
      const { keys, malformed } = await readKeysDatabase(old.url, false);
      expect(malformed).toEqual([]);
      const actor = systemActor('test');
      const run = () =>
        server.container.importer.run(actor, keys, { label: 'Ancien PostgreSQL', dry: false });
      expect(await run()).toMatchObject({ added: 2, used: 1, activations: 1, known: 0 });
      expect(await run()).toMatchObject({ added: 0, known: 2 });
      const again = { license_key: 'PGLEGACY0001', domain_fingerprint: 'pg.example.cd' };
      expect((await server.activate(again)).body).toMatchObject({
        activated_at: '2026-01-02T03:04:05.678Z',
        expires_at: '2027-01-02T03:04:05.678Z',
      });
      expect((await server.validate('PGLEGACY0002')).status).toBe(200);
      await sql`drop table license_activations`.execute(database.kysely);
      expect((await readKeysDatabase(old.url, false)).keys).toHaveLength(2);
      await sql`drop table licenses`.execute(database.kysely);
      await expect(readKeysDatabase(old.url, false)).rejects.toThrow(/licenses/);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
      await database.close();
      await old.drop();
    }
  });

  it('reads back its own spreadsheet', async () => {
    const made = await server.keys(3, '6m');
    const parts = server.container.licenses.export(systemActor('test'), {
      label: '6 mois',
      status: 'available',
    });
    const { keys, malformed } = readKeysFile(await exportXlsx(parts, new Date()), false);
    expect(malformed).toEqual([]);
    expect(keys.map(({ key }) => key)).toEqual(expect.arrayContaining(made));
    expect(keys[0]).toMatchObject({ durationDays: 180, isUsed: false, isActive: true });
  });
});
