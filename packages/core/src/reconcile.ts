/** A field that two people changed to different things, as text. */
export interface Conflict<K extends string> {
  champ: K;
  saisie: string;
  actuel: string;
}

/** Line ends as browsers send them are not a change. */
const plain = (value: string): string => value.replace(/\r\n?/g, '\n');

/**
 * Brings together a form that was typed over an old state and what somebody else saved meanwhile: what was not touched
 * takes the new value, what both changed keeps what was typed and is named.
 *
 * @param avant what stood in the form when it was opened, by field
 * @param saisie what was typed
 * @param actuel what is stored now
 * @returns what the form is to show, and the fields that both changed
 */
export function reconcile<K extends string>(
  avant: Readonly<Record<K, string>>,
  saisie: Readonly<Record<K, string>>,
  actuel: Readonly<Record<K, string>>,
): { valeurs: Record<K, string>; conflits: Conflict<K>[] } {
  const conflits: Conflict<K>[] = [];
  const valeurs: Record<K, string> = { ...actuel };
  for (const champ of Object.keys(actuel) as K[]) {
    const [before, mine, theirs] = [plain(avant[champ]), plain(saisie[champ]), plain(actuel[champ])];
    if (mine === before) continue;
    valeurs[champ] = mine;
    if (theirs !== before && theirs !== mine) conflits.push({ champ, saisie: mine, actuel: actuel[champ] });
  }
  return { valeurs, conflits };
}
