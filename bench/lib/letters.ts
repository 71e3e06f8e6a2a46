import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables } from '../../apps/gec/src/db/schema.ts';
import { empreinte } from '../../apps/gec/src/empreintes.ts';
import { seedPeople } from '../../apps/gec/src/db/seed.ts';
import type { Moteur } from '../../apps/gec/src/modules/recherche/recherche.moteur.ts';
import type { Indexable } from '../../apps/gec/src/modules/recherche/recherche.termes.ts';

/** Numbers that look random and are the same at every run (mulberry32). @returns a function giving [0, 1) */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const COURANTS = (
  'demande autorisation permis exploitation minière rapport transmission mission province renouvellement carré ' +
  'substances projet arrêté réunion cadastre société recherche certificat agrément contrat invitation audience ' +
  'paiement redevance superficiaire dossier convention avis technique environnement inspection cession licence'
).split(' ');
const SYLLABES =
  'ba be bo ca co da de di do fa fe ga go ja ka ki ko la le li lo lu ma me mi mo mu na ne ni no nu pa pe po ra re ri ro sa se si so ta te ti to tu va ve vi vo za zé é à'.split(
    ' ',
  );

/** Words of an office by rank: its usual ones first, then 20 000 invented ones of two to five syllables. */
export function vocabulary(random: () => number, size = 20_000): string[] {
  const words = new Set(COURANTS);
  while (words.size < size) {
    let word = '';
    for (let n = 2 + Math.floor(random() * 4); n > 0; n--)
      word += SYLLABES[Math.floor(random() * SYLLABES.length)];
    if (word.length > 3) words.add(word);
  }
  return [...words];
}

