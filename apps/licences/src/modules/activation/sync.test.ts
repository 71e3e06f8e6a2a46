import { join } from 'node:path';
import { systemActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { establishTrust, parseTrustAnchor, type Bundle } from '@gec/licence-client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestServer, TEST_PASSPHRASE, type TestServer } from '../../test/harness.ts';
import { createInstallation, type TestInstallation } from '../../test/installation.ts';

const DAY = 86_400_000;
const clock = testClock('2026-11-21T08:00:00Z');
const actor = systemActor('test');

describeEachDatabase('the life of an activation', (open) => {
  let server: TestServer;
  let installation: TestInstallation;
  let key: string;
  const licenseId = async () =>
    (await server.container.licenses.findByPublicId(installation.certificate!.license_id))!.id;
  const openAlerts = async () =>
    (await server.container.alerts.list({ open: true, licenseId: await licenseId() })).map(
      ({ kind }) => kind,
    );

  beforeAll(async () => {
    server = await createTestServer((await open()).url, { clock });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    clock.set('2026-11-21T08:00:00Z');
    [key] = (await server.keys(1, '6m')) as [string];
    installation = await createInstallation(server);
    expect((await installation.activate(key)).status).toBe(200);
  });

  it('needs a proof that the installation has its key, for this very licence', async () => {
    const [other] = (await server.keys(1)) as [string];
    const base = { license_key: other, domain_fingerprint: 'x', installation: installation.pair.publicJwk };
    expect((await server.activate(base)).body).toMatchObject({ error_code: 'INVALID_PROOF' });
    const proof = await installation.request('activate', key);
    expect((await server.activate({ ...base, proof })).body).toMatchObject({ error_code: 'INVALID_PROOF' });
    const thief = await createInstallation(server);
    const stolen = await thief.request('activate', other);
    expect((await server.activate({ ...base, proof: stolen })).body).toMatchObject({
      error_code: 'INVALID_PROOF',
    });
  });

  it('refuses the same domain with another installation key', async () => {
    const second = await createInstallation(server);
    expect((await second.activate(key)).body).toMatchObject({ error_code: 'ALREADY_USED' });
  });

  it('renews the lease with each synchronisation, in a chain of receipts', async () => {
    expect(installation.certificate).toMatchObject({ seq: 1, lease_expires_at: '2026-12-21T08:00:00.000Z' });
    for (let day = 1; day <= 3; day++) {
      clock.advance(DAY);
      const { status, receipt } = await installation.sync();
      expect(status).toBe(200);
      expect(receipt).toMatchObject({ counter: day, alerts: [], state: 'active', certificate_seq: day + 1 });
    }
    expect(installation.certificate).toMatchObject({ seq: 4, lease_expires_at: '2026-12-24T08:00:00.000Z' });
    expect(installation.certificate!.expires_at).toBe('2027-05-20T08:00:00.000Z');
  });

  it('gives the very same request the very same answer', async () => {
    const jws = await installation.syncRequest();
    const first = await installation.send(jws);
    const again = await installation.send(jws);
    expect(again.body).toEqual(first.body);
    expect(await openAlerts()).toEqual([]);
    expect((await installation.sync()).receipt?.alerts).toEqual([]);
  });

  it('notices a copy by its counter, tells of it, and locks nobody out', async () => {
    await installation.sync();
    const copy = installation.clone();
    expect((await installation.sync()).receipt?.alerts).toEqual([]);
    expect((await copy.sync()).receipt?.alerts).toEqual(['clone-or-restore']);
    expect(await openAlerts()).toEqual(['clone-or-restore']);
    expect((await copy.sync()).status).toBe(200);
    expect((await installation.sync()).receipt?.alerts).toEqual(['clone-or-restore']);
  });

  it('lets a small drift pass, and reviews a large one for fourteen days', async () => {
    const machine = { domain: 'courrier.example.cd', database: 'db-1', machine: 'machine-2' };
    expect((await installation.sync(machine)).receipt?.alerts).toEqual([]);
    const moved = { domain: 'autre.example.cd', database: 'db-2', machine: 'machine-2' };
    expect((await installation.sync(moved)).receipt?.alerts).toEqual(['domain-review']);
    expect(await openAlerts()).toEqual(['fingerprint-changed']);
    clock.advance(15 * DAY);
    await server.container.watch.look();
    expect((await openAlerts()).sort()).toEqual(['fingerprint-changed', 'review-overdue']);
    expect((await installation.sync(moved)).status).toBe(200);
    await server.container.sync.acceptReview(actor, await licenseId());
    expect(await openAlerts()).toEqual([]);
    expect((await installation.sync(moved)).receipt?.alerts).toEqual([]);
  });

  it('suspends by a refused review, tells the installation why, and asks again once it is restored', async () => {
    const { sync, licenses, journal } = server.container;
    const id = await licenseId();
    const far = { domain: 'copie.example.cd', database: 'db-9', machine: 'machine-9' };
    await expect(sync.refuseReview(actor, id, 'copie')).rejects.toMatchObject({ kind: 'not-found' });
    expect((await installation.sync(far)).receipt?.alerts).toEqual(['domain-review']);
    await expect(sync.refuseReview(actor, id, ' ')).rejects.toMatchObject({
      fields: [{ field: 'review-reason' }],
    });
    await sync.refuseReview(actor, id, 'copie non autorisée');
    expect(await openAlerts()).toEqual([]);
    expect(await licenses.find(id)).toMatchObject({ state: 'suspended', stateReason: 'copie non autorisée' });
    const { lines } = await journal.list({ licenseId: id }, { size: 2 });
    expect(lines.map(({ action }) => action)).toEqual(['license.state', 'activation.review_refused']);
    expect((await installation.sync(far)).receipt?.alerts).toEqual([]);
    expect(installation.certificate).toMatchObject({ state: 'suspended', reason: 'copie non autorisée' });
    expect(await openAlerts()).toEqual([]);

    await licenses.changeState(actor, { id }, 'active', null);
    expect((await installation.sync(far)).receipt?.alerts).toEqual(['domain-review']);
    expect((await installation.sync()).receipt?.alerts).toEqual([]);
    expect(await openAlerts()).toEqual([]);
  });

  it('carries suspension, restoration, extension and revocation to the installation', async () => {
    const { licenses } = server.container;
    const id = await licenseId();
    await licenses.changeState(actor, { id }, 'suspended', 'facture impayée');
    await installation.sync();
    expect(installation.certificate).toMatchObject({ state: 'suspended', reason: 'facture impayée' });
    await licenses.changeState(actor, { id }, 'active', null);
    await licenses.extend(actor, { id }, 30, 'geste');
    await installation.sync();
    expect(installation.certificate).toMatchObject({
      state: 'active',
      expires_at: '2027-06-19T08:00:00.000Z',
    });
    await licenses.changeState(actor, { id }, 'revoked', 'fraude');
    const { body } = await installation.sync();
    expect(installation.certificate).toMatchObject({ state: 'revoked', reason: 'fraude' });
    expect(installation.epoch).toBeGreaterThanOrEqual(3);
    expect(body['revocations']).toBeTypeOf('string');
    await expect(licenses.changeState(actor, { id }, 'active', null)).rejects.toMatchObject({
      code: 'REVOKED',
    });
  });

  it('moves to another installation with the days that remain', async () => {
    clock.advance(10 * DAY);
    const deactivation = await installation.request('deactivate');
    const post = (url: string, request: string) =>
      server.app.inject({ method: 'POST', url, payload: { request } });
    expect((await post('/api/deactivate', deactivation)).json()).toEqual({ success: true });
    expect((await post('/api/deactivate', deactivation)).json()).toEqual({ success: true });
    expect((await installation.sync()).body).toMatchObject({ error_code: 'RELEASED' });
    const next = await createInstallation(server);
    expect((await next.activate(key)).status).toBe(200);
    expect(next.certificate!.expires_at).toBe('2027-05-20T08:00:00.000Z');
    expect(next.certificate!.seq).toBeGreaterThan(1);

    // An old request played again must not free what was activated since.
    await server.container.sync.transfer(actor, await licenseId(), 'retour');
    clock.advance(DAY);
    expect((await installation.activate(key)).status).toBe(200);
    expect((await post('/api/deactivate', deactivation)).json()).toMatchObject({
      error_code: 'STALE_REQUEST',
    });
  });

  it('lives without a network: activation, renewal and deactivation by file', async () => {
    const [offlineKey] = (await server.keys(1)) as [string];
    const remote = await createInstallation(server);
    const ask = async (request: string) =>
      server.app.inject({ method: 'POST', url: '/api/offline', payload: { request } });
    const activated = await ask(await remote.request('activate', offlineKey));
    expect(activated.statusCode).toBe(200);
    const trustOf = async (bundle: Bundle) =>
      establishTrust({
        anchors: parseTrustAnchor(await server.container.signing.trustAnchor()),
        keyCertificates: bundle.key_certificates,
        krls: [bundle.krl],
      });
    const bundle = activated.json<Bundle>();
    remote.certificate = await (await trustOf(bundle)).licence(bundle.certificate);
    clock.advance(20 * DAY);
    const renewed = (await ask(await remote.request('renew'))).json<Bundle>();
    const certificate = await (await trustOf(renewed)).licence(renewed.certificate);
    expect(certificate).toMatchObject({ seq: 2, expires_at: remote.certificate.expires_at });
    expect((await ask(await remote.request('deactivate'))).json()).toEqual({ success: true });
    expect((await ask(await remote.request('renew'))).json()).toMatchObject({ error_code: 'RELEASED' });
    expect((await server.validate(offlineKey)).status).toBe(200);
  });

  it('refuses what is not signed by the installation, and counts it', async () => {
    const jws = await installation.syncRequest();
    const stranger = await createInstallation(server);
    stranger.certificate = installation.certificate;
    const post = async (request: string) =>
      (await server.app.inject({ method: 'POST', url: '/api/sync', payload: { request } })).json<object>();
    expect(await post(`${jws.slice(0, -4)}AAAA`)).toMatchObject({
      success: false,
      error_code: 'INVALID_REQUEST',
    });
    expect(await post(await stranger.syncRequest())).toMatchObject({ error_code: 'UNKNOWN_LICENCE' });
    expect(await post(await installation.request('renew'))).toMatchObject({ error_code: 'INVALID_REQUEST' });
  });

  it('changes signing keys: what a retired key signed stays good, what a revoked one signed does not', async () => {
    const { signing, config } = server.container;
    const root = join(config.dataDir, 'root-key.json');
    const before = (await signing.jwks()).keys.map(({ kid }) => kid);
    const fresh = await signing.rotate(actor, root, TEST_PASSPHRASE);
    await expect(signing.rotate(actor, root, 'une autre phrase')).rejects.toThrow(/passphrase/);
    expect((await installation.sync()).status).toBe(200);
    const { keys } = (await server.app.inject('/.well-known/jwks.json')).json<{ keys: { kid: string }[] }>();
    expect(keys.map(({ kid }) => kid)).toEqual([...before, fresh]);

    const [other] = (await server.keys(1)) as [string];
    const old = await server.activate({ license_key: other, domain_fingerprint: 'revoked.example' });
    await signing.revoke(actor, fresh, root, TEST_PASSPHRASE);
    const { keyCertificates, krl } = await signing.proofs();
    const trust = await establishTrust({
      anchors: parseTrustAnchor(await signing.trustAnchor()),
      keyCertificates: [...keyCertificates, ...(old.body['bundle'] as Bundle).key_certificates],
      krls: [krl],
    });
    await expect(trust.licence(old.body['certificate'] as string)).rejects.toMatchObject({
      code: 'REVOKED_KEY',
    });
    const renewed = await server.activate({ license_key: other, domain_fingerprint: 'revoked.example' });
    expect(await trust.licence(renewed.body['certificate'] as string)).toMatchObject({ seq: 2 });
    expect((await installation.sync()).status).toBe(200);
    expect((await signing.jwks()).keys.map(({ kid }) => kid)).not.toContain(fresh);
  });
});
