import { createHash } from 'node:crypto';
import { AppError, dayOf, type Actor } from '@gec/core';
import { readTable } from '../../tableur/read-table.ts';
import { ouvrirArchive, RefusArchive, type ArchiveOuverte } from './imports.archive.ts';
import type { Choix, Plan } from './imports.choix.schema.ts';
import { flux, type createDepot } from './imports.depot.ts';
import { createMots, type Mots } from './imports.mots.ts';
import type { ImportsDeps } from './imports.service.ts';
import type { LettreImportee, ResultatImport } from './imports.schema.ts';
import {
  colonnesManquantes,
  devinerColonnes,
  lettreDArchive,
  lettreDeRegistre,
  type LigneSource,
} from './imports.sources.ts';
import type { ImportsRepo } from './imports.suivi.repo.ts';
import type { Import, LigneRapport } from './imports.suivi.schema.ts';

interface TravailDeps extends ImportsDeps {
  repo: ImportsRepo;
  depot: ReturnType<typeof createDepot>;
}

const LIGNES_MAX = 100_000;
const TABLE_OCTETS_MAX = 32 * 1024 * 1024;
const EXEMPLES = 3;
/** Lines of the dry run that are written at once. */
const LOT = 100;

/** The lines of a file, ready to be tried or taken over. */
interface Ouvert {
  readonly total: number;
  readonly mots: Mots;
  readonly entetes: readonly string[];
  readonly exemples: readonly (readonly string[])[];
  readonly choix: Choix;
  readonly archive: ArchiveOuverte | null;
  lignes(depuis: number): Iterable<LigneSource>;
}

const ligneDe = ({ rang, numero }: LigneSource, resultat: ResultatImport): LigneRapport => ({
  rang,
  numero,
  etat: resultat.etat,
  motif: resultat.etat === 'conflit' ? resultat.motif : null,
  detail: resultat.etat === 'conflit' ? resultat.detail : resultat.etat === 'cree' ? resultat.numero : null,
  courrierId: resultat.etat === 'conflit' || resultat.id === 0 ? null : resultat.id,
});

