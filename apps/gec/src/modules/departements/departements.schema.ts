/** A department, as lists and pages show it. */
export interface Departement {
  readonly id: number;
  readonly code: string;
  readonly nom: string;
  readonly actif: boolean;
}
