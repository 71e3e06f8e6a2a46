import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@gec/http';
import { migrate, openDatabase, type Database } from '@gec/db';
import { describeEachDatabase, tempDir } from '@gec/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { createContainer } from '../container.ts';
import { sharedAtelier } from '../test/atelier.ts';
import { CLI_ENV } from '../test/cli.ts';
import { migrations } from './migrations/index.ts';

const AT = '2026-10-01T08:00:00.000Z';
type Row = Record<string, unknown>;

/** A row of each of the tables that hold what nobody may lose, as the version of the third step wrote them. */
const ROWS: readonly (readonly [string, Row])[] = [
  ['departement', { id: 7, code: 'SG', nom: 'Secrétariat', actif: true, date_creation: AT }],
  ['role', { nom: 'archiviste', nom_affichage: 'Archiviste', actif: true, modifiable: true }],
  ['role_permission', { role_nom: 'archiviste', permission_nom: 'read_all_mail' }],
  [
    'user',
    {
      id: 5,
      username: 'anne',
      username_cle: 'anne',
      email: 'scellé-a',
      email_cle: 'cle-a',
      password_hash: 'empreinte',
      nom_complet: 'scellé-b',
      role: 'archiviste',
      departement_id: 7,
      actif: true,
      langue: 'fr',
      doit_changer_mot_de_passe: false,
      mot_de_passe_change_le: AT,
      date_creation: AT,
      version: 3,
    },
  ],
  [
    'registre',
    {
      id: 2,
      flux: 'ENTRANT',
      annee: 2025,
      format: 'GEC-{annee}-{n}',
      mode: 'AUTO',
      valeur_depart: 1,
      prochain: 9,
    },
  ],
  ['correspondant', { id: 4, nom: 'scellé-c', nom_cle: 'cle-c', usages: 2, dernier_usage: AT, actif: true }],
  [
    'courrier',
    {
      id: 11,
      ordre: 11,
      numero_accuse_reception: 'GEC-2025-00008',
      objet: 'scellé-d',
      type_courrier: 'ENTRANT',
      date_enregistrement: AT,
      statut: 'RECU',
      fichier_nom: 'scellé-e',
      fichier_chemin: '2025/a',
      fichier_type: 'application/pdf',
      utilisateur_id: 5,
      departement_id: 7,
      correspondant_id: 4,
      objet_cle: 'cle-d',
      nombre_pieces: 1,
      is_deleted: false,
      version: 1,
    },
  ],
  ['courrier_acces', { principal: 'u5', ordre: 11, courrier_id: 11 }],
  [
    'numero',
    {
      id: 8,
      registre_id: 2,
      compteur: 8,
      numero: 'GEC-2025-00008',
      etat: 'ATTRIBUE',
      courrier_id: 11,
      date_attribution: AT,
      date_etat: AT,
    },
  ],
  [
    'piece',
    {
      id: 3,
      courrier_id: 11,
      rang: 1,
      nom: 'scellé-f',
      chemin: '2025/a',
      type_mime: 'application/pdf',
      taille: 1_234,
      sha256: 'scellé-g',
      empreinte: 'e',
      pages: 2,
      ajoute_par_id: 5,
      date_ajout: AT,
    },
  ],
  [
    'log_activite',
    {
      id: 1,
      action: 'courrier.create',
      date_action: AT,
      ip_address: '127.0.0.1',
      acteur: 'anne',
      mac: 'm',
      seq: 1,
      hash: 'h',
    },
  ],
];

async function insert(database: Database<unknown>, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).map((name) => sql.ref(name));
  const values = Object.values(row).map((value) => sql`${value}`);
  await sql`insert into ${sql.table(table)} (${sql.join(columns)}) values (${sql.join(values)})`.execute(
    database.kysely,
  );
}

/** What each row of {@link ROWS} has become, in the columns that it had. */
async function found(database: Database<unknown>): Promise<[string, Row | undefined][]> {
  return Promise.all(
    ROWS.map(async ([table, row]): Promise<[string, Row | undefined]> => {
      const [key = '', second = ''] = Object.keys(row);
      const same = sql`${sql.ref(key)} = ${row[key]} and ${sql.ref(second)} = ${row[second]}`;
      const columns = sql.join(Object.keys(row).map((name) => sql.ref(name)));
      const { rows } = await sql<Row>`select ${columns} from ${sql.table(table)} where ${same}`.execute(
        database.kysely,
      );
      return [table, rows[0]];
    }),
  );
}

describeEachDatabase('a database of an earlier version', (open, engine) => {
  it('is brought up to date at the start with every row as it was, and on SQLite is copied before', async () => {
    await using dir = await tempDir();
    const url = engine === 'sqlite' ? `sqlite:${join(dir.path, 'gec.db')}` : (await open()).url;
    const old = openDatabase(url);
    await migrate(old, migrations.slice(0, 3));
    for (const [table, row] of ROWS) await insert(old, table, row);
    const before = await found(old);
    expect(before.map(([, row]) => row)).toEqual(ROWS.map(([, row]) => row));
    await old.close();

    const config = readConfig({ ...CLI_ENV, GEC_DATA_DIR: dir.path, DATABASE_URL: url });
    const start = async () => {
      const container = await createContainer(config, {
        logger: createLogger({ level: 'silent' }),
        openAtelier: sharedAtelier,
      });
      await container.close();
    };
    await start();
    await start();
    const now = openDatabase(url);
    expect(await found(now)).toEqual(before);
    const done = await sql<{ name: string }>`select name from schema_migration`.execute(now.kysely);
    expect(done.rows.map(({ name }) => name).sort()).toEqual(migrations.map(({ name }) => name).sort());
    await now.close();

    if (engine !== 'sqlite') return;
    const folder = join(dir.path, 'mises-a-jour');
    const [name = '', ...others] = readdirSync(folder);
    expect([name, others]).toEqual([expect.stringMatching(/^avant-.*-0003_licence\.db$/), []]);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const copy = openDatabase(`sqlite:${join(folder, name)}`);
    expect(await found(copy)).toEqual(before);
    await copy.close();
  });

  it('is refused when it comes from a later version', async () => {
    const { url } = await open();
    const newer = openDatabase(url);
    const later = { name: '9999_plus_tard', statements: () => ['create table plus_tard (id integer)'] };
    await migrate(newer, [...migrations, later]);
    await expect(migrate(newer, migrations)).rejects.toThrow('9999_plus_tard');
    await newer.close();
  });
});
