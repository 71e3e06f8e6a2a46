import { addDays, dayOf, startOfDay, type Lang } from '@gec/core';
import type { Instruction, Statut, Urgence } from './referentiels.schema.ts';

/**
 * The statuts that a letter may take after the one that it has: the active ones among those that the office allows,
 * without the one that it has. A statut that names none may be followed by all; so may one that no longer exists.
 */
export function statutsSuivants<S extends Pick<Statut, 'nom' | 'actif' | 'suivants'>>(
  statuts: readonly S[],
  actuel: string,
): S[] {
  const permis = statuts.find(({ nom }) => nom === actuel)?.suivants ?? [];
  return statuts.filter(
    ({ nom, actif }) => actif && nom !== actuel && (permis.length === 0 || permis.includes(nom)),
  );
}

/**
 * The instant until which a letter is to be dealt with: hours count from the registration, days end with the last of
 * them (23 h 59 in the office's zone).
 *
 * @param debut instant of the registration, ISO 8601
 * @returns instant, ISO 8601
 */
export function echeanceDe(
  { delai, unite }: Pick<Urgence, 'delai' | 'unite'>,
  debut: string,
  fuseau: string,
): string {
  if (unite === 'heures') return new Date(Date.parse(debut) + delai * 3_600_000).toISOString();
  const lendemain = addDays(dayOf(new Date(debut), fuseau), delai + 1);
  return new Date(Date.parse(startOfDay(lendemain, fuseau)) - 60_000).toISOString();
}

/** What an instruction is called in a language; one that is no longer known by its code. */
export function libelleInstruction(
  instructions: readonly Pick<Instruction, 'code' | 'libelle' | 'libelleEn'>[],
  code: string,
  lang: Lang,
): string {
  const known = instructions.find((one) => one.code === code);
  if (known === undefined) return code;
  return lang === 'en' ? (known.libelleEn ?? known.libelle) : known.libelle;
}