/** The work of an import in the background: the dry run, then the letters one by one, from where it stopped. */
export function createTravail(deps: TravailDeps) {
  const { database, repo, depot, engine } = deps;

  async function ouvrir(actor: Actor, one: Import): Promise<Ouvert> {
    const octets = depot.ouvrir(await repo.segments(one.id));
    if (one.genre === 'archive') {
      const archive = await ouvrirArchive(octets);
      const mots = await createMots(deps, one.choix);
      const { courriers } = archive.fichier;
      return {
        total: courriers.length,
        mots,
        entetes: [],
        exemples: [],
        choix: one.choix,
        archive,
        *lignes(depuis) {
          for (let at = depuis; at < courriers.length; at++) {
            const courrier = courriers[at]!;
            const lettre = lettreDArchive(courrier, archive, mots, one.choix);
            yield { rang: at + 1, numero: courrier.numero, lettre };
          }
        },
      };
    }
    const table = await readTable(deps.atelier, flux(octets, 0, octets.taille), {
      nom: one.nom,
      lang: actor.lang,
      maxLignes: LIGNES_MAX,
      maxOctets: TABLE_OCTETS_MAX,
    });
    const choix = { ...one.choix, colonnes: one.choix.colonnes ?? devinerColonnes(table.entetes) };
    const mots = await createMots(deps, choix);
    const { fuseauHoraire: fuseau } = await deps.parametres.get();
    const { identity } = deps.keyring;
    const complete = colonnesManquantes(choix.colonnes).length === 0;
    return {
      total: table.lignes.length,
      mots,
      entetes: table.entetes,
      exemples: table.lignes.slice(0, EXEMPLES).map(({ valeurs }) => valeurs),
      choix,
      archive: null,
      *lignes(depuis) {
        if (!complete) return;
        for (const row of table.lignes.slice(depuis)) {
          yield lettreDeRegistre(row, { mots, choix, fuseau, identity });
        }
      },
    };
  }

  /** Whether a file of the archive is what the letters say of it. */
  async function alteree(lettre: LettreImportee): Promise<ResultatImport | null> {
    for (const { nom, sha256, ouvrir: open } of lettre.pieces) {
      if (!open || sha256 === null) continue;
      const hash = createHash('sha256');
      try {
        for await (const part of await open()) hash.update(part as Buffer);
      } catch {
        return { etat: 'conflit', motif: 'PIECE_ALTEREE', detail: nom };
      }
      if (hash.digest('hex') !== sha256.toLowerCase()) {
        return { etat: 'conflit', motif: 'PIECE_ALTEREE', detail: nom };
      }
    }
    return null;
  }

  /** Finds out what would become of each letter. */
  async function essayer(
    actor: Actor,
    one: Import,
    avance: (fait: number, total: number) => void,
  ): Promise<void> {
    const ouvert = await ouvrir(actor, one);
    const { fuseauHoraire } = await deps.parametres.get();
    const conflits: Record<string, number> = {};
    const vus = new Map<string, string>();
    const counts = { crees: 0, deja: 0, notices: 0, pieces: 0 };
    let [du, au]: [string | null, string | null] = [null, null];
    let lot: LigneRapport[] = [];
    let fait = 0;
    const flush = async () => {
      const rows = lot;
      lot = [];
      const open = await database.transaction(async (trx) => {
        await repo.lignes(trx, one.id, rows);
        return repo.change(trx, one.id, ['DEPOSE'], { fait, total: ouvert.total });
      });
      avance(fait, ouvert.total);
      return open;
    };
    for (const ligne of ouvert.lignes(0)) {
      const { lettre } = ligne;
      let resultat: ResultatImport;
      if ('motif' in lettre) resultat = { etat: 'conflit', ...lettre };
      else {
        resultat = await engine.essayer(lettre);
        if (resultat.etat === 'cree') {
          const twin = vus.get(resultat.numero);
          if (twin === lettre.cle) resultat = { etat: 'deja', id: 0 };
          else if (twin !== undefined && lettre.siPris === 'conflit') {
            resultat = { etat: 'conflit', motif: 'NUMERO_PRIS', detail: resultat.numero };
          }
          vus.set(resultat.etat === 'cree' ? resultat.numero : ligne.numero, lettre.cle);
        }
        if (resultat.etat === 'cree' && ouvert.archive) {
          resultat = (await alteree(lettre)) ?? resultat;
        }
        if (resultat.etat === 'cree') {
          const day = dayOf(new Date(lettre.dateEnregistrement), fuseauHoraire);
          if (du === null || day < du) du = day;
          if (au === null || day > au) au = day;
          if (resultat.notice) counts.notices += 1;
          counts.pieces += lettre.pieces.length;
        }
      }
      if (resultat.etat === 'cree') counts.crees += 1;
      else if (resultat.etat === 'deja') counts.deja += 1;
      else conflits[resultat.motif] = (conflits[resultat.motif] ?? 0) + 1;
      lot.push(ligneDe(ligne, resultat));
      fait += 1;
      if (lot.length >= LOT && !(await flush())) return;
    }
    const plan: Plan = {
      total: ouvert.total,
      ...counts,
      conflits,
      octets: one.taille,
      du,
      au,
      inconnus: ouvert.mots.inconnus,
      entetes: ouvert.entetes,
      exemples: ouvert.exemples,
    };
    if (!(await flush())) return;
    await database.transaction((trx) =>
      repo.change(trx, one.id, ['DEPOSE'], { etat: 'PRET', plan, choix: ouvert.choix, total: ouvert.total }),
    );
  }

  /** Takes letters over from where the import stands. @returns whether some are left */
  async function importer(
    actor: Actor,
    one: Import,
    until: number,
    avance: (fait: number, total: number) => void,
  ): Promise<boolean> {
    const ouvert = await ouvrir(actor, one);
    let { fait } = one;
    for (const ligne of ouvert.lignes(fait)) {
      const { lettre } = ligne;
      const resultat: ResultatImport =
        'motif' in lettre ? { etat: 'conflit', ...lettre } : await engine.importer(actor, lettre);
      const going = await database.quickTransaction(async (trx) => {
        await repo.lignes(trx, one.id, [ligneDe(ligne, resultat)]);
        return repo.avancer(trx, one.id, resultat.etat);
      });
      avance(++fait, ouvert.total);
      if (!going) return false;
      if (performance.now() >= until) return true;
    }
    return false;
  }

  return {
    /** See `travailler` of the service. */
    async travailler(
      actor: Actor,
      one: Import,
      until: number,
      avance: (fait: number, total: number) => void,
      terminer: (id: string, etat: 'TERMINE' | 'ECHOUE', erreur: string | null) => Promise<void>,
    ): Promise<boolean> {
      try {
        if (one.etat === 'DEPOSE') {
          await essayer(actor, one, avance);
          return false;
        }
        if (await importer(actor, one, until, avance)) return true;
        await terminer(one.id, 'TERMINE', null);
        return false;
      } catch (error) {
        if (error instanceof RefusArchive) await terminer(one.id, 'ECHOUE', error.code);
        else if (error instanceof AppError && error.code.startsWith('TABLE_')) {
          await terminer(one.id, 'ECHOUE', 'TABLE');
        } else throw error;
        return false;
      }
    },
  };
}
