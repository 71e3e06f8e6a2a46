import type { Keyring, Sealed } from '@gec/crypto';
import { fold } from '@gec/core';
import { sql, type RawBuilder } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import type { Moteur, Plage } from './recherche.moteur.ts';
import type { CourrierLigne } from './recherche.schema.ts';
import { sousPrincipal } from './recherche.sources.repo.ts';
import type { Indexable } from './recherche.termes.ts';
import { aLesFiltres, type Selection } from './recherche.visible.repo.ts';

interface LigneScellee {
  id: number;
  ordre: number;
  numero_accuse_reception: string;
  numero_reference: Sealed | null;
  objet: Sealed;
  type_courrier: TypeCourrier;
  expediteur: Sealed | null;
  destinataire: Sealed | null;
  date_redaction: string | null;
  date_enregistrement: string;
  statut: string;
  utilisateur_id: number;
  departement_id: number | null;
  secretaire_general_copie: boolean | null;
  type_courrier_sortant_id: number | null;
  urgence_id: number | null;
  echeance: string | null;
  autres_informations: Sealed | null;
  nombre_pieces: number;
  fichier_type: string;
  is_deleted: boolean;
  version: number;
  premiere_piece: number | null;
}

const COLONNES = sql.raw(
  [
    'id, ordre, numero_accuse_reception, numero_reference, objet, type_courrier, expediteur, destinataire',
    'date_redaction, date_enregistrement, statut, utilisateur_id, departement_id, secretaire_general_copie',
    'type_courrier_sortant_id, urgence_id, echeance, autres_informations, nombre_pieces, fichier_type, is_deleted',
    'version',
  ]
    .flatMap((line) => line.split(', '))
    .map((colonne) => `c.${colonne}`)
    .join(', '),
);

type ColonneScellee = 'numero_reference' | 'objet' | 'expediteur' | 'destinataire' | 'autres_informations';

/** What sorts by a sealed column: the letter's version tells whether what was opened before still holds. */
interface CleTri {
  version: number;
  objet: string;
  correspondant: string;
}

/** Opened sort keys that are remembered, enough for two lists of the largest size. */
const CLES_GARDEES = 40_000;