/** Draws ranks as words occur in a language: the n-th about 1/n as often as the first (Zipf, Mandelbrot). */
export function zipf(size: number, random: () => number): () => number {
  const sums = new Float64Array(size);
  let sum = 0;
  for (let rank = 0; rank < size; rank++) sums[rank] = sum += 1 / (rank + 2.7);
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** An invented letter in clear. */
export interface Letter extends Indexable {
  readonly dateRedaction: string;
  readonly utilisateurId: number;
}

const STATUTS: readonly [string, number][] = [
  ['ARCHIVE', 0.7],
  ['TRAITE', 0.85],
  ['RECU', 0.93],
  ['EN_COURS', 0.99],
  ['URGENT', 1],
];

/** What letters need to exist. */
export interface Office {
  readonly departements: readonly number[];
  readonly utilisateurs: readonly number[];
  readonly typesSortants: readonly number[];
}

/** Makes sure that letters have departments, types and twenty people (ids from 101) to belong to. */
export async function staff(database: Database<GecTables>, keyring: Keyring): Promise<Office> {
  const { kysely } = database;
  await database.transaction((trx) => seedPeople(trx, new Date().toISOString()));
  const departements = (await kysely.selectFrom('departement').select('id').execute()).map(({ id }) => id);
  const known = (await kysely.selectFrom('type_courrier_sortant').select('id').execute()).map(({ id }) => id);
  const typesSortants = known.length > 0 ? known : [1, 2, 3];
  const utilisateurs = Array.from({ length: 20 }, (_, i) => 101 + i);
  await database.transaction(async (trx) => {
    for (const id of known.length > 0 ? [] : typesSortants) {
      const type = { id, nom: `Type ${id}`, description: null, actif: true, ordre_affichage: id };
      await trx.insertInto('type_courrier_sortant').values(type).execute();
    }
    for (const id of utilisateurs) {
      const seal = (column: string, text: string) => keyring.fields.seal({ table: 'user', column, id }, text);
      const nom = seal('nom_complet', `Agent ${id}`);
      const email = seal('email', `e${id}@example.cd`);
      await sql`insert into "user" (id, username, username_cle, email, email_cle, password_hash, nom_complet, role,
        departement_id, actif, langue, doit_changer_mot_de_passe, mot_de_passe_change_le, date_creation, version)
        values (${id}, ${`u${id}`}, ${`u${id}`}, ${email}, ${`e${id}`}, '-', ${nom}, 'user', ${departements[0]},
        ${true}, 'fr', ${false}, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', 1)`.execute(trx);
    }
  });
  return { departements, utilisateurs, typesSortants };
}

/** Letters evenly spread over the three years before 1 November 2025, oldest first. */
export function* inventLetters(count: number, office: Office, seed = 1): Generator<Letter> {
  const random = seeded(seed);
  const words = vocabulary(random);
  const rank = zipf(words.length, random);
  const word = () => words[rank()] ?? '';
  const pick = <T>(from: readonly T[]): T | null => from[Math.floor(random() * from.length)] ?? null;
  const senders = Array.from({ length: 5_000 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 4) }, word)
      .join(' ')
      .toUpperCase(),
  );
  const sender = zipf(senders.length, random);
  const END = Date.parse('2025-11-01T00:00:00Z');
  const step = (3 * 365 * 86_400_000) / count;
  for (let i = 0; i < count; i++) {
    const id = i + 1;
    const at = Math.floor(END - (count - i) * step);
    const date = new Date(at).toISOString();
    const sortant = random() < 0.03;
    const drawn = random();
    const year = date.slice(0, 4);
    yield {
      id,
      ordre: at * 1024 + (id % 1024),
      typeCourrier: sortant ? 'SORTANT' : 'ENTRANT',
      statut: STATUTS.find(([, limit]) => drawn < limit)?.[0] ?? 'RECU',
      departementId: pick(office.departements),
      typeCourrierSortantId: sortant ? pick(office.typesSortants) : null,
      secretaireGeneralCopie: sortant ? null : random() < 0.2,
      dateEnregistrement: date,
      isDeleted: false,
      dateRedaction: new Date(at - random() * 20 * 86_400_000).toISOString().slice(0, 10),
      utilisateurId: pick(office.utilisateurs) ?? 0,
      words: {
        numero: `GEC-${sortant ? 'D-' : ''}${year}-${String(id).padStart(7, '0')}`,
        numeroReference: random() < 0.8 ? `${Math.floor(random() * 9_999)}/CAB/${word()}/${year}` : null,
        objet: Array.from({ length: 6 + Math.floor(random() * 9) }, word).join(' '),
        correspondant: senders[sender()] ?? '',
        autresInformations: random() < 0.1 ? Array.from({ length: 8 }, word).join(' ') : null,
      },
    };
  }
}

/** What the fill tells as it goes. */
export type Told = (done: number) => void;

interface Index {
  name: string;
  sql: string;
}

/** Drops the indexes of the large tables (not those of constraints), and returns how to make them again. */
async function dropIndexes(database: Database<GecTables>): Promise<Index[]> {
  const { rows } =
    database.engine === 'sqlite'
      ? await sql<Index>`select name, sql from sqlite_schema where type = 'index' and sql is not null
          and tbl_name in ('courrier', 'courrier_acces')`.execute(database.kysely)
      : await sql<Index>`select i.indexname as name, i.indexdef as sql from pg_indexes i
          where i.tablename in ('courrier', 'courrier_acces', 'courrier_recherche')
          and not exists (select 1 from pg_constraint c where c.conname = i.indexname)`.execute(
          database.kysely,
        );
  for (const row of rows) await sql.raw(`drop index ${row.name}`).execute(database.kysely);
  return rows;
}

