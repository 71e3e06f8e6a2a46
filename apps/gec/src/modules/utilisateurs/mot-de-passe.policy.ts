import { fill, fold, type Lang } from '@gec/core';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** Characters of a password at least, unless the settings say otherwise. Length is what resists guessing; no rule asks for signs of several kinds. */
export const LONGUEUR_MIN = 10;
/** At most; what is longer is refused, never cut. */
export const LONGUEUR_MAX = 1_000;

/**
 * What everybody tries first, folded and without the figures and signs that people put around it
 * (`MotDePasse2026!` is `motdepasse`).
 */
const COURANTS: ReadonlySet<string> = new Set(
  `abcdefghij abcdefghijkl admin administrateur administration administrator adminadmin azerty azertyuiop
  azertyuiopqs bienvenue bonjour bonjourbonjour changeme changemoi chocolat congo congokinshasa courrier default
  dieuestgrand doudou football gecmines gecminesrdc goma internet invite jesuschrist jesustaime kinshasa
  kinshasacongo kolwezi letmein likasi loulou lubumbashi marseille mines ministere ministeredesmines motdepasse
  motdepassemotdepasse nicolas ordinateur passepasse passpass password passwordpassword princesse qwerty
  qwertyuiop qwertz rdcongo republique secret secretaire secretairegeneral secretariat secretariatgeneral soleil
  superadmin supersecret test testtest testtesttest user utilisateur welcome`.split(/\s+/),
);

/** Fewer different characters than this is a pattern, not a password. */
const CARACTERES_DIFFERENTS = 4;
const SUITES = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'azertyuiopqsdfghjklm',
  'qwertyuiopasdfghjkl',
];

/** The person whose password it is to be. */
export interface Porteur {
  readonly username: string;
  readonly email: string;
  readonly nomComplet: string;
}

const letters = (text: string): string => fold(text).replace(/[^\p{L}]/gu, '');

function isPattern(folded: string): boolean {
  if (new Set(folded).size < CARACTERES_DIFFERENTS) return true;
  const backwards = [...folded].reverse().join('');
  return SUITES.some((suite) => suite.includes(folded) || suite.includes(backwards));
}

function isPersonal(bare: string, porteur: Porteur): boolean {
  if (bare === '') return false;
  const own = [porteur.username, porteur.email, porteur.email.split('@')[0] ?? '', porteur.nomComplet];
  return own.some((word) => letters(word) === bare);
}

/**
 * Says what is wrong with a new password.
 *
 * @param password as typed: it is neither trimmed nor cut, here or anywhere
 * @param min characters that it must have at least, by the settings
 * @returns a message in the language, or `null` when it may be used
 */
export function passwordProblem(
  lang: Lang,
  password: string,
  porteur: Porteur,
  min = LONGUEUR_MIN,
): string | null {
  const texts = utilisateursTexts(lang);
  const length = [...password].length;
  if (length < min) return fill(texts.motDePasseCourt, { n: min });
  if (length > LONGUEUR_MAX) return fill(texts.motDePasseLong, { n: LONGUEUR_MAX });
  const bare = letters(password);
  if (isPersonal(bare, porteur)) return texts.motDePassePersonnel;
  if (COURANTS.has(bare) || isPattern(fold(password))) return texts.motDePasseCourant;
  return null;
}
