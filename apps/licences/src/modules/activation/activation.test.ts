import { describeEachDatabase, testClock } from '@gec/testing';
import { establishTrust, parseTrustAnchor } from '@gec/licence-client';
import { systemActor } from '@gec/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { checkCharacter } from '../licenses/licenses.policy.ts';

const clock = testClock('2026-11-21T14:05:00.123Z');
const DAY = 86_400_000;

describeEachDatabase('validate and activate (CONTRACT.md)', (open) => {
  let server: TestServer;
  const row = async (table: 'journal' | 'license_activations') =>
    Number(
      (
        await server.container.database.kysely
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    );

  beforeAll(async () => {
    server = await createTestServer((await open()).url, { clock });
  });
  afterAll(() => server.close());

  it('validates without activating, in whatever spelling', async () => {
    const [key] = (await server.keys(1, '6m')) as [string];
    for (const typed of [key, key.toLowerCase(), ` ${key.slice(0, 4)}-${key.slice(4, 8)} ${key.slice(8)} `]) {
      expect(await server.validate(typed)).toEqual({
        status: 200,
        body: {
          valid: true,
          license_key: key,
          duration_days: 180,
          duration_label: '6 mois',
          message: 'Licence valide',
        },
      });
    }
  });

  it('answers each refusal of validate as the contract says', async () => {
    const body = 'ABCDEFGH123';
    const unknown = body + checkCharacter(body);
    const wrongCheck = body + (unknown.endsWith('A') ? 'B' : 'A');
    expect(await server.validate(unknown)).toEqual({
      status: 404,
      body: { valid: false, message: 'Licence introuvable', error_code: 'NOT_FOUND' },
    });
    for (const malformed of [wrongCheck, 'ABC', 'ABCDEFGH1234567890', 'ÀBCDEFGH1234', '%%%', "' or 1=1 --"]) {
      expect(await server.validate(malformed)).toEqual({
        status: 400,
        body: { valid: false, message: 'Format de licence invalide', error_code: 'INVALID_FORMAT' },
      });
    }
    const [used, inactive] = (await server.keys(2)) as [string, string];
    await server.activate({ license_key: used, domain_fingerprint: 'a.example' });
    expect(await server.validate(used)).toEqual({
      status: 400,
      body: {
        valid: false,
        message: 'Licence déjà utilisée',
        error_code: 'ALREADY_USED',
        used_date: '2026-11-21T14:05:00.123',
      },
    });
    await server.container.licenses.changeState(systemActor('test'), { key: inactive }, 'suspended', 'essai');
    expect(await server.validate(inactive)).toEqual({
      status: 400,
      body: { valid: false, message: 'Licence inactive', error_code: 'INACTIVE' },
    });
  });

  it('keeps what a client says of itself as far as it is text', async () => {
    const [key] = (await server.keys(1)) as [string];
    const activation = { license_key: key, domain_fingerprint: 'texte.example' };
    const { status } = await server.activate({ ...activation, client_info: 'poste\u0000 1 \ud800' });
    expect(status).toBe(200);
    const kept = await server.container.database.kysely
      .selectFrom('license_activations')
      .select('client_info')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    expect(kept).toEqual({ client_info: 'poste 1 \ufffd' });
  });

  it('activates once, gives the same answer to the same installation, and refuses every other', async () => {
    const [key] = (await server.keys(1)) as [string];
    const first = await server.activate({ license_key: key.toLowerCase(), domain_fingerprint: 'b.example' });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      success: true,
      message: 'Licence activée avec succès (1 mois)',
      activation_date: '2026-11-21T14:05:00.123',
      expiration_date: '2026-12-21T14:05:00.123',
      duration_days: 30,
      activated_at: '2026-11-21T14:05:00.123Z',
      expires_at: '2026-12-21T14:05:00.123Z',
    });
    clock.advance(DAY);
    expect(await server.activate({ license_key: key, domain_fingerprint: 'b.example' })).toEqual(first);
    expect(await server.activate({ license_key: key, domain_fingerprint: 'c.example' })).toEqual({
      status: 400,
      body: {
        success: false,
        message: 'Licence déjà utilisée',
        error_code: 'ALREADY_USED',
        used_date: '2026-11-21T14:05:00.123',
      },
    });
    clock.advance(-DAY);
  });

  it('signs what it grants: a root vouches for the key that signed', async () => {
    const [key] = (await server.keys(1)) as [string];
    const { body } = await server.activate({ license_key: key, domain_fingerprint: 'd.example' });
    const bundle = body['bundle'] as { key_certificates: string[]; krl: string };
    const trust = await establishTrust({
      anchors: parseTrustAnchor(await server.container.signing.trustAnchor()),
      keyCertificates: bundle.key_certificates,
      krls: [bundle.krl],
    });
    const certificate = await trust.licence(body['certificate'] as string);
    expect(certificate).toMatchObject({
      license_key_hint: key.slice(-4),
      duration_days: 30,
      seq: 1,
      state: 'active',
      expires_at: body['expires_at'],
      lease_expires_at: body['expires_at'],
    });
    expect(JSON.stringify(body)).not.toContain(key);
  });

  it('answers each refusal of activate as the contract says', async () => {
    const refused = (error_code: string, message: string) => ({ success: false, message, error_code });
    const key = (await server.keys(1))[0];
    expect(await server.activate({ domain_fingerprint: 'x' })).toEqual({
      status: 400,
      body: refused('KEY_REQUIRED', 'Clé de licence requise'),
    });
    expect(await server.activate({ license_key: key })).toEqual({
      status: 400,
      body: refused('FINGERPRINT_REQUIRED', 'Empreinte de domaine requise'),
    });
    const unknown = `ABCDEFGH124${checkCharacter('ABCDEFGH124')}`;
    expect(await server.activate({ license_key: unknown, domain_fingerprint: 'x' })).toEqual({
      status: 404,
      body: refused('NOT_FOUND', 'Licence introuvable'),
    });
    expect(await server.activate({ license_key: 'ABC', domain_fingerprint: 'x' })).toEqual({
      status: 400,
      body: refused('INVALID_FORMAT', 'Format de licence invalide'),
    });
    for (const body of [
      { license_key: 12, domain_fingerprint: 'x' },
      { license_key: key, domain_fingerprint: 'x', y: 1 },
      [],
    ]) {
      const answer = await server.activate(body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ success: false, error_code: 'INVALID' });
    }
    const raw = async (payload: string, type: string) => {
      const headers = { 'content-type': type };
      const answer = await server.app.inject({ method: 'POST', url: '/api/activate', payload, headers });
      return { status: answer.statusCode, body: answer.json() as object };
    };
    expect(await raw('{"license_key":', 'application/json')).toMatchObject({
      status: 400,
      body: { success: false },
    });
    expect(await raw('license_key=x', 'application/x-www-form-urlencoded')).toMatchObject({
      status: 415,
      body: { success: false },
    });
    expect(await raw('<a/>', 'application/xml')).toMatchObject({ status: 415, body: { success: false } });
    const long = JSON.stringify({ license_key: key, domain_fingerprint: 'x'.repeat(70_000) });
    expect(await raw(long, 'application/json')).toMatchObject({ status: 413, body: { success: false } });
  });

  it('counts', async () => {
    const before = (await server.app.inject('/api/stats')).json<Record<string, number>>();
    const [one] = (await server.keys(3, '1j')) as [string];
    await server.activate({ license_key: one, domain_fingerprint: 'stats.example' });
    const after = (await server.app.inject('/api/stats')).json<Record<string, number>>();
    expect(after['total_licenses']).toBe(before['total_licenses']! + 3);
    expect(after['active_licenses']).toBe(before['active_licenses']! + 2);
    expect(after['used_licenses']).toBe(before['used_licenses']! + 1);
    expect(after['by_type']).toMatchObject({ '1 jour': 3 });
  });

  it('writes the journal with the activation, and one chain holds it all', async () => {
    const [key] = (await server.keys(1)) as [string];
    const [entries, activations] = [await row('journal'), await row('license_activations')];
    await server.activate({ license_key: key, domain_fingerprint: 'e.example' });
    expect(await row('journal')).toBe(entries + 1);
    expect(await row('license_activations')).toBe(activations + 1);
    await server.activate({ license_key: key, domain_fingerprint: 'f.example' });
    expect(await row('journal')).toBe(entries + 2);
    expect(await server.container.journal.verify(systemActor('test'))).toMatchObject({ ok: true });
  });

  it('keeps no key in clear', async () => {
    const keys = await server.keys(3);
    await server.activate({ license_key: keys[0], domain_fingerprint: 'secret-domain.example' });
    const { kysely } = server.container.database;
    const tables = ['licenses', 'license_activations', 'journal', 'outbox', 'alert'] as const;
    const dump = JSON.stringify(
      await Promise.all(tables.map((t) => kysely.selectFrom(t).selectAll().execute())),
    );
    for (const known of [...keys, 'secret-domain.example']) expect(dump).not.toContain(known);
  });

  it('gives a key to exactly one of many rivals', async () => {
    const keys = await server.keys(20);
    const answers = await Promise.all(
      keys.flatMap((license_key) =>
        Array.from({ length: 8 }, (_, rival) =>
          server.activate({ license_key, domain_fingerprint: `rival-${rival}` }),
        ),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ body }) => body['error_code'] === 'ALREADY_USED')).toHaveLength(140);
  });
});
