import { describeEachDatabase, startSmtpSink, testClock, type SmtpSink, type TestClock } from '@gec/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { SaisieSmtp } from './courriels.schema.ts';

const DAY = 86_400_000;

describeEachDatabase('e-mail', (open) => {
  let clock: TestClock;
  let test: TestApp;
  let chief: Personne;
  let sink: SmtpSink | undefined;

  beforeAll(async () => {
    clock = testClock('2026-11-21T08:00:00Z');
    test = await createTestApp((await open(migrated)).url, {
      clock,
      env: { GEC_PUBLIC_URL: 'https://gec.example.cd' },
    });
    chief = await test.person('super_admin', null);
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    const { version, source } = await test.container.courriels.smtp(chief);
    if (source === 'base') await test.container.courriels.retirerSmtp(chief, version);
    await test.container.database.kysely.deleteFrom('outbox').execute();
    await test.container.database.kysely.deleteFrom('courriel').execute();
    clock.advance(60_000);
  });
  afterEach(() => sink?.stop());

  const saisie = (port: number, rest: Partial<SaisieSmtp> = {}): SaisieSmtp => ({
    hote: '127.0.0.1',
    port: String(port),
    securite: 'aucune',
    utilisateur: '',
    motDePasse: '',
    expediteur: 'courrier@mines.example.cd',
    nomExpediteur: '',
    verifierCertificat: true,
    ...rest,
  });
  const regler = (port: number, rest?: Partial<SaisieSmtp>) =>
    test.container.courriels.enregistrerSmtp(chief, saisie(port, rest), 0);
  const demander = (email = 'marie@example.cd') =>
    test.container.database.transaction((trx) =>
      test.container.courriels.envoyerMotDePasse(trx, chief, {
        genre: 'premier',
        utilisateur: { email, nomComplet: 'Marie <Ilunga>', username: 'm.ilunga', langue: 'fr' },
        motDePasse: 'Provisoire-123',
      }),
    );
  const drain = () => test.container.outbox.drain();
  const waiting = () =>
    test.container.database.kysely.selectFrom('outbox').select(['state', 'last_error']).execute();
  /** Past the longest delay between attempts. */
  const later = () => clock.advance(3_700_000);

  it('leaves by the outbox, in the language of the reader, and is kept nowhere afterwards', async () => {
    sink = await startSmtpSink();
    await regler(sink.port);
    await demander();
    expect(sink.mails).toHaveLength(0);
    const [kept] = await test.container.database.kysely.selectFrom('courriel').selectAll().execute();
    expect(JSON.stringify(kept)).not.toMatch(/marie|Provisoire|ilunga/i);
    await drain();
    const [mail] = sink.mails;
    expect(mail?.to).toEqual(['marie@example.cd']);
    expect(mail?.from).toBe('courrier@mines.example.cd');
    expect(mail?.subject).toBe('Votre compte GEC Mines');
    expect(mail?.text).toContain('Mot de passe provisoire\u00A0: Provisoire-123');
    expect(mail?.text).toContain('https://gec.example.cd/login');
    expect(mail?.html).toContain('Marie &lt;Ilunga&gt;');
    expect(mail?.messageId).toMatch(/^<gec-\d+-\w+@mines\.example\.cd>$/);
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(await waiting()).toEqual([]);
    expect(await test.container.database.kysely.selectFrom('courriel').selectAll().execute()).toEqual([]);
  });

  it('says so when there is no mail server, and nothing of the transaction stays', async () => {
    await expect(demander()).rejects.toMatchObject({ kind: 'conflict', code: 'SMTP_ABSENT' });
    expect(await waiting()).toEqual([]);
  });

  it('comes back after a greylisting, under the same Message-ID', async () => {
    const offered: (string | undefined)[] = [];
    sink = await startSmtpSink({
      refuse: ({ messageId }) =>
        offered.push(messageId) === 1 ? { code: 451, message: 'greylisted' } : undefined,
    });
    await regler(sink.port);
    await demander();
    await drain();
    expect(await waiting()).toMatchObject([{ state: 'pending', last_error: expect.stringContaining('451') }]);
    await drain();
    expect(offered).toHaveLength(1);
    later();
    await drain();
    expect(sink.mails).toHaveLength(1);
    expect(offered[1]).toBe(offered[0]);
  });

  it('gives up a recipient that the server refuses, without keeping the address', async () => {
    sink = await startSmtpSink({
      refuseRecipient: (address) => ({ code: 550, message: `no such user ${address}` }),
    });
    await regler(sink.port);
    await demander('inconnue@example.cd');
    await drain();
    const [job] = await waiting();
    expect(job?.state).toBe('failed');
    expect(job?.last_error).toContain('550');
    expect(job?.last_error).not.toContain('inconnue');
  });

  it('waits for a server that is down, for more than a day', async () => {
    sink = await startSmtpSink();
    const { port } = sink;
    await sink.stop();
    await regler(port);
    await demander();
    const begun = clock.now().getTime();
    while (clock.now().getTime() - begun < DAY) {
      await drain();
      later();
    }
    expect(await waiting()).toMatchObject([{ state: 'pending' }]);
    sink = await startSmtpSink({ port });
    later();
    await drain();
    expect(sink.mails).toHaveLength(1);
  });

  it('signs in, over STARTTLS or TLS, and trusts a certificate only when it may', async () => {
    const account = { user: 'gec', password: 'mot-de-passe-smtp' };
    for (const tls of ['starttls', 'implicit'] as const) {
      sink = await startSmtpSink({ account, tls });
      const securite = tls === 'implicit' ? 'tls' : 'starttls';
      const typed = saisie(sink.port, { securite, utilisateur: 'gec', motDePasse: account.password });
      const strict = await test.container.courriels.essayerSmtp(chief, typed, 'chef@example.cd');
      expect(strict).toMatchObject({ reussi: false, message: expect.stringContaining('certificat') });
      const lax = { ...typed, verifierCertificat: false };
      const done = await test.container.courriels.essayerSmtp(chief, lax, 'chef@example.cd');
      expect(done).toMatchObject({ reussi: true, message: null });
      expect(sink.mails[0]?.subject).toBe('Essai d’envoi de GEC Mines');
      const said = JSON.stringify(done.conversation);
      expect(said).toContain('AUTH');
      expect(said).toContain('235');
      expect(said).toContain('chef@example.cd');
      expect(said).not.toContain(account.password);
      expect(said).not.toContain(Buffer.from(account.password).toString('base64'));
      const wrong = { ...lax, motDePasse: 'faux-faux' };
      expect(await test.container.courriels.essayerSmtp(chief, wrong, 'chef@example.cd')).toMatchObject({
        reussi: false,
        message: 'Le serveur refuse le nom d’utilisateur ou le mot de passe.',
      });
      const { version } = await test.container.courriels.enregistrerSmtp(chief, lax, 0);
      expect(await test.container.courriels.certificat(chief)).toMatchObject({
        reconnu: false,
        expire: expect.stringMatching(/^\d{4}-/),
      });
      await test.container.courriels.retirerSmtp(chief, version);
      await sink.stop();
    }
  });

  it('never sends in clear what was to be encrypted', async () => {
    sink = await startSmtpSink();
    const result = await test.container.courriels.essayerSmtp(
      chief,
      saisie(sink.port, { securite: 'starttls' }),
      'chef@example.cd',
    );
    expect(result.reussi).toBe(false);
    expect(sink.mails).toHaveLength(0);
  });

  it('keeps the password sealed, for the server that it was given for', async () => {
    const rest = { utilisateur: 'gec', motDePasse: 'secret-smtp-1' };
    const { version } = await regler(2525, rest);
    const seen = await test.container.courriels.smtp(chief);
    expect(seen).toMatchObject({ source: 'base', motDePassePresent: true, version: 1 });
    expect(JSON.stringify(seen)).not.toContain('secret-smtp-1');
    const [row] = await test.container.database.kysely.selectFrom('courriel_reglage').selectAll().execute();
    expect(JSON.stringify(row)).not.toMatch(/secret-smtp|mines\.example/);
    const kept = await test.container.courriels.enregistrerSmtp(
      chief,
      saisie(2526, { utilisateur: 'gec' }),
      version,
    );
    expect(
      (await test.container.courriels.verifierSmtp(chief, saisie(2526, { utilisateur: 'gec' }))).motDePasse,
    ).toBe('secret-smtp-1');
    const elsewhere = saisie(2526, { hote: 'voleur.example.cd', utilisateur: 'gec' });
    await expect(
      test.container.courriels.essayerSmtp(chief, elsewhere, 'x@example.cd'),
    ).rejects.toMatchObject({
      fields: [{ field: 'motDePasse' }],
    });
    await expect(test.container.courriels.enregistrerSmtp(chief, saisie(25), version)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    await expect(
      test.container.courriels.enregistrerSmtp(
        chief,
        saisie(0, { hote: 'a b', port: 'x', securite: 'ssl', expediteur: '' }),
        kept.version,
      ),
    ).rejects.toMatchObject({
      fields: [{ field: 'hote' }, { field: 'port' }, { field: 'securite' }, { field: 'expediteur' }],
    });
  });

  it('has templates that an administrator changes, tries and takes back', async () => {
    sink = await startSmtpSink();
    await regler(sink.port);
    const { courriels } = test.container;
    const place = { evenement: 'transmission', langue: 'fr', version: 0 };
    const modele = { sujet: 'Pli {numero}', texte: 'Cher {destinataire}\n{lien}', html: '' };
    await expect(
      courriels.enregistrerModele(chief, place, { ...modele, sujet: '{inconnue}' }),
    ).rejects.toMatchObject({ fields: [{ field: 'sujet' }] });
    const saved = await courriels.enregistrerModele(chief, place, modele);
    expect(saved).toMatchObject({ version: 1, sujet: 'Pli {numero}' });
    await expect(courriels.enregistrerModele(chief, place, modele)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    await courriels.essayerModele(chief, place, 'chef@example.cd');
    await drain();
    expect(sink.mails[0]?.subject).toBe('Pli GEC-2026-00042');
    expect(sink.mails[0]?.html).toBe(false);
    expect(await courriels.revenirModele(chief, { ...place, version: 1 })).toMatchObject({ version: 0 });
    await expect(courriels.modele(chief, 'autre', 'fr')).rejects.toMatchObject({ kind: 'not-found' });
    const clerk = await test.person('user', 'TECH');
    await expect(courriels.modeles(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(courriels.smtp(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
