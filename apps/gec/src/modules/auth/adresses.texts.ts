import { defineTexts } from '@gec/core';

/** Words of the addresses blocked and allowed by hand. */
export const adressesTexts = defineTexts('adresses', {
  fr: {
    refuse: 'Vous n’avez pas le droit de bloquer ou d’autoriser des adresses.',
    motifTropLong: 'Le motif compte au plus {n} caractères, sur une ligne.',
    sansRegle: 'Il n’y a pas de règle pour {cidr}.',
  },
  en: {
    refuse: 'You may not block or allow addresses.',
    motifTropLong: 'The reason has at most {n} characters, on one line.',
    sansRegle: 'There is no rule for {cidr}.',
  },
});
