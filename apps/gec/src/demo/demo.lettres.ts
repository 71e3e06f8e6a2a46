import { addDays, dayOf } from '@gec/core';
import type { Hasard } from './demo.hasard.ts';
import { DEPARTS, FAMILLES, MOTS, PROVINCES, SIGLES, type Famille } from './demo.lexique.ts';

/** An invented letter, before it is registered. */
export interface Lettre {
  flux: 'ENTRANT' | 'SORTANT';
  objet: string;
  correspondant: string;
  reference: string;
  /** `YYYY-MM-DD`. */
  dateRedaction: string;
  copie: boolean;
  /** Name of the type, for a departure. */
  type: string | null;
  urgent: boolean;
  departement: Famille['departement'];
  pages: number;
  autresInformations: string;
}

/** Capital initials of a name: `Kalunga Mining SARL` writes `KM`. */
function sigle(nom: string, lettres: number): string {
  const words = nom
    .replace(/\(.*?\)|,.*$/g, '')
    .split(/[\s’-]+/)
    .filter((word) => /^\p{Lu}/u.test(word) && !/^(SARL|SAS|SA)$/.test(word));
  const initials = words.map((word) => word[0]).join('');
  const first = words.at(-1) ?? nom;
  return (initials.length >= 2 ? initials : first)
    .slice(0, lettres)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase();
}

/** Fills the `{…}` places of a text. */
function remplir(texte: string, nom: string, jour: string, hasard: Hasard): string {
  const annee = Number(jour.slice(0, 4));
  const rempli = texte.replace(/\{(\w+)\}/g, (whole, mot: string) => {
    switch (mot) {
      case 'n':
        return String(hasard.entier(12, 1890)).padStart(4, '0');
      case 'n2':
        return String(hasard.entier(8, 74));
      case 'pn':
        return String(hasard.entier(481, 14_902));
      case 'mm':
        return jour.slice(5, 7);
      case 'aaaa':
        return String(annee);
      case 'an1':
        return String(annee + 1);
      case 'aa':
        return jour.slice(2, 4);
      case 'sigle': {
        const province = PROVINCES.find((one) => nom.endsWith(one));
        return province === undefined ? '' : SIGLES[province];
      }
      case 'sig':
        return sigle(nom, 4);
      case 'sig3':
        return sigle(nom, 3);
      default: {
        const choix = MOTS[mot];
        return choix ? hasard.parmi(choix) : whole;
      }
    }
  });
  return rempli
    .replace(/\bde (or|août|octobre)(?!\p{L})/gu, 'd’$1')
    .replace(/\bdu or(?!\p{L})/gu, 'de l’or')
    .replace(/\bdu (cassitérite|wolframite)/g, 'de la $1');
}

function famille(hasard: Hasard): Famille {
  const total = FAMILLES.reduce((sum, one) => sum + one.poids, 0);
  let left = hasard.part() * total;
  for (const one of FAMILLES) {
    left -= one.poids;
    if (left < 0) return one;
  }
  return hasard.parmi(FAMILLES);
}

/** An invented letter that reaches the office, or leaves it, at a moment (ms since 1970). */
export function inventer(moment: number, hasard: Hasard): Lettre {
  const jour = dayOf(new Date(moment));
  const pages = hasard.chance(0.62) ? 1 : hasard.chance(0.7) ? 2 : 3;
  if (hasard.chance(0.03)) {
    const { objet, type, destinataires } = hasard.parmi(DEPARTS);
    return {
      flux: 'SORTANT',
      objet: remplir(objet, '', jour, hasard),
      correspondant: hasard.parmi(destinataires),
      reference: '',
      dateRedaction: jour,
      copie: false,
      type,
      urgent: false,
      departement: 'ADM',
      pages,
      autresInformations: '',
    };
  }
  const { expediteurs, references, objets, departement } = famille(hasard);
  const correspondant = hasard.parmi(expediteurs);
  const dateRedaction = addDays(jour, -hasard.entier(0, hasard.chance(0.8) ? 6 : 24));
  const urgent = hasard.chance(0.04);
  return {
    flux: 'ENTRANT',
    objet: remplir(hasard.parmi(objets), correspondant, dateRedaction, hasard),
    correspondant,
    reference: remplir(hasard.parmi(references), correspondant, dateRedaction, hasard),
    dateRedaction,
    copie: hasard.chance(0.35),
    type: null,
    urgent,
    departement,
    pages,
    autresInformations: hasard.chance(0.12)
      ? hasard.parmi([
          'Déposé par porteur.',
          'Reçu par la poste, enveloppe jointe.',
          'Deux annexes et un support numérique.',
          'Arrivé en copie, l’original suivra.',
        ])
      : '',
  };
}
