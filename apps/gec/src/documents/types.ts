import type { Lang } from '@gec/core';

/** Rows that are given as they are made (a cursor over the database) or all at once. */
export type Lignes<T> = AsyncIterable<T> | Iterable<T>;

/** A label and its value, both as they are printed. */
export interface Fait {
  label: string;
  value: string;
}

/** Letterhead of a document, from the settings. `logo` is a PNG or JPEG in base64. */
export interface EnTete {
  pays: string;
  organisme: string;
  adresse?: string | undefined;
  telephone?: string | undefined;
  email?: string | undefined;
  logo?: string | undefined;
  titre: string;
  sousTitre?: string | undefined;
  /** Line at the foot of every page, such as a motto or an address. */
  pied?: string | undefined;
}

interface Imprime {
  lang: Lang;
  /** When it was printed, as it is read: `21 nov. 2026 à 14 h 05`. */
  imprimeLe: string;
  /** Who printed it. */
  imprimePar?: string | undefined;
}

/** Record sheet of one letter. */
export interface FicheInput extends Imprime {
  enTete: EnTete;
  /** Number in the register, printed large. */
  numero: string;
  /** What the number is: `Courrier arrivée`. */
  nature: string;
  /** A mark that must be seen (`Urgent`, `Annulé : doublon`). */
  marque?: string | undefined;
  faits: readonly Fait[];
  pieces: readonly { nom: string; detail: string }[];
  historique: readonly { date: string; qui: string; quoi: string }[];
  /** Title of the head and the picture of the signature (PNG, base64). */
  signature?: { titre: string; image: string } | undefined;
  /** Address of the letter, in the QR code. */
  url: string;
}

/** Column of a printed list: `width` is a share of the line, relative to the others. */
export interface ColonneListe {
  label: string;
  width: number;
  align?: 'left' | 'right' | 'center' | undefined;
}

/** List of letters with the filters in force. `total` (rows to come, where known) serves the progress only. */
export interface ListePdfInput extends Imprime {
  enTete: EnTete;
  /** The filters as a sentence. */
  filtres: string;
  colonnes: readonly ColonneListe[];
  lignes: Lignes<readonly string[]>;
  total?: number | undefined;
  totaux: readonly Fait[];
}

/**
 * One number of the register. `date` is a day (`YYYY-MM-DD`). `annulation` says, as it is read, why the number
 * holds no letter (`Annulé : doublon`, `Supprimé le 3 nov. 2026`): the line is then struck through and the reason shown.
 */
export interface LigneRegistre {
  numero: string;
  date: string;
  correspondant: string;
  objet: string;
  reference: string;
  observations: string;
  annulation?: string | undefined;
}

/** Printable book of the register for a period. */
export interface RegistrePdfInput extends Imprime {
  enTete: EnTete;
  /** The period as it is read: `du 1er au 30 nov. 2026`. */
  periode: string;
  /** Heading of the correspondents' column: `Expéditeur` or `Destinataire`. */
  correspondant: string;
  lignes: Lignes<LigneRegistre>;
  total?: number | undefined;
  /** Who signs the book at its end: `Le Chef du bureau d’ordre`. */
  signataire: string;
  /** It holds only some of the numbers: what is signed must not call itself the register. */
  extrait: boolean;
}

/** `date` cells are given as `YYYY-MM-DD`, `dateHeure` cells as `YYYY-MM-DDTHH:MM` in the zone of the page. */
export type TypeCellule = 'texte' | 'date' | 'dateHeure' | 'nombre';

/** Column of a spreadsheet: `width` in characters. */
export interface ColonneXlsx {
  label: string;
  width: number;
  type: TypeCellule;
}

/** List of letters as a spreadsheet; `informations` (title, filters, printed on) go to a sheet of their own. */
export interface ListeXlsxInput {
  lang: Lang;
  /** Name of the sheet; what a spreadsheet does not accept in it is left out. */
  feuille: string;
  colonnes: readonly ColonneXlsx[];
  lignes: Lignes<readonly (string | number | null)[]>;
  total?: number | undefined;
  informations: readonly Fait[];
}

/** The register of a period as a spreadsheet. */
export interface RegistreXlsxInput {
  lang: Lang;
  feuille: string;
  correspondant: string;
  lignes: Lignes<LigneRegistre>;
  total?: number | undefined;
  informations: readonly Fait[];
}

/** Label of 62 × 29 mm for the paper. */
export interface EtiquetteInput {
  lang: Lang;
  organisme: string;
  /** What the number is: `Courrier arrivée`. */
  nature: string;
  numero: string;
  /** Date as it is read. */
  date: string;
  url: string;
}

/** A page that stands for a letter whose scan is not there. */
export interface NoticeInput {
  lang: Lang;
  organisme: string;
  /** `Courrier repris sans numérisation`. */
  titre: string;
  /** What the number is: `Courrier arrivée`. */
  nature: string;
  numero: string;
  texte: string;
  faits: readonly Fait[];
}

/** What each document is made from. */
export interface DocumentInputs {
  fiche: FicheInput;
  'liste-pdf': ListePdfInput;
  'registre-pdf': RegistrePdfInput;
  'liste-xlsx': ListeXlsxInput;
  'registre-xlsx': RegistreXlsxInput;
  etiquette: EtiquetteInput;
  notice: NoticeInput;
}

/** The documents that the atelier makes. */
export type DocumentName = keyof DocumentInputs;

/** Media type of each document. */
export const DOCUMENT_TYPES: Readonly<Record<DocumentName, string>> = {
  fiche: 'application/pdf',
  'liste-pdf': 'application/pdf',
  'registre-pdf': 'application/pdf',
  'liste-xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'registre-xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  etiquette: 'application/pdf',
  notice: 'application/pdf',
};

/** Reports rows done, out of how many (0 where that is not known). */
export type Progress = (done: number, total: number) => void;
