/** A department, as lists and pages show it. */
export interface Departement {
  readonly id: number;
  /** One to twelve capital letters and digits; `{dept}` of a registration number. */
  readonly code: string;
  readonly nom: string;
  readonly description: string | null;
  /** The department that this one is a part of. */
  readonly parentId: number | null;
  /** Account of the head, who reads the letters of the department and of those below. */
  readonly chefId: number | null;
  /** A closed department keeps its people and letters, and is offered no more. */
  readonly actif: boolean;
  /** For optimistic locks. */
  readonly version: number;
}

/** What somebody types of a department. */
export interface SaisieDepartement {
  code: string;
  nom: string;
  description: string | null;
  parentId: number | null;
  chefId: number | null;
}

/** Longest texts, in characters. */
export const LONGUEURS_DEPARTEMENT = { code: 12, nom: 120, description: 500 } as const;

/** What a department is used for; one that was never used may be deleted. */
export interface UsageDepartement {
  readonly personnes: number;
  readonly sousDepartements: number;
  readonly courriers: boolean;
}

/** A department in the administration: its place in the tree, and who is in it. */
export interface DepartementGere extends Departement {
  /** 0 for one that is part of no other. */
  readonly profondeur: number;
  readonly parentNom: string | null;
  readonly chefNom: string | null;
  /** Whether the head's account is active. */
  readonly chefActif: boolean;
  /** Accounts in the department itself, deactivated ones too. */
  readonly personnes: number;
}
