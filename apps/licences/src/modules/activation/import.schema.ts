/** What an import does, or would do. */
export interface ImportReport {
  readonly total: number;
  readonly added: number;
  /** Already here: an import can be interrupted and repeated. */
  readonly known: number;
  /** The same key twice in what is imported. */
  readonly doubles: number;
  readonly used: number;
  readonly activations: number;
  readonly published: number;
  /** Keys that were here already and are now known to have been made public. */
  readonly flagged: number;
}
