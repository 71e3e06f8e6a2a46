import { defineTexts } from '@gec/core';

/** What the settings say: refusals, labels and hints of the page. */
export const parametresTexts = defineTexts('parametres', {
  fr: {
    refuse: 'Vous n’avez pas le droit de modifier les paramètres.',
    obligatoire: 'Ce champ est obligatoire.',
    tropLong: 'Au plus {n} caractères.',
    auPlus: 'Au plus {n}.',
    auMoins: 'Au moins {n}.',
    nombreAttendu: 'Écrivez un nombre entier.',
    valeurRefusee: 'Cette valeur n’est pas acceptée.',
    parametreInconnu: 'Ce paramètre n’existe pas.',
    emailInvalide: 'Cette adresse e-mail n’est pas valide.',
    fuseauInconnu: 'Ce fuseau horaire n’existe pas (exemple : Africa/Kinshasa).',
    versionPerimee:
      'Un autre administrateur a modifié les paramètres entre-temps. Rien n’a été enregistré : vérifiez les valeurs et enregistrez de nouveau.',
    logoTropGrand: 'Le logo dépasse {n} Ko. Rien n’a été enregistré.',
    logoPasPng: 'Le logo n’est pas une image PNG lisible. Rien n’a été enregistré.',
    logoDimensions: 'Le logo dépasse {n} pixels de côté. Rien n’a été enregistré.',
  },
  en: {
    refuse: 'You may not change the settings.',
    obligatoire: 'This field is required.',
    tropLong: 'At most {n} characters.',
    auPlus: 'At most {n}.',
    auMoins: 'At least {n}.',
    nombreAttendu: 'Enter a whole number.',
    valeurRefusee: 'This value is not accepted.',
    parametreInconnu: 'There is no such setting.',
    emailInvalide: 'This e-mail address is not valid.',
    fuseauInconnu: 'There is no such time zone (example: Africa/Kinshasa).',
    versionPerimee:
      'Another administrator changed the settings meanwhile. Nothing was saved: check the values and save again.',
    logoTropGrand: 'The logo is larger than {n} KB. Nothing was saved.',
    logoPasPng: 'The logo is not a readable PNG image. Nothing was saved.',
    logoDimensions: 'The logo has a side of more than {n} pixels. Nothing was saved.',
  },
});
