import { AppError, type UserActor } from '@gec/core';
import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from './courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { NouveauCourrier } from './courriers.schema.ts';

const clock = testClock('2026-11-21T10:00:00.000Z', 1);

/** The fields that a refusal names, with its code. */
async function refusal(run: Promise<unknown>): Promise<{ code: string; fields: string[] }> {
  const error = await run.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  return { code: error.code, fields: error.fields.map(({ field }) => field).sort() };
}

describeEachDatabase('registering letters', (open) => {
  let site: TestApp;
  let clerk: UserActor;
  let outsider: UserActor;
  let courriers: TestApp['container']['courriers'];
  let made: ReturnType<typeof createTestCourriers>;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    ({ courriers } = site.container);
    clerk = await site.person('user', 'ADM', 'clerc');
    outsider = await site.person('user', 'JUR', 'autre');
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
  });
  afterAll(() => site.close());

  const register = (facts: Partial<NouveauCourrier>) => made.enregistrer(clerk, facts);

  it('keeps what was entered on an arrival', async () => {
    const { id, numero } = await register({
      objet: '  Demande   d’agrément ',
      correspondant: 'Société Minière du Lualaba',
      numeroReference: 'SML/001/2026',
      dateRedaction: '2026-11-18',
      secretaireGeneralCopie: false,
      autresInformations: 'Deux annexes.\nRemis en main propre.',
    });
    expect(numero).toMatch(/^GEC-2026-\d{5}$/);
    expect(await courriers.get(clerk, id)).toMatchObject({
      numero,
      typeCourrier: 'ENTRANT',
      objet: 'Demande   d’agrément',
      correspondant: 'Société Minière du Lualaba',
      numeroReference: 'SML/001/2026',
      dateRedaction: '2026-11-18',
      secretaireGeneralCopie: false,
      autresInformations: 'Deux annexes.\nRemis en main propre.',
      statut: 'RECU',
      typeCourrierSortantId: null,
      nombrePieces: 1,
      version: 1,
      utilisateurId: clerk.userId,
      departementId: clerk.departementId,
      isDeleted: false,
    });
  });

  it('keeps what was entered on a departure, with its own numbers', async () => {
    const { id, numero } = await register({ typeCourrier: 'SORTANT', statut: 'URGENT' });
    expect(numero).toMatch(/^GEC-D-2026-\d{5}$/);
    const [type] = await site.container.referentiels.typesSortants();
    expect(await courriers.get(clerk, id)).toMatchObject({
      statut: 'URGENT',
      secretaireGeneralCopie: null,
      typeCourrierSortantId: type?.id,
      typeCourrierSortant: type?.nom,
      dateRedaction: '2026-11-20',
    });
  });

  it('notes the registration in the journal, with the number and without what the letter says', async () => {
    const { id, numero } = await register({ objet: 'Objet-très-secret' });
    const lines = await site.container.database.kysely
      .selectFrom('log_activite')
      .selectAll()
      .where('courrier_id', '=', id)
      .execute();
    expect(lines.map(({ action, numero: of }) => [action, of])).toEqual([
      ['courrier.enregistrement', numero],
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it.each<[string, Partial<NouveauCourrier>, string[]]>([
    ['an objet', { objet: '  \n ' }, ['objet']],
    ['an objet of more than invisible characters', { objet: '\u202E\u2066\u0000\uFEFF' }, ['objet']],
    ['an expéditeur', { correspondant: '' }, ['correspondant']],
    ['a word on the copy', { secretaireGeneralCopie: null }, ['secretaireGeneralCopie']],
    ['a scan', { pieces: [] }, ['pieces']],
    ['scans that exist', { pieces: ['aaaaaaaaaaaaaaaaaaaaaa'] }, ['pieces']],
    ['a day that exists', { dateRedaction: '2026-02-30' }, ['dateRedaction']],
    ['a whole day', { dateRedaction: '2026' }, ['dateRedaction']],
    ['a day of our time', { dateRedaction: '1066-10-14' }, ['dateRedaction']],
    ['a day that is not far off', { dateRedaction: '2126-01-01' }, ['dateRedaction']],
    ['a known statut', { statut: 'PERDU' }, ['statut']],
    ['an objet of a readable length', { objet: 'x'.repeat(501) }, ['objet']],
    ['no number where the program gives it', { numeroManuel: '12' }, ['numero_accuse_reception']],
    ['a destinataire', { typeCourrier: 'SORTANT', correspondant: ' ' }, ['correspondant']],
    ['a type', { typeCourrier: 'SORTANT', typeCourrierSortantId: null }, ['typeCourrierSortantId']],
    ['a known type', { typeCourrier: 'SORTANT', typeCourrierSortantId: 9_999 }, ['typeCourrierSortantId']],
    [
      'a type that is a number',
      { typeCourrier: 'SORTANT', typeCourrierSortantId: NaN },
      ['typeCourrierSortantId'],
    ],
    ['a date of issue', { typeCourrier: 'SORTANT', dateRedaction: '' }, ['dateRedaction']],
    [
      'everything at once',
      { objet: '', correspondant: '', secretaireGeneralCopie: null, pieces: [] },
      ['correspondant', 'objet', 'pieces', 'secretaireGeneralCopie'],
    ],
  ])('wants %s', async (_what, facts, fields) => {
    const before = await site.container.registres.proposed(facts.typeCourrier ?? 'ENTRANT');
    expect(await refusal(register(facts))).toEqual({ code: 'INVALID', fields });
    // Nothing happened: no number was taken.
    expect(await site.container.registres.proposed(facts.typeCourrier ?? 'ENTRANT')).toEqual(before);
  });

  it('keeps hostile words as words', async () => {
    const objet = `'; DROP TABLE courrier; -- <script>alert(1)</script> ${'${x}'} {{y}} \\ % _`;
    const { id } = await register({ objet, correspondant: 'O’Brien & "Fils" \u202Egnp.exe' });
    expect(await courriers.get(clerk, id)).toMatchObject({
      objet,
      correspondant: 'O’Brien & "Fils" gnp.exe',
    });
  });

  it('takes a file once', async () => {
    const scan = await made.scanRecu(clerk);
    await register({ pieces: [scan] });
    expect(await refusal(register({ pieces: [scan] }))).toEqual({ code: 'INVALID', fields: ['pieces'] });
    const other = await made.scanRecu(outsider);
    expect(await refusal(register({ pieces: [other] }))).toEqual({ code: 'INVALID', fields: ['pieces'] });
  });

  it('registers once what is sent twice, one after the other', async () => {
    const entry = await made.entree(clerk, { envoi: 'envoi-sequentiel-01' });
    const first = await courriers.register(clerk, entry);
    expect(await courriers.register(clerk, entry)).toEqual(first);
    // Spaces and case of a form that came back do not make another letter.
    expect(await courriers.register(clerk, { ...entry, objet: ` ${entry.objet.toUpperCase()} ` })).toEqual(
      first,
    );
  });

  it('registers once what is sent ten times at the same moment', async () => {
    const entry = await made.entree(clerk, { envoi: 'envoi-parallele-01' });
    const before = await site.container.registres.proposed('ENTRANT');
    const done = await Promise.all(Array.from({ length: 10 }, () => courriers.register(clerk, entry)));
    expect(new Set(done.map(({ id }) => id)).size).toBe(1);
    expect(done[0]?.numero).toBe(before.numero);
    const next = await register({});
    expect(Number(next.numero.slice(-5))).toBe(Number(before.numero.slice(-5)) + 1);
  });

  it('registers once what is sent six times at the same moment, each time with its own files', async () => {
    const entry = await made.entree(clerk, { envoi: 'envoi-parallele-02' });
    const sent = await Promise.all(
      Array.from({ length: 6 }, async () => ({ ...entry, pieces: [await made.scanRecu(clerk)] })),
    );
    const done = await Promise.all(sent.map((one) => courriers.register(clerk, one)));
    expect(new Set(done.map(({ id }) => id)).size).toBe(1);
    expect(await site.container.registres.gaps('ENTRANT', 2026)).toEqual([]);
    const left = await site.container.pieces.pending(
      clerk,
      sent.flatMap(({ pieces }) => pieces),
    );
    expect(left).toHaveLength(5);
  });

  it('does not answer for another letter or another person that used the same word', async () => {
    const entry = await made.entree(clerk, { envoi: 'envoi-repris-0001' });
    await courriers.register(clerk, entry);
    const again = { ...entry, objet: 'Une tout autre lettre', pieces: [await made.scanRecu(clerk)] };
    expect(await refusal(courriers.register(clerk, again))).toMatchObject({ code: 'ENVOI_UTILISE' });
    const theirs = { ...entry, pieces: [await made.scanRecu(outsider)] };
    expect(await refusal(courriers.register(outsider, theirs))).toMatchObject({ code: 'ENVOI_UTILISE' });
  });

  it('gives thirty letters at once thirty numbers without a gap', async () => {
    const entries = await Promise.all(Array.from({ length: 30 }, () => made.entree(clerk)));
    const done = await Promise.all(entries.map((entry) => courriers.register(clerk, entry)));
    const places = done.map(({ numero }) => Number(numero.slice(-5))).sort((a, b) => a - b);
    expect(new Set(places).size).toBe(30);
    expect(places.at(-1)! - places[0]!).toBe(29);
    expect(await site.container.registres.gaps('ENTRANT', 2026)).toEqual([]);
  });

  it('is for those who may register', async () => {
    const { userId } = clerk;
    const reader: UserActor = { ...clerk, userId, permissions: new Set(['read_all_mail']) };
    const entry = await made.entree(clerk);
    expect(await refusal(courriers.register(reader, entry))).toEqual({ code: 'FORBIDDEN', fields: [] });
  });

  it('says what a letter resembles, of those that one may see', async () => {
    const shared = await samplePng({ width: 64, height: 90 });
    const { id } = await register({
      objet: 'Avis de vacance de poste',
      correspondant: 'Fonction publique',
      numeroReference: 'FP/12/2026',
      pieces: [await made.scanRecu(clerk, shared)],
    });
    const of = async (actor: UserActor, entry: Parameters<typeof courriers.duplicates>[1]) =>
      (await courriers.duplicates(actor, entry)).map((one) => [one.id, one.motif]);
    expect(await of(clerk, { objet: 'AVIS de  vacance de poste' })).toEqual([[id, 'objet']]);
    expect(await of(clerk, { numeroReference: 'fp/12/2026' })).toEqual([[id, 'reference']]);
    expect(await of(clerk, { numeroReference: 'FP/12/2026', correspondant: 'FONCTION publique' })).toEqual([
      [id, 'reference'],
    ]);
    // A reference is its sender's own.
    expect(await of(clerk, { numeroReference: 'FP/12/2026', correspondant: 'Ministère du Budget' })).toEqual(
      [],
    );
    const copy = await made.scanRecu(clerk, shared);
    expect(await of(clerk, { pieces: [copy] })).toEqual([[id, 'fichier']]);
    expect(await of(clerk, {})).toEqual([]);
    expect(await of(outsider, { objet: 'Avis de vacance de poste' })).toEqual([]);
  });

  it('keeps one draft for each person and flow, until its letter is registered', async () => {
    const scan = await made.scanRecu(clerk);
    const draft = { champs: { objet: 'En cours', envoi: 'envoi-brouillon-01' }, pieces: [scan] };
    await courriers.saveDraft(clerk, 'ENTRANT', draft);
    expect(await courriers.draft(clerk, 'ENTRANT')).toMatchObject(draft);
    expect(await courriers.draft(clerk, 'SORTANT')).toBeNull();
    expect(await courriers.draft(outsider, 'ENTRANT')).toBeNull();
    expect([...(await courriers.heldByDrafts())]).toContain(scan);
    const stored = await site.container.database.kysely.selectFrom('brouillon').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain('En cours');
    await register({ objet: 'En cours', pieces: [scan], envoi: 'envoi-brouillon-01' });
    expect(await courriers.draft(clerk, 'ENTRANT')).toBeNull();
    // A page that saves late does not bring it back.
    await courriers.saveDraft(clerk, 'ENTRANT', draft);
    expect(await courriers.draft(clerk, 'ENTRANT')).toBeNull();
    expect(
      await courriers.saveDraft(clerk, 'ENTRANT', { champs: { objet: 'x'.repeat(40_000) }, pieces: [] }),
    ).toBe(false);
  });
});
