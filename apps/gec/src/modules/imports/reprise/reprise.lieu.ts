import { lstat, opendir, realpath } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';

/** What a page may take an older installation from, as paths below the folder that the operator has named. */
export interface Contenu {
  readonly bases: readonly string[];
  readonly archives: readonly string[];
  readonly dossiers: readonly string[];
  /** False when there is more than was looked at, or a part of it cannot be read. */
  readonly complet: boolean;
}

/** What something of the folder is to be. */
export type Genre = 'base' | 'archive' | 'dossier';

/** Levels below the folder, and entries, that are looked at: enough for what somebody put there by hand. */
const PROFONDEUR = 3;
const ENTREES_MAX = 20_000;

const BASE = /\.(db|sqlite3?)$/i;
const ARCHIVE = /\.zip$/i;

const genreDe = (nom: string): Exclude<Genre, 'dossier'> | null =>
  BASE.test(nom) ? 'base' : ARCHIVE.test(nom) ? 'archive' : null;

/** Something of the folder is not there (any more), or is not what it was taken for. */
export class LieuAbsent extends Error {
  override readonly name = 'LieuAbsent';
}

/**
 * The folder of the machine from which a page may take an older installation (`GEC_LEGACY_DIR`). Nothing outside of it
 * is reached: no absolute path, no way upwards, no link.
 *
 * @param racine the folder; null when the operator has named none
 */
export function createLieu(racine: string | null) {
  return {
    /** Whether the operator has named a folder. */
    ouvert: racine !== null,

    /** Lists what is there, what lies highest first; null when no folder was named. */
    async lister(): Promise<Contenu | null> {
      if (racine === null) return null;
      const found = { bases: [] as string[], archives: [] as string[], dossiers: ['.'] };
      let complet = true;
      let vues = 0;
      let niveau = [''];
      for (let profondeur = 0; profondeur < PROFONDEUR && niveau.length > 0; profondeur++) {
        const suivant: string[] = [];
        for (const dossier of niveau) {
          try {
            for await (const entry of await opendir(join(racine, dossier))) {
              if (++vues > ENTREES_MAX) return { ...found, complet: false };
              const chemin = posix.join(dossier, entry.name);
              const genre = genreDe(entry.name);
              if (entry.isDirectory()) {
                found.dossiers.push(chemin);
                suivant.push(chemin);
              } else if (entry.isFile() && genre !== null) {
                found[`${genre}s`].push(chemin);
              }
            }
          } catch {
            complet = false;
          }
        }
        niveau = suivant.sort();
      }
      const ordre = (a: string, b: string) => a.localeCompare(b, 'fr');
      found.bases.sort(ordre);
      found.archives.sort(ordre);
      found.dossiers.sort(ordre);
      return { ...found, complet };
    },

    /**
     * Where something of the folder is on the machine.
     *
     * @param chemin as `lister` names it
     * @throws LieuAbsent when it is not there, is something else, or would lead out of the folder
     */
    async trouver(chemin: string, genre: Genre): Promise<string> {
      const parts = chemin.split('/');
      const sain =
        racine !== null &&
        chemin.length <= 1_000 &&
        !/[\\\0]/.test(chemin) &&
        (chemin === '.' || parts.every((part) => part !== '' && part !== '.' && part !== '..'));
      if (!sain || (genre !== 'dossier' && genreDe(chemin) !== genre)) throw new LieuAbsent(chemin);
      try {
        const root = await realpath(racine);
        const path = chemin === '.' ? root : join(root, ...parts);
        // The same when every link on the way is followed: there is none.
        if ((await realpath(path)) !== path || !(path === root || path.startsWith(root + sep)))
          throw new LieuAbsent(chemin);
        const seen = await lstat(path);
        if (genre === 'dossier' ? !seen.isDirectory() : !seen.isFile()) throw new LieuAbsent(chemin);
        return path;
      } catch (error) {
        throw error instanceof LieuAbsent ? error : new LieuAbsent(chemin, { cause: error });
      }
    },
  };
}

export type Lieu = ReturnType<typeof createLieu>;