/** Rows of letters for lists, opened. */
export function createRechercheRepo(keyring: Keyring, moteur: Moteur) {
  const { fields } = keyring;

  const ouvrir = (id: number, column: ColonneScellee, sealed: Sealed | null) =>
    fields.openOrNull({ table: 'courrier', column, id }, sealed);

  const correspondantDe = (row: Pick<LigneScellee, 'id' | 'expediteur' | 'destinataire'>) => ({
    expediteur: ouvrir(row.id, 'expediteur', row.expediteur),
    destinataire: ouvrir(row.id, 'destinataire', row.destinataire),
  });

  function ligneDe(row: LigneScellee): CourrierLigne {
    const { expediteur, destinataire } = correspondantDe(row);
    return {
      id: row.id,
      ordre: row.ordre,
      numero: row.numero_accuse_reception,
      numeroReference: ouvrir(row.id, 'numero_reference', row.numero_reference),
      objet: fields.open({ table: 'courrier', column: 'objet', id: row.id }, row.objet),
      typeCourrier: row.type_courrier,
      expediteur,
      destinataire,
      correspondant: expediteur ?? destinataire ?? '',
      dateRedaction: row.date_redaction,
      dateEnregistrement: row.date_enregistrement,
      statut: row.statut,
      utilisateurId: row.utilisateur_id,
      departementId: row.departement_id,
      secretaireGeneralCopie: row.secretaire_general_copie,
      typeCourrierSortantId: row.type_courrier_sortant_id,
      urgenceId: row.urgence_id,
      echeance: row.echeance,
      autresInformations: ouvrir(row.id, 'autres_informations', row.autres_informations),
      nombrePieces: row.nombre_pieces,
      fichierType: row.fichier_type,
      premierePieceId: row.premiere_piece,
      version: row.version,
    };
  }

  function indexableDe(row: LigneScellee): Indexable {
    const ligne = ligneDe(row);
    const correspondant = [ligne.expediteur, ligne.destinataire].filter(Boolean).join(' ');
    return { ...ligne, isDeleted: row.is_deleted, words: { ...ligne, correspondant } };
  }

  const cles = new Map<number, CleTri>();

  function garder(id: number, cle: CleTri): CleTri {
    if (cles.size >= CLES_GARDEES) cles.clear();
    cles.set(id, cle);
    return cle;
  }

  return {
    /**
     * Opens the letters of some `ordre`, in the order given; leaves out those that are gone, deleted, not visible to
     * the actor of the selection, or without its filters.
     */
    async lignes(via: Via, selection: Selection, ordres: readonly number[]): Promise<CourrierLigne[]> {
      if (ordres.length === 0) return [];
      const visible: RawBuilder<unknown> =
        selection.cles === 'all' ? sql`` : sql`and ${sousPrincipal(selection.cles)(sql`c.ordre`)}`;
      const { rows } = await sql<LigneScellee>`select ${COLONNES},
          (select p.id from piece p where p.courrier_id = c.id order by p.rang limit 1) as premiere_piece
        from courrier c where c.ordre in (select ordre from ${moteur.table(ordres)} t)
          and not c.is_deleted ${visible}`.execute(via);
      const lues = new Map(rows.map((row) => [row.ordre, row]));
      const lignes: CourrierLigne[] = [];
      for (const ordre of ordres) {
        const row = lues.get(ordre);
        if (row === undefined) continue;
        const ligne = ligneDe(row);
        if (aLesFiltres(selection, { ...ligne, isDeleted: false })) lignes.push(ligne);
      }
      return lignes;
    },

    /** `courrier.ordre` of a letter, whoever may read it; for finding one's place in a list. */
    async ordreDe(via: Via, courrierId: number): Promise<number | null> {
      const { rows } = await sql<{ ordre: number }>`
        select ordre from courrier where id = ${courrierId}`.execute(via);
      return rows[0]?.ordre ?? null;
    },

    /** Whether a letter is still where a page goes on. */
    async existe(via: Via, ordre: number): Promise<boolean> {
      return (await sql`select 1 from courrier where ordre = ${ordre}`.execute(via)).rows.length > 0;
    },

    /**
     * Sorts letters by a sealed column, which the database cannot: opens those that are not remembered.
     *
     * @param souffler awaited now and then, so that other requests get their turn
     */
    async trierOuverts(
      via: Via,
      ordres: readonly number[],
      tri: 'objet' | 'expediteur',
      ordreTri: 'asc' | 'desc',
      souffler: () => Promise<void>,
    ): Promise<number[]> {
      const TRANCHE = 500;
      const liste: { ordre: number; cle: string }[] = [];
      for (let i = 0; i < ordres.length; i += TRANCHE) {
        const tranche = ordres.slice(i, i + TRANCHE);
        const { rows } = await sql<
          Pick<LigneScellee, 'id' | 'ordre' | 'version' | 'objet' | 'expediteur' | 'destinataire'>
        >`select c.id, c.ordre, c.version, c.objet, c.expediteur, c.destinataire from courrier c
          where c.ordre in (select ordre from ${moteur.table(tranche)} t)`.execute(via);
        for (const row of rows) {
          let cle = cles.get(row.id);
          if (cle?.version !== row.version) {
            const { expediteur, destinataire } = correspondantDe(row);
            cle = garder(row.id, {
              version: row.version,
              objet: fold(fields.open({ table: 'courrier', column: 'objet', id: row.id }, row.objet)),
              correspondant: fold(expediteur ?? destinataire ?? ''),
            });
          }
          liste.push({ ordre: row.ordre, cle: tri === 'objet' ? cle.objet : cle.correspondant });
        }
        await souffler();
      }
      const sens = ordreTri === 'asc' ? 1 : -1;
      liste.sort((a, b) => sens * (a.cle < b.cle ? -1 : a.cle > b.cle ? 1 : a.ordre - b.ordre));
      return liste.map((un) => un.ordre);
    },

    /**
     * Letters of a part of the register as the index takes them, ascending.
     *
     * @param verrou lock the rows until the transaction ends
     */
    async indexables(via: Via | Trx, plage: Plage, limite: number, verrou: boolean): Promise<Indexable[]> {
      const { rows } = await sql<LigneScellee>`select ${COLONNES}, null as premiere_piece from courrier c
        where c.ordre >= ${plage.min} and c.ordre < ${plage.max} order by c.ordre limit ${limite}
        ${verrou ? moteur.verrou : sql``}`.execute(via);
      return rows.map(indexableDe);
    },

    /**
     * As `indexables`, locked, for filling an index anew: deleted letters and those that do not open are left out.
     *
     * @param sansEntree a letter's `ordre` must satisfy it; null: every letter is read
     * @returns letters; how many do not open; where to go on (null: that was the end)
     */
    async aRemplir(
      trx: Trx,
      depuis: number,
      limite: number,
      sansEntree: ((ordre: RawBuilder<number>) => RawBuilder<boolean>) | null,
    ): Promise<{ docs: Indexable[]; illisibles: number; suite: number | null }> {
      const { rows } = await sql<LigneScellee>`select ${COLONNES}, null as premiere_piece from courrier c
        where c.ordre >= ${depuis} and not c.is_deleted
        ${sansEntree === null ? sql`` : sql`and ${sansEntree(sql`c.ordre`)}`}
        order by c.ordre limit ${limite} ${moteur.verrou}`.execute(trx);
      const docs: Indexable[] = [];
      let illisibles = 0;
      for (const row of rows) {
        try {
          docs.push(indexableDe(row));
        } catch {
          illisibles += 1;
        }
      }
      return { docs, illisibles, suite: rows.length < limite ? null : rows.at(-1)!.ordre + 1 };
    },

    /** Letters in all, deleted ones too, for the progress of long work. */
    async nombre(via: Via): Promise<number> {
      const { rows } = await sql<{ n: number }>`select count(*) as n from courrier`.execute(via);
      return rows[0]?.n ?? 0;
    },
  };
}

export type RechercheRepo = ReturnType<typeof createRechercheRepo>;
