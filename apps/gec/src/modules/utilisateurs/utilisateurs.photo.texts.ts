const fr = {
  photo: 'Photo',
  photoChoisir: 'Choisir une photo',
  photoRemplacer: 'Remplacer la photo',
  photoAide:
    'PNG, JPEG ou WebP, {max} au plus. Elle est recadrée en carré et débarrassée de ce que l’appareil y a noté.',
  photoEnvoyer: 'Envoyer la photo',
  photoRetirer: 'Retirer la photo',
  photoRetirerConfirmer: 'Retirer la photo ?',
  photoChangee: 'La photo de {nom} est enregistrée.',
  photoRetiree: 'La photo de {nom} est retirée.',
  maPhotoChangee: 'Votre photo est enregistrée.',
  maPhotoRetiree: 'Votre photo est retirée.',
  photoType: 'Choisissez une image PNG, JPEG ou WebP. Rien n’a été changé.',
  photoAbimee: 'Cette image est illisible. Rien n’a été changé.',
  photoImmense: 'Cette image a trop de pixels. Rien n’a été changé.',
  photoTropGrosse: 'Cette image dépasse {max}. Rien n’a été changé.',
  photoOccupe: 'Le serveur traite beaucoup d’images en ce moment. Réessayez dans un instant.',
  photoManque: 'Choisissez une image.',
};

const en: Record<keyof typeof fr, string> = {
  photo: 'Photograph',
  photoChoisir: 'Choose a photograph',
  photoRemplacer: 'Replace the photograph',
  photoAide:
    'PNG, JPEG or WebP, {max} at most. It is cropped to a square and freed of what the camera noted in it.',
  photoEnvoyer: 'Send the photograph',
  photoRetirer: 'Remove the photograph',
  photoRetirerConfirmer: 'Remove the photograph?',
  photoChangee: 'The photograph of {nom} was saved.',
  photoRetiree: 'The photograph of {nom} was removed.',
  maPhotoChangee: 'Your photograph was saved.',
  maPhotoRetiree: 'Your photograph was removed.',
  photoType: 'Choose a PNG, JPEG or WebP picture. Nothing was changed.',
  photoAbimee: 'This picture cannot be read. Nothing was changed.',
  photoImmense: 'This picture has too many pixels. Nothing was changed.',
  photoTropGrosse: 'This picture is larger than {max}. Nothing was changed.',
  photoOccupe: 'The server is working on many pictures just now. Try again in a moment.',
  photoManque: 'Choose a picture.',
};

/** Words of the photograph of a person. */
export const photoMots = { fr, en };
