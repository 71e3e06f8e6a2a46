import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { UserActor } from '@gec/core';
import type { PreviewCacheOptions } from '../../storage/preview-cache.ts';
import { createPreviewCache } from '../../storage/preview-cache.ts';
import { createLocalFileStore } from '../../storage/local-store.ts';
import type { TestBase } from '../../test/harness.ts';
import type { Atelier } from '../../workers/atelier.ts';
import { principalsOf } from '../courriers/courriers.policy.ts';
import { TAILLE_MAX, TYPES } from './pieces.schema.ts';
import { createPiecesService, type PiecesDeps } from './pieces.service.ts';

/** What tests of files may set. */
export interface TestPiecesOptions extends Partial<Pick<PiecesDeps, 'limites' | 'heldByDrafts' | 'atelier'>> {
  previews?: Partial<PreviewCacheOptions>;
  /** Folder of the store; below the data folder unless said otherwise. */
  dir?: string;
}

/** The files' service on a test database and a temporary folder. */
export function createTestPieces(base: TestBase, atelier: Atelier, options: TestPiecesOptions = {}) {
  const { database, keyring, clock, logger, config } = base;
  const filesDir = options.dir ?? join(config.dataDir, 'files');
  const previewsDir = join(config.dataDir, 'previews');
  const store = createLocalFileStore({ dir: filesDir });
  const previews = createPreviewCache({
    dir: previewsDir,
    files: keyring.files,
    clock,
    ...options.previews,
  });
  const pieces = createPiecesService({
    database,
    keyring,
    clock,
    logger,
    store,
    previews,
    atelier: options.atelier ?? atelier,
    limites: options.limites ?? (async () => ({ tailleMax: TAILLE_MAX, types: TYPES })),
    heldByDrafts: options.heldByDrafts ?? (async () => new Set()),
  });
  return { pieces, store, previews, filesDir, previewsDir };
}

/** Every file below a folder; none where there is no folder. */
export async function everyFile(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

let ordre = 0;

/** A letter of a person, as bare as the tables allow. */
export async function insertTestCourrier(base: TestBase, actor: UserActor): Promise<number> {
  const { database, keyring, clock } = base;
  return database.transaction(async (trx) => {
    const id = await database.dialect.nextId(trx, 'courrier');
    const seal = (column: string, text: string) =>
      keyring.fields.seal({ table: 'courrier', column, id }, text);
    ordre += 1;
    await trx
      .insertInto('courrier')
      .values({
        id,
        ordre,
        numero_accuse_reception: `TEST-${ordre}`,
        objet: seal('objet', 'Objet'),
        type_courrier: 'ENTRANT',
        date_enregistrement: clock.now().toISOString(),
        statut: 'RECU',
        fichier_nom: seal('fichier_nom', 'x.pdf'),
        fichier_chemin: '',
        fichier_type: 'application/pdf',
        utilisateur_id: actor.userId,
        departement_id: actor.departementId,
        objet_cle: '',
        nombre_pieces: 0,
        is_deleted: false,
        version: 1,
      })
      .execute();
    const keys = principalsOf({ utilisateurId: actor.userId, departementId: actor.departementId });
    await trx
      .insertInto('courrier_acces')
      .values(keys.map((principal) => ({ principal, ordre, courrier_id: id })))
      .execute();
    return id;
  });
}
