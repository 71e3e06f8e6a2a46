import { fill, foldName, invalid, type Actor } from '@gec/core';
import type { Readable } from 'node:stream';
import type { Base } from '../../context.ts';
import { reconnaitreColonnes } from '../../tableur/colonnes.ts';
import { readTable } from '../../tableur/read-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { AnnuaireService } from './correspondants.annuaire.ts';
import {
  IMPORT_LIGNES_MAX,
  type EffetLigne,
  type LigneBrute,
  type LigneImport,
  type PlanImportCorrespondants,
} from './correspondants.import.schema.ts';
import {
  CHAMPS_CORRESPONDANT,
  debutsDe,
  type ChampCorrespondant,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';
import { checkCorrespondant } from './correspondants.validation.ts';

/** What an import needs. */
export interface ImportCorrespondantsDeps extends Pick<Base, 'database' | 'keyring'> {
  journal: Pick<JournalService, 'record'>;
  annuaire: AnnuaireService;
  atelier: Pick<Atelier, 'table'>;
}

const COLONNES: Readonly<Record<ChampCorrespondant, readonly string[]>> = {
  nom: ['name', 'correspondant', 'expéditeur', 'destinataire', 'organisme', 'raison sociale'],
  adresse: ['address', 'adresse postale'],
  telephone: ['phone', 'tél', 'tel', 'n° de téléphone', 'telephone number'],
  email: ['e-mail', 'courriel', 'mail', 'adresse e-mail'],
  notes: ['note', 'remarques', 'observations', 'remarks'],
};

/** Adding and completing correspondants from a list, after a dry run that shows what each line will do. */
export function createImportCorrespondants(deps: ImportCorrespondantsDeps) {
  const { database, keyring, journal, annuaire, atelier } = deps;

  function count(lignes: readonly LigneImport[]): Record<EffetLigne, number> {
    const comptes = { ajout: 0, modification: 0, inchange: 0, erreur: 0 };
    for (const { effet } of lignes) comptes[effet] += 1;
    return comptes;
  }

  /** Says what each line will do. Empty cells leave what is known as it is. */
  async function plan(actor: Actor, brutes: readonly LigneBrute[]): Promise<LigneImport[]> {
    const t = correspondantsTexts(actor.lang);
    const seen = new Map<string, number>();
    const judged: (LigneImport & { id: number | null })[] = [];
    for (const { ligne, saisie: raw } of brutes) {
      const { saisie, errors } = checkCorrespondant(actor.lang, raw);
      const key = foldName(saisie.nom);
      const first = seen.get(key);
      if (first !== undefined && saisie.nom !== '') {
        errors.push({ field: 'nom', message: fill(t.ligneDouble, { ligne: first }) });
      }
      if (first === undefined) seen.set(key, ligne);
      const wrong = errors.length > 0;
      const id = wrong ? null : await annuaire.repo.parCles(database.kysely, annuaire.clesDe(saisie.nom));
      judged.push({
        ligne,
        saisie,
        erreurs: errors,
        id,
        effet: wrong ? 'erreur' : id === null ? 'ajout' : 'modification',
      });
    }
    const facts = await annuaire.repo.coordonnees(
      database.kysely,
      judged.flatMap(({ id }) => id ?? []),
    );
    return judged.map(({ id, ...line }) => {
      const known = id === null ? undefined : facts.get(id);
      if (!known) return line;
      const same = (['adresse', 'telephone', 'email', 'notes'] as const).every(
        (field) => line.saisie[field] === '' || line.saisie[field] === known[field],
      );
      return same ? { ...line, effet: 'inchange' as const } : line;
    });
  }

  return {
    /**
     * Reads a CSV file or a workbook and says what each line would do; nothing is written.
     *
     * @throws AppError forbidden; invalid at `fichier` when the file cannot be read or has no column of names
     */
    async dryRun(
      actor: Actor,
      source: Readable | Uint8Array,
      nom: string,
    ): Promise<PlanImportCorrespondants> {
      annuaire.enterToChange(actor);
      const t = correspondantsTexts(actor.lang);
      const table = await readTable(atelier, source, {
        nom,
        lang: actor.lang,
        maxLignes: IMPORT_LIGNES_MAX,
      });
      const colonnes = reconnaitreColonnes(table.entetes, COLONNES);
      if (!colonnes.has('nom')) throw invalid([{ field: 'fichier', message: t.sansColonneNom }]);
      const brutes = table.lignes.map((row) => {
        const cells = CHAMPS_CORRESPONDANT.map((champ) => [champ, colonnes.valeur(row, champ)]);
        return { ligne: row.ligne, saisie: Object.fromEntries(cells) as unknown as SaisieCorrespondant };
      });
      if (brutes.length === 0) throw invalid([{ field: 'fichier', message: t.listeVide }]);
      const lignes = await plan(actor, brutes);
      return { lignes, ignorees: [...colonnes.ignorees, ...colonnes.doubles], comptes: count(lignes) };
    },

    /** Says what lines that are read already would do. @throws AppError forbidden */
    async plan(actor: Actor, brutes: readonly LigneBrute[]): Promise<PlanImportCorrespondants> {
      annuaire.enterToChange(actor);
      const lignes = await plan(actor, brutes.slice(0, IMPORT_LIGNES_MAX));
      return { lignes, ignorees: [], comptes: count(lignes) };
    },

    /**
     * Does what a dry run showed, judged anew; lines with errors are left out.
     *
     * @throws AppError forbidden
     */
    async run(actor: Actor, brutes: readonly LigneBrute[]): Promise<PlanImportCorrespondants> {
      annuaire.enterToChange(actor);
      const planned = await plan(actor, brutes.slice(0, IMPORT_LIGNES_MAX));
      await database.transaction(async (trx) => {
        for (const { effet, saisie } of planned) {
          if (effet !== 'ajout' && effet !== 'modification') continue;
          const cle = annuaire.cleDe(saisie.nom);
          const id = await annuaire.repo.parCles(trx, annuaire.clesDe(saisie.nom));
          if (id === null) {
            await annuaire.insert(trx, saisie, cle);
            continue;
          }
          const row = await annuaire.repo.ligne(trx, id);
          const known = (await annuaire.repo.coordonnees(trx, [id])).get(id);
          if (!row || !known) continue;
          const merged = {
            // The spelling that is kept stays: the line may bear another one.
            nom: row.nom,
            adresse: saisie.adresse || known.adresse,
            telephone: saisie.telephone || known.telephone,
            email: saisie.email || known.email,
            notes: saisie.notes || known.notes,
          };
          await annuaire.repo.update(trx, row, merged, {
            cle: annuaire.cleDe(row.nom),
            termes: debutsDe(row.nom).map((start) => keyring.index.term('c', start)),
          });
        }
        const { ajout, modification } = count(planned);
        await journal.record(trx, actor, {
          action: 'correspondant.import',
          details: { nombre: ajout + modification },
        });
      });
      return { lignes: planned, ignorees: [], comptes: count(planned) };
    },
  };
}

export type ImportCorrespondantsService = ReturnType<typeof createImportCorrespondants>;
