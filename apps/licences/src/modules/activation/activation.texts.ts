import { defineTexts } from '@gec/core';

/** What installations and administrators are told of activations. */
export const activationTexts = defineTexts('lic.activation', {
  fr: {
    badRequest: 'Cette demande n’est pas signée comme il faut, ou elle est abîmée.',
    unknownHere: 'Cette licence n’est pas activée pour cette installation.',
    released: 'Cette licence a été libérée\u00A0: cette installation ne l’utilise plus.',
    stale: 'Cette demande est plus ancienne que l’activation en cours. Faites-en une nouvelle.',
    busy: 'Plusieurs demandes sont arrivées en même temps. Réessayez.',
    tooMany: 'Trop de tentatives. Réessayez plus tard.',
    reasonRequired: 'Indiquez un motif.',
    nothingToRelease: 'Cette licence n’est activée nulle part.',
    noReview: 'Aucun changement n’attend de décision.',
  },
  en: {
    badRequest: 'This request is not signed as it should be, or it is damaged.',
    unknownHere: 'This licence is not activated for this installation.',
    released: 'This licence was released: this installation no longer uses it.',
    stale: 'This request is older than the activation in force. Make a new one.',
    busy: 'Several requests came at the same time. Try again.',
    tooMany: 'Too many attempts. Try again later.',
    reasonRequired: 'Give a reason.',
    nothingToRelease: 'This licence is not activated anywhere.',
    noReview: 'No change waits for a decision.',
  },
});
