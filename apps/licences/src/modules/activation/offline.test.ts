import { describeEachDatabase } from '@gec/testing';
import {
  decodeBundle,
  encodeRequestFile,
  establishTrust,
  joinFromQr,
  parseTrustAnchor,
  splitForQr,
} from '@gec/licence-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { createInstallation, type TestInstallation } from '../../test/installation.ts';

describeEachDatabase('the page of the air gap', (open) => {
  let server: TestServer;
  let cookie: string;
  let csrf: string;

  beforeAll(async () => {
    server = await createTestServer((await open()).url);
    ({ cookie } = await server.signIn());
    csrf = (await form()).token;
  });
  afterAll(() => server.close());

  async function form() {
    const page = await server.app.inject({ url: '/hors-ligne', headers: { cookie, accept: 'text/html' } });
    expect(page.statusCode).toBe(200);
    return { body: page.body, token: /name="_csrf" value="([^"]+)"/.exec(page.body)![1]! };
  }

  /** Sends the form as a browser does. */
  async function send(parts: { token?: string; file?: string | Buffer; pasted?: string }) {
    const head = (name: string, rest = '') =>
      `--x\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`;
    const payload = Buffer.concat([
      Buffer.from(head('_csrf') + (parts.token ?? csrf) + '\r\n'),
      Buffer.from(head('fichier', `; filename="${parts.file === undefined ? '' : 'demande.gecreq'}"`)),
      Buffer.from(parts.file ?? ''),
      Buffer.from(`\r\n${head('demande')}${parts.pasted ?? ''}\r\n--x--\r\n`),
    ]);
    return server.app.inject({
      method: 'POST',
      url: '/hors-ligne',
      headers: { cookie, accept: 'text/html', 'content-type': 'multipart/form-data; boundary=x' },
      payload,
    });
  }

  function bundleIn(body: string): string {
    const value = /name="reponse" value="([^"]+)"/.exec(body)?.[1] ?? '';
    return value.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  }

  async function believed(installation: TestInstallation, text: string) {
    const bundle = decodeBundle(text);
    const trust = await establishTrust({
      anchors: parseTrustAnchor(await server.container.signing.trustAnchor()),
      keyCertificates: bundle.key_certificates,
      krls: [bundle.krl],
    });
    const certificate = await trust.licence(bundle.certificate);
    expect(certificate.installation).toBe(installation.pair.kid);
    return certificate;
  }

  it('activates by file, renews by QR codes and releases, and the journal says who carried it', async () => {
    const [key] = (await server.keys(1, '6m')) as [string];
    const remote = await createInstallation(server);
    const activated = await send({ file: encodeRequestFile(await remote.request('activate', key)) });
    expect(activated.statusCode).toBe(200);
    expect(activated.body).toContain('La licence est activée');
    expect(activated.body).toContain('role="img"');
    const text = bundleIn(activated.body);
    remote.certificate = await believed(remote, text);

    const file = await server.app.inject({
      method: 'POST',
      url: '/hors-ligne/reponse',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: csrf, reponse: text }).toString(),
    });
    expect(file.headers['content-disposition']).toContain('licence.geclic');
    expect(file.body).toBe(text);

    const codes = splitForQr(encodeRequestFile(await remote.request('renew')), 400);
    const partly = await send({ pasted: codes.slice(1).join('\n') });
    expect(partly.statusCode).toBe(400);
    expect(partly.body).toContain('Il manque encore des codes QR');
    const renewed = await send({ pasted: codes.reverse().join('\r\n') });
    expect(renewed.body).toContain('renouvelé');
    expect((await believed(remote, bundleIn(renewed.body))).seq).toBe(2);

    const freed = await send({ pasted: await remote.request('deactivate') });
    expect(freed.body).toContain('La licence est libérée');
    expect(freed.body).not.toContain('name="reponse"');
    expect((await server.validate(key)).status).toBe(200);

    const { lines } = await server.container.journal.list({ actions: ['activation.offline'] }, { size: 10 });
    expect(lines.map(({ actor, details }) => [actor, details['kind']])).toEqual([
      ['admin', 'deactivate'],
      ['admin', 'renew'],
      ['admin', 'activate'],
    ]);
  });

  it('shows QR codes that make the very file', async () => {
    const [key] = (await server.keys(1)) as [string];
    const remote = await createInstallation(server);
    const actor = (await server.container.admins.authenticate(1, '127.0.0.1'))!;
    const { bundle } = await server.container.offline.answer(actor, await remote.request('activate', key));
    expect(joinFromQr(bundle!.codes)).toEqual({ complete: true, text: bundle!.text });
  });

  it('refuses what is no request, what is used elsewhere, and what another site sends', async () => {
    const [key] = (await server.keys(1)) as [string];
    const [first, second] = [await createInstallation(server), await createInstallation(server)];
    expect((await send({ pasted: await first.request('activate', key) })).statusCode).toBe(200);
    const again = await send({ pasted: await first.request('activate', key) });
    expect(again.statusCode).toBe(200);
    const elsewhere = await send({ pasted: await second.request('activate', key) });
    expect(elsewhere.statusCode).toBe(400);
    expect(elsewhere.body).toContain('déjà utilisée par une autre installation');
    for (const pasted of ['', 'bonjour', '{"request":"x"}', 'GECLIC1 1/1 x y']) {
      expect((await send({ pasted })).statusCode, pasted).toBe(400);
    }
    expect((await send({ file: Buffer.alloc(70_000, 0x41) })).statusCode).toBe(413);
    expect((await send({ token: 'faux', pasted: 'x' })).statusCode).toBe(403);
  });
});