function sealedRow(keyring: Keyring, letter: Letter) {
  const { id, words } = letter;
  const seal = (column: string, plain: string) =>
    keyring.fields.seal({ table: 'courrier', column, id }, plain);
  const correspondant = words.correspondant ?? '';
  const entrant = letter.typeCourrier === 'ENTRANT';
  return {
    id,
    ordre: letter.ordre,
    numero_accuse_reception: words.numero,
    numero_reference: words.numeroReference === null ? null : seal('numero_reference', words.numeroReference),
    objet: seal('objet', words.objet),
    type_courrier: letter.typeCourrier,
    expediteur: entrant ? seal('expediteur', correspondant) : null,
    destinataire: entrant ? null : seal('destinataire', correspondant),
    date_redaction: letter.dateRedaction,
    date_enregistrement: letter.dateEnregistrement,
    statut: letter.statut,
    fichier_nom: seal('fichier_nom', 'lettre.pdf'),
    fichier_chemin: `bench/${id}`,
    fichier_type: 'application/pdf',
    utilisateur_id: letter.utilisateurId,
    departement_id: letter.departementId,
    correspondant_id: null,
    secretaire_general_copie: letter.secretaireGeneralCopie,
    type_courrier_sortant_id: letter.typeCourrierSortantId,
    autres_informations:
      words.autresInformations === null ? null : seal('autres_informations', words.autresInformations),
    objet_cle: empreinte(keyring.index, 'objet', words.objet),
    reference_cle:
      words.numeroReference === null ? null : empreinte(keyring.index, 'reference', words.numeroReference),
    nombre_pieces: 1,
    date_modification_statut: null,
    modifie_par_id: null,
    date_modification: null,
    is_deleted: false,
    deleted_at: null,
    deleted_by_id: null,
    version: 1,
  };
}

function accessRows(letter: Letter) {
  const { id, ordre } = letter;
  return [
    { principal: `o:${letter.utilisateurId}`, ordre, courrier_id: id },
    { principal: `d:${letter.departementId}`, ordre, courrier_id: id },
  ];
}

const BATCH = 400;

// Not Iterator.take, which closes the generator at the end of the batch.
function take<T>(from: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = from.next();
    if (done) break;
    taken.push(value as T);
  }
  return taken;
}

/**
 * Fills an empty, migrated register with invented letters, sealed and indexed as the program does it, but fast: big
 * transactions, nothing synced, indexes made at the end. `alongside` gets each batch in clear, in the same
 * transaction, to fill a yardstick.
 */
export async function fillLetters(options: {
  database: Database<GecTables>;
  keyring: Keyring;
  moteur: Moteur;
  count: number;
  office: Office;
  alongside?: (letters: readonly Letter[], trx: Parameters<Moteur['ecrireTous']>[0]) => Promise<void>;
  told?: Told;
}): Promise<void> {
  const { database, keyring, moteur, count, office, alongside, told } = options;
  const sqlite = database.engine === 'sqlite';
  if (sqlite) {
    await sql`pragma foreign_keys = off`.execute(database.kysely);
    await sql`pragma synchronous = off`.execute(database.kysely);
  }
  const indexes = await dropIndexes(database);
  const letters = inventLetters(count, office);
  for (let done = 0; done < count;) {
    await database.transaction(async (trx) => {
      for (let n = 0; n < 25 && done < count; n++) {
        const batch = take(letters, Math.min(BATCH, count - done));
        await trx
          .insertInto('courrier')
          .values(batch.map((letter) => sealedRow(keyring, letter)))
          .execute();
        await trx.insertInto('courrier_acces').values(batch.flatMap(accessRows)).execute();
        await moteur.ecrireTous(trx, batch);
        await alongside?.(batch, trx);
        done += batch.length;
      }
    });
    told?.(done);
  }
  if (!sqlite) {
    // The program ends a statement after a minute; an index over a million letters takes longer.
    await sql`set statement_timeout = 0`.execute(database.kysely);
    await sql`set maintenance_work_mem = '1GB'`.execute(database.kysely);
  }
  for (const index of indexes) await sql.raw(index.sql).execute(database.kysely);
  if (sqlite) {
    await sql`insert into courrier_recherche(courrier_recherche) values ('optimize')`.execute(
      database.kysely,
    );
    await sql`analyze`.execute(database.kysely);
    await sql`pragma foreign_keys = on`.execute(database.kysely);
    await sql`pragma wal_checkpoint(truncate)`.execute(database.kysely);
  } else {
    await sql`select setval(pg_get_serial_sequence('courrier', 'id'), ${count})`.execute(database.kysely);
    await sql`vacuum analyze`.execute(database.kysely);
  }
}
