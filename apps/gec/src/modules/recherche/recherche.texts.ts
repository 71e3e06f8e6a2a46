import { defineTexts } from '@gec/core';

/** Words of the list and of the search. */
export const rechercheTexts = defineTexts('recherche', {
  fr: {
    uneSeuleValeur: 'Une seule valeur est admise.',
    jourInvalide: 'Ce jour n’existe pas. Écrivez AAAA-MM-JJ, par exemple 2025-11-21.',
    periodeInversee: 'La période finit avant de commencer.',
    rechercheLongue: 'La recherche est trop longue (200 caractères au plus).',
    tropDeMots: 'La recherche a trop de mots (16 au plus).',
    statutInconnu: 'Ce statut n’existe pas.',
    typeSortantInconnu: 'Ce type de courrier départ n’existe pas.',
    ouiOuNon: 'Choisissez « oui » ou « non ».',
    typeInconnu: 'Choisissez « ENTRANT » ou « SORTANT ».',
    triInconnu: 'La liste ne se trie pas ainsi.',
    ordreInconnu: 'Choisissez « asc » ou « desc ».',
    pageInvalide: 'Le numéro de page est un nombre à partir de 1.',
    pageTropLoin:
      'Cette page est trop loin pour y aller d’un coup. Avancez avec « Suivant » ou précisez les filtres.',
    tailleInvalide: 'Une page a 25, 50 ou 100 lignes.',
    correspondant: 'Correspondant',
    repereInvalide: 'Ce repère de page n’est pas valable.',
    repereDouble: 'Un seul repère de page est admis.',
    repereDisparu:
      'Le courrier où reprenait cette page n’est plus dans la liste. Revenez à la première page.',
    totalInvalide: 'Seul « exact » est admis.',
    tropPourTrier:
      'Plus de 20 000 courriers répondent : précisez les filtres pour les trier ainsi, ou triez par date.',
  },
  en: {
    uneSeuleValeur: 'Only one value is allowed.',
    jourInvalide: 'This day does not exist. Write YYYY-MM-DD, for example 2025-11-21.',
    periodeInversee: 'The period ends before it begins.',
    rechercheLongue: 'The search is too long (200 characters at most).',
    tropDeMots: 'The search has too many words (16 at most).',
    statutInconnu: 'This status does not exist.',
    typeSortantInconnu: 'This type of outgoing mail does not exist.',
    ouiOuNon: 'Choose “oui” or “non”.',
    typeInconnu: 'Choose “ENTRANT” or “SORTANT”.',
    triInconnu: 'The list cannot be sorted by this.',
    ordreInconnu: 'Choose “asc” or “desc”.',
    pageInvalide: 'A page number is a number from 1.',
    pageTropLoin: 'This page is too far to jump to. Go on with “Next” or narrow the filters.',
    tailleInvalide: 'A page has 25, 50 or 100 rows.',
    correspondant: 'Correspondent',
    repereInvalide: 'This page mark is not valid.',
    repereDouble: 'Only one page mark is allowed.',
    repereDisparu:
      'The letter at which this page went on is no longer in the list. Go back to the first page.',
    totalInvalide: 'Only “exact” is allowed.',
    tropPourTrier: 'More than 20,000 letters match: narrow the filters to sort them so, or sort by date.',
  },
});
