import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describeEachDatabase, samplePdf, testClock } from '@gec/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

/** Words that stand in sealed places and nowhere else: none of them may be found at rest. */
const KNOWN = {
  objet: 'Kalukembe-objet',
  objetModifie: 'Mwinilunga-objet-modifie',
  correspondant: 'Societe-Zambezela',
  reference: 'REF-QUOKKA-4471',
  autres: 'Informations-Okapilande',
  fichier: 'Scan-Bonobolia.pdf',
  contenu: 'Texte-du-scan-Lualabien',
  message: 'Message-Kivutien',
  annotation: 'Annotation-Equatorienne',
  motif: 'Motif-Maniemais',
  brouillon: 'Brouillon-Tanganyikais',
  nom: 'Personne-Ituriste',
  email: 'adresse-uelienne@example.cd',
  matricule: 'MAT-TSHUAPA-9',
  fonction: 'Fonction-Sankuroise',
  telephone: '+243-TSHOPO-1',
  parametre: 'Adresse-Kasaienne',
} as const;

/** Every file below a folder. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The ways in which a word could stand in a file. */
function forms(word: string): Buffer[] {
  const utf16 = Buffer.from(word, 'utf16le');
  const texts = [word, word.toLowerCase(), word.toUpperCase(), Buffer.from(word).toString('hex')];
  // Base64 of a word depends on where it stands: the middle of each of the three alignments.
  for (let shift = 0; shift < 3; shift++) {
    texts.push(
      Buffer.from(`${'x'.repeat(shift)}${word}`)
        .toString('base64')
        .slice(4, -4),
    );
  }
  return [...texts.map((text) => Buffer.from(text)), utf16];
}

describeEachDatabase('what is at rest', (open) => {
  let test: TestApp;
  let url: string;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    const database = await open(migrated);
    url = database.url;
    drop = database.drop;
    test = await createTestApp(url, { clock: testClock('2026-11-21T08:00:00Z', 1_000) });
  });
  afterEach(async () => {
    await test.close();
    await drop();
  });

  /** The whole database as bytes: the files of SQLite, every row of every table of PostgreSQL as text. */
  async function dump(): Promise<Buffer> {
    const { database } = test.container;
    if (database.engine === 'sqlite') {
      const path = url.slice('sqlite:'.length);
      const dir = join(path, '..');
      const name = path.split('/').at(-1) ?? '';
      return Buffer.concat(
        readdirSync(dir)
          .filter((file) => file.startsWith(name))
          .map((file) => readFileSync(join(dir, file))),
      );
    }
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(
      database.kysely,
    );
    const parts: Buffer[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ line: string }>`select t::text as line from ${sql.table(name)} t`.execute(
        database.kysely,
      );
      parts.push(Buffer.from(rows.map((row) => row.line).join('\n')));
    }
    return Buffer.concat(parts);
  }

  it('holds none of the sealed words in clear after a day of work', async () => {
    const { container } = test;
    const admin = await test.person('super_admin', 'SG');
    await container.utilisateurs.add(admin, {
      username: 'agent',
      email: KNOWN.email,
      nomComplet: KNOWN.nom,
      role: 'user',
      departementId: await test.departement('ADM'),
      matricule: KNOWN.matricule,
      fonction: KNOWN.fonction,
      telephone: KNOWN.telephone,
    });
    const settings = await container.parametres.versioned(admin);
    await container.parametres.update(
      admin,
      { adresse: KNOWN.parametre },
      { expectedVersion: settings.version },
    );

    const receive = async (name: string) => {
      const stream = Readable.from([await samplePdf({ pages: 1, text: KNOWN.contenu })]);
      return container.pieces.receive(admin, { name, stream });
    };
    const letter = async () =>
      container.courriers.register(admin, {
        typeCourrier: 'ENTRANT',
        objet: KNOWN.objet,
        correspondant: KNOWN.correspondant,
        numeroReference: KNOWN.reference,
        autresInformations: KNOWN.autres,
        secretaireGeneralCopie: true,
        pieces: [(await receive(KNOWN.fichier)).id],
      });
    const first = await letter();
    const { version } = await container.courriers.get(admin, first.id);
    await container.courriers.update(admin, first.id, { objet: KNOWN.objetModifie }, version);
    const agent = await test.person('user', 'ADM', 'agent');
    await container.transmissions.transmit(admin, first.id, {
      destinataires: [agent.userId],
      instruction: 'suite',
      message: KNOWN.message,
    });
    await container.commentaires.add(admin, first.id, { type: 'annotation', texte: KNOWN.annotation });
    const second = await letter();
    await container.courriers.cancelRegistration(admin, second.id, KNOWN.motif);
    await container.courriers.saveDraft(admin, 'ENTRANT', { champs: { objet: KNOWN.brouillon }, pieces: [] });
    const [piece] = await container.pieces.ofCourrier(first.id);
    await container.lecture.image(admin, piece!, 1, 480);
    await container.journal.chainNow();

    // What is looked for is really there, when one has the key.
    const read = await container.courriers.get(agent, first.id);
    expect(read).toMatchObject({ objet: KNOWN.objetModifie, correspondant: KNOWN.correspondant });

    const atRest: [string, Buffer][] = [['database', await dump()]];
    for (const file of filesBelow(container.config.dataDir)) atRest.push([file, readFileSync(file)]);
    expect(atRest.length).toBeGreaterThan(2);
    const found: string[] = [];
    for (const [place, bytes] of atRest) {
      expect(bytes.includes('%PDF-')).toBe(false);
      for (const [what, word] of Object.entries(KNOWN)) {
        if (forms(word).some((form) => bytes.includes(form))) found.push(`${what} in ${place}`);
      }
    }
    expect(found).toEqual([]);
    // The search itself works, so that the test does not pass by looking for nothing.
    expect((await dump()).includes('super_admin')).toBe(true);
  });
});
