import type { Sealed } from '@gec/crypto';
import type { Generated } from 'kysely';
import type { Timestamp } from './types.ts';

export interface StatutCourrierTable {
  id: Generated<number>;
  nom: string;
  libelle: string;
  description: string | null;
  couleur: string;
  final: boolean;
  actif: boolean;
  ordre: number;
  version: Generated<number>;
}

/** Which statuts may follow one; a statut without rows may be followed by all. */
export interface StatutSuivantTable {
  statut_id: number;
  suivant_id: number;
}

/** A degree of urgency, with the delay that it leaves. */
export interface UrgenceTable {
  id: Generated<number>;
  nom: string;
  description: string | null;
  couleur: string;
  delai: number;
  unite: 'heures' | 'jours';
  actif: boolean;
  ordre: number;
  version: Generated<number>;
}

/** A standard instruction of transmissions. `code` is stored with the transmission. */
export interface InstructionTable {
  id: Generated<number>;
  code: string;
  libelle: string;
  libelle_en: string | null;
  actif: boolean;
  ordre: number;
  version: Generated<number>;
}

export interface TypeCourrierSortantTable {
  id: Generated<number>;
  nom: string;
  description: string | null;
  actif: boolean;
  ordre_affichage: number;
  version: Generated<number>;
}

export interface ParametreTable {
  cle: string;
  valeur: Sealed;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** Words of this office for a text of the program; null: the program's own. */
export interface TexteRemplaceTable {
  module: string;
  cle: string;
  texte_fr: string | null;
  texte_en: string | null;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** Counters that processes compare to notice that something cached has changed. */
export interface VersionCacheTable {
  nom: string;
  version: number;
}

/** Lists, settings and words that an administrator chooses. */
export interface ReferentielsTables {
  statut_courrier: StatutCourrierTable;
  statut_suivant: StatutSuivantTable;
  urgence: UrgenceTable;
  instruction: InstructionTable;
  type_courrier_sortant: TypeCourrierSortantTable;
  parametre: ParametreTable;
  texte_remplace: TexteRemplaceTable;
  version_cache: VersionCacheTable;
}
