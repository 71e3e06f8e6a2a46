import { defineTexts } from '@gec/core';

/** Words of the addresses blocked and allowed by hand. */
export const adressesTexts = defineTexts('adresses', {
  fr: {
    refuse: 'Vous n’avez pas le droit de bloquer ou d’autoriser des adresses.',
    motifTropLong: 'Le motif compte au plus {n} caractères, sur une ligne.',
    sansRegle: 'Il n’y a pas de règle pour {cidr}.',
    dejaRetiree: 'Cette règle est déjà retirée.',
    propreAdresse:
      'Votre propre adresse, {adresse}, serait bloquée\u00A0: vous ne pourriez plus entrer. Rien n’est changé.',
  },
  en: {
    refuse: 'You may not block or allow addresses.',
    motifTropLong: 'The reason has at most {n} characters, on one line.',
    sansRegle: 'There is no rule for {cidr}.',
    dejaRetiree: 'This rule was removed already.',
    propreAdresse:
      'Your own address, {adresse}, would be blocked: you could no longer enter. Nothing was changed.',
  },
});
