import {
  describeEachDatabase,
  samplePng,
  startSmtpSink,
  testClock,
  type SmtpSink,
  type TestClock,
} from '@gec/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { reglageShape } from './notifications.schema.ts';

describeEachDatabase('notifications', (open) => {
  let clock: TestClock;
  let test: TestApp;
  let sink: SmtpSink;
  let made: ReturnType<typeof createTestCourriers>;
  let chief: Personne;
  let clerk: Personne;
  let reader: Personne;

  beforeAll(async () => {
    sink = await startSmtpSink();
    clock = testClock('2026-11-18T04:00:00Z', 1);
    const env = {
      GEC_PUBLIC_URL: 'https://gec.example.cd',
      SMTP_HOST: sink.host,
      SMTP_PORT: String(sink.port),
      SMTP_SECURITY: 'none',
      SMTP_FROM: 'courrier@mines.example.cd',
    };
    test = await createTestApp((await open(migrated)).url, { clock, env });
    made = createTestCourriers(test, await samplePng({ width: 60, height: 80 }));
    chief = await test.person('super_admin', null);
    clerk = await test.person('user', 'TECH');
    reader = await test.person('user', 'JUR');
  });
  afterAll(async () => {
    await test.close();
    await sink.stop();
  });
  beforeEach(async () => {
    await test.container.outbox.drain();
    sink.clear();
    for (const person of [chief, clerk, reader]) await test.container.notifications.lireToutes(person);
  });

  const unread = async (person: Personne) =>
    (await test.container.notifications.list(person, { nonLues: true })).notifications;
  const preferer = (person: Personne, choisi: Parameters<typeof test.container.notifications.preferer>[2]) =>
    test.container.database.transaction((trx) => test.container.notifications.preferer(trx, person, choisi));
  const transmettre = (id: number, echeance: string | null = null) =>
    test.container.transmissions.transmit(clerk, id, {
      destinataires: [reader.userId],
      instruction: 'etude_avis',
      message: 'à lire',
      echeance,
    });

  it('tell who a letter was sent to, on the page and by e-mail, without what the letter says', async () => {
    const { id, numero } = await made.enregistrer(clerk, { objet: 'Objet confidentiel Kipushi' });
    await transmettre(id);
    const [told] = await unread(reader);
    expect(told).toMatchObject({
      evenement: 'transmission',
      accessible: true,
      lue: false,
      auteur: clerk.nomComplet,
      courrier: { id, numero, objet: 'Objet confidentiel Kipushi' },
      faits: { instruction: 'Pour étude et avis' },
    });
    const [row] = await test.container.database.kysely
      .selectFrom('notification')
      .select('message')
      .where('user_id', '=', reader.userId)
      .execute();
    expect(row?.message).not.toContain(numero);
    expect(await unread(clerk)).toEqual([]);

    await test.container.outbox.drain();
    expect(sink.mails).toHaveLength(1);
    const [mail] = sink.mails;
    expect(mail?.to).toEqual(['user.jur@example.cd']);
    expect(mail?.subject).toBe(`Courrier ${numero} transmis par ${clerk.nomComplet}`);
    expect(mail?.text).toContain('Instruction\u00A0: Pour étude et avis');
    expect(mail?.text).toContain(`https://gec.example.cd/mail/${id}`);
    expect(mail?.text).not.toContain('Kipushi');

    expect(await test.container.notifications.compte(reader)).toBe(1);
    await test.container.lettres.open(reader, id, { genre: 'registre' });
    expect(await test.container.notifications.compte(reader)).toBe(0);
  });

  it('say the objet by e-mail only where the settings allow it', async () => {
    const { notifications } = test.container;
    const before = await notifications.reglages(chief);
    const { version } = await notifications.regler(chief, { ...before, inclureObjet: true }, before.version);
    const { id } = await made.enregistrer(clerk, { objet: 'Objet admis' });
    await transmettre(id);
    await test.container.outbox.drain();
    expect(sink.mails[0]?.text).toContain('Objet\u00A0: Objet admis');
    await notifications.regler(chief, { ...reglageShape.parse({}) }, version);
    await expect(notifications.regler(chief, before, version)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    await expect(
      notifications.regler(chief, { ...before, joursAvantEcheance: 99 }, version + 1),
    ).rejects.toMatchObject({ fields: [{ field: 'joursAvantEcheance' }] });
    await expect(notifications.reglages(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('follow what each person prefers', async () => {
    const { id } = await made.enregistrer(clerk);
    await preferer(reader, { transmission: { page: false, courriel: false } });
    await transmettre(id);
    expect(await unread(reader)).toEqual([]);
    await test.container.outbox.drain();
    expect(sink.mails).toEqual([]);

    await preferer(reader, { transmission: { page: false, courriel: true } });
    await transmettre((await made.enregistrer(clerk)).id);
    expect(await unread(reader)).toEqual([]);
    await test.container.outbox.drain();
    expect(sink.mails).toHaveLength(1);
    await preferer(reader, { transmission: { page: true, courriel: true } });
    expect(await test.container.notifications.preferences(reader)).toMatchObject({
      transmission: { page: true, courriel: true },
      commentaire: { page: true, courriel: false },
    });
    expect(await test.container.notifications.preferences(reader)).not.toHaveProperty('alerte_securite');
    await preferer(reader, { alerte_securite: { page: true, courriel: true } });
    const kept = await test.container.database.kysely.selectFrom('user_preference').select('cle').execute();
    expect(kept.map(({ cle }) => cle)).not.toContain('notif.alerte_securite.page');
  });

  it('tell the author and the readers of what is written beside a letter, and the sender that it is done', async () => {
    const { id } = await made.enregistrer(clerk);
    const [transmission = 0] = await transmettre(id);
    await test.container.notifications.lireToutes(reader);
    await test.container.commentaires.add(clerk, id, { type: 'annotation', texte: 'Vu' });
    expect(await unread(reader)).toMatchObject([
      { evenement: 'commentaire', faits: { genre: 'annotation' } },
    ]);
    await test.container.transmissions.markDone(reader, transmission, 'C’est fait');
    expect((await unread(clerk)).map(({ evenement }) => evenement)).toEqual(['traitement']);
  });

  it('tell those of the department of a new letter, but not who registered it', async () => {
    const head = await test.person('admin', 'TECH');
    const elsewhere = await test.person('admin', 'FIN');
    const { numero } = await made.enregistrer(clerk);
    expect(await unread(head)).toMatchObject([{ evenement: 'nouveau_courrier', courrier: { numero } }]);
    expect(await unread(elsewhere)).toEqual([]);
    await made.enregistrer(head);
    expect(await unread(head)).toHaveLength(1);
  });

  it('show and send nothing of a letter that can no longer be seen', async () => {
    const { id } = await made.enregistrer(clerk, { objet: 'Disparu' });
    await transmettre(id);
    await test.container.courriers.remove(chief, id);
    const [told] = await unread(reader);
    expect(told).toMatchObject({ accessible: false, courrier: null, auteur: null });
    expect(JSON.stringify(told)).not.toMatch(/Disparu|GEC-/);
    await test.container.outbox.drain();
    expect(sink.mails).toEqual([]);
    await test.container.courriers.destroy(chief, id, 'essai');
    expect((await unread(reader)).map((one) => one.id)).not.toContain(told?.id);
  });

  it('recall an échéance that is near, then one that has passed, once each, by one process', async () => {
    const { notifications } = test.container;
    const { id } = await made.enregistrer(clerk);
    await transmettre(id, '2026-11-20');
    await notifications.lireToutes(reader);
    expect(await notifications.rappelQuotidien()).toBeNull();
    clock.advance(3 * 3_600_000);
    const both = await Promise.all([notifications.rappelQuotidien(), notifications.rappelQuotidien()]);
    expect(both.filter((made) => made === 1)).toHaveLength(1);
    expect(both.filter((made) => made === null)).toHaveLength(1);
    expect(await unread(reader)).toMatchObject([
      { evenement: 'echeance_proche', faits: { echeance: '2026-11-20' }, auteur: clerk.nomComplet },
    ]);
    await notifications.lireToutes(reader);
    clock.advance(86_400_000);
    expect(await notifications.rappelQuotidien()).toBe(0);
    clock.advance(2 * 86_400_000);
    expect(await notifications.rappelQuotidien()).toBe(1);
    expect(await unread(reader)).toMatchObject([{ evenement: 'echeance_depassee' }]);
  });

  it('are one’s own, and go when they are old', async () => {
    const { id } = await made.enregistrer(clerk);
    await transmettre(id);
    const [told] = await unread(reader);
    await expect(test.container.notifications.lire(clerk, told?.id ?? 0)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await test.container.notifications.lire(reader, told?.id ?? 0);
    expect(await unread(reader)).toEqual([]);
    clock.advance(100 * 86_400_000);
    expect(await test.container.notifications.sweep()).toBeGreaterThan(0);
  });

  it('alert those who manage the system, once for the same thing', async () => {
    const alerter = () =>
      test.container.database.transaction((trx) =>
        test.container.notifications.alerter(trx, 'compte_bloque', '2026-11-21T08'),
      );
    await alerter();
    await alerter();
    await test.container.database.transaction((trx) =>
      test.container.notifications.sauvegardeEchouee(trx, 'Disque plein', 'n-1'),
    );
    expect((await unread(chief)).map(({ evenement }) => evenement)).toEqual([
      'sauvegarde_echouee',
      'alerte_securite',
    ]);
    expect(await unread(clerk)).toEqual([]);
    await test.container.outbox.drain();
    expect(sink.mails.map(({ subject }) => subject)).toEqual([
      'GEC Mines\u00A0: alerte de sécurité',
      'GEC Mines\u00A0: la sauvegarde a échoué',
    ]);
  });
});
