import type { Bilan, BilanFichiers, LigneBilan, Nature, Remarque } from './reprise.schema.ts';

/** Collects the report of a takeover while it goes on. */
export function createSuivi() {
  const tables = new Map<string, LigneBilan>();
  const remarques: Remarque[] = [];
  const fichiers: BilanFichiers = { attendus: 0, identiques: 0, absents: 0, joints: 0, nonNommes: 0 };

  const ligne = (table: string): LigneBilan => {
    const known = tables.get(table);
    if (!known) throw new Error(`the table ${table} was not counted`);
    return known;
  };

  return {
    fichiers,

    /** Says how many rows a table has there; comes first. */
    table(table: string, la: number): void {
      tables.set(table, { table, la, repris: 0, deja: 0, ecartes: 0 });
    },

    compter(table: string, quoi: 'repris' | 'deja' | 'ecartes', n = 1): void {
      ligne(table)[quoi] += n;
    },

    /** Something was taken otherwise than it was. */
    noter(nature: Nature, table: string, ancienId: number | null, repere: string, detail = ''): void {
      remarques.push({ nature, table, ancienId, repere, detail });
    },

    /** A row was not taken. */
    ecarter(nature: Nature, table: string, ancienId: number | null, repere: string, detail = ''): void {
      ligne(table).ecartes += 1;
      remarques.push({ nature, table, ancienId, repere, detail });
    },

    bilan: (entete: Pick<Bilan, 'source' | 'simulation' | 'fuseau'>): Bilan => ({
      ...entete,
      tables: [...tables.values()],
      fichiers,
      remarques,
    }),
  };
}

export type Suivi = ReturnType<typeof createSuivi>;
