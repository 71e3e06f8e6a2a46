import { defineTexts } from '@gec/core';

/** Words of what is written beside letters. */
export const commentairesTexts = defineTexts('commentaires', {
  fr: {
    type_annotation: 'Annotation',
    type_instruction: 'Instruction',
    type_comment: 'Commentaire',
    texteRequis: 'Écrivez le texte.',
    tropLong: 'Ce texte est trop long\u00A0: {max} caractères au plus.',
    corbeille: 'Ce courrier est dans la corbeille\u00A0: rien ne peut y être ajouté.',
    typeInconnu: 'Choisissez annotation, instruction ou commentaire.',
  },
  en: {
    type_annotation: 'Annotation',
    type_instruction: 'Instruction',
    type_comment: 'Comment',
    texteRequis: 'Write the text.',
    tropLong: 'This text is too long: {max} characters at most.',
    corbeille: 'This letter is in the trash: nothing can be added to it.',
    typeInconnu: 'Choose annotation, instruction or comment.',
  },
});
