import { defineTexts } from '@gec/core';

/** What is said about files. */
export const piecesTexts = defineTexts('pieces', {
  fr: {
    tropGros:
      '«\u00A0{nom}\u00A0» dépasse la taille permise ({max}). Rien n’a été enregistré. Numérisez la lettre en noir et blanc, ou en plusieurs fichiers.',
    vide: '«\u00A0{nom}\u00A0» est vide. Rien n’a été enregistré. Numérisez la lettre à nouveau.',
    typeNonAdmis:
      '« {nom} » est {contenu} : ce type de fichier n’est pas accepté ici. Rien n’a été enregistré. Numérisez la lettre dans un autre format.',
    inconnu:
      '«\u00A0{nom}\u00A0» n’est ni un PDF, ni une image PNG, JPEG ou TIFF lisible. Rien n’a été enregistré. Numérisez la lettre dans l’un de ces formats.',
    renomme:
      'Ce fichier se nomme «\u00A0{nom}\u00A0» mais contient {contenu}. Rien n’a été enregistré. S’il s’agit de la bonne lettre, renommez-le «\u00A0{propose}\u00A0» puis recommencez.',
    polyglotte:
      '«\u00A0{nom}\u00A0» contient autre chose qu’une lettre (une page web ou une archive cachée), ce qui n’est pas sûr. Rien n’a été enregistré. Numérisez la lettre à nouveau.',
    chiffre:
      '«\u00A0{nom}\u00A0» est protégé par un mot de passe. Rien n’a été enregistré. Enregistrez-le sans mot de passe puis recommencez.',
    abime:
      '«\u00A0{nom}\u00A0» est abîmé ou incomplet\u00A0: il ne peut pas être lu. Rien n’a été enregistré. Numérisez la lettre à nouveau.',
    imageTropGrande:
      '«\u00A0{nom}\u00A0» contient une image trop grande pour être affichée. Rien n’a été enregistré. Numérisez la lettre à 300 points par pouce.',
    tropDePages:
      '«\u00A0{nom}\u00A0» a trop de pages (au plus {max}). Rien n’a été enregistré. Partagez-le en plusieurs fichiers.',
    delai:
      '«\u00A0{nom}\u00A0» est trop compliqué à lire. Rien n’a été enregistré. Imprimez-le en PDF ou numérisez-le à nouveau.',
    plein:
      'Le disque est plein\u00A0: «\u00A0{nom}\u00A0» n’a pas pu être conservé. Rien n’a été enregistré. Prévenez l’administrateur.',
    occupe: 'Trop de fichiers sont en cours de vérification. Réessayez dans quelques instants.',
    interrompu:
      'L’envoi de «\u00A0{nom}\u00A0» a été interrompu. Rien n’a été enregistré. Envoyez-le à nouveau.',
    fichierManquant: 'Le fichier de cette pièce est introuvable dans le dépôt. Prévenez l’administrateur.',
    'type.application/pdf': 'un document PDF',
    'type.image/png': 'une image PNG',
    'type.image/jpeg': 'une image JPEG',
    'type.image/tiff': 'une image TIFF',
    sansNom: 'document',
    envoiRefuse: 'Vous n’avez pas l’autorisation d’envoyer des fichiers.',
    introuvable: 'Cette pièce n’existe pas, ou vous n’y avez pas accès.',
    pageIntrouvable: 'Cette page n’existe pas.',
    apercuImpossible: 'L’aperçu de cette page n’a pas pu être fait. Téléchargez le fichier pour le lire.',
    piecesPerdues:
      'Un fichier envoyé n’est plus disponible (il a déjà servi, ou il a expiré). Ajoutez-le à nouveau.',
    tropDePieces: 'Un courrier a au plus {max} fichiers.',
    formulaireTropGros: 'Le formulaire contient trop d’informations. Rien n’a été enregistré.',
    aucunFichier: 'Aucun fichier n’a été envoyé.',
    // Zone d’envoi
    ajouter: 'Lettre numérisée',
    deposer: 'Déposez la lettre ici ou',
    choisir: 'choisissez des fichiers',
    photographier: 'Prendre une photo',
    aide: '{types}, {max} par fichier au plus.',
    liste: 'Fichiers ajoutés',
    envoi: 'Envoi de {nom}\u00A0: {pct}\u00A0%',
    verification: 'Vérification…',
    pret: '{nom} est prêt ({pages}).',
    pret_un: '{n} page',
    pret_autre: '{n} pages',
    dejaConnu: 'Ce même fichier est déjà joint à un courrier enregistré.',
    annuler: 'Annuler l’envoi de {nom}',
    retirer: 'Retirer {nom}',
    retire: '{nom} a été retiré.',
    monter: 'Monter {nom}',
    descendre: 'Descendre {nom}',
    deplace: '{nom}\u00A0: place {n}.',
    reessayer: 'Réessayer {nom}',
    coupure:
      'La connexion a été coupée pendant l’envoi de «\u00A0{nom}\u00A0». Rien n’est perdu\u00A0: réessayez.',
    typeRefuse: '«\u00A0{nom}\u00A0» n’est pas un PDF, un PNG, un JPEG ou un TIFF.',
    envoisEnCours: 'Attendez la fin des envois avant d’enregistrer.',
    // Visionneuse
    pieces: 'Pièces',
    pagesLues: 'Pages numérisées',
    page: 'Page {n} de {nom}',
    compteur: 'Page {n} sur {total}',
    agrandir: 'Agrandir',
    reduire: 'Réduire',
    ajuster: 'Ajuster à la largeur',
    precedente: 'Page précédente',
    suivante: 'Page suivante',
    telecharger: 'Télécharger',
    aucunePiece: 'Aucune pièce',
    aucunePieceTexte: 'Ce courrier n’a pas de pièce jointe.',
  },
  en: {
    tropGros:
      '“{nom}” exceeds the permitted size ({max}). Nothing was saved. Scan the letter in black and white, or as several files.',
    vide: '“{nom}” is empty. Nothing was saved. Scan the letter again.',
    typeNonAdmis:
      '“{nom}” is {contenu}: this type of file is not taken here. Nothing was saved. Scan the letter in another format.',
    inconnu:
      '“{nom}” is neither a PDF nor a readable PNG, JPEG or TIFF image. Nothing was saved. Scan the letter in one of these formats.',
    renomme:
      'This file is named “{nom}” but contains {contenu}. Nothing was saved. If it is the right letter, rename it “{propose}” and try again.',
    polyglotte:
      '“{nom}” contains something other than a letter (a hidden web page or archive), which is not safe. Nothing was saved. Scan the letter again.',
    chiffre:
      '“{nom}” is protected by a password. Nothing was saved. Save it without a password and try again.',
    abime: '“{nom}” is damaged or incomplete: it cannot be read. Nothing was saved. Scan the letter again.',
    imageTropGrande:
      '“{nom}” contains an image too large to be shown. Nothing was saved. Scan the letter at 300 dots per inch.',
    tropDePages:
      '“{nom}” has too many pages (at most {max}). Nothing was saved. Split it into several files.',
    delai: '“{nom}” is too complicated to read. Nothing was saved. Print it to PDF or scan it again.',
    plein: 'The disk is full: “{nom}” could not be kept. Nothing was saved. Tell the administrator.',
    occupe: 'Too many files are being checked. Try again in a moment.',
    interrompu: 'The sending of “{nom}” was interrupted. Nothing was saved. Send it again.',
    fichierManquant: 'The file of this attachment is missing from the store. Tell the administrator.',
    'type.application/pdf': 'a PDF document',
    'type.image/png': 'a PNG image',
    'type.image/jpeg': 'a JPEG image',
    'type.image/tiff': 'a TIFF image',
    sansNom: 'document',
    envoiRefuse: 'You do not have the permission to send files.',
    introuvable: 'This attachment does not exist, or you do not have access to it.',
    pageIntrouvable: 'This page does not exist.',
    apercuImpossible: 'The preview of this page could not be made. Download the file to read it.',
    piecesPerdues:
      'A file that was sent is no longer available (it was used already, or has expired). Add it again.',
    tropDePieces: 'A letter has at most {max} files.',
    formulaireTropGros: 'The form contains too much information. Nothing was saved.',
    aucunFichier: 'No file was sent.',
    ajouter: 'Scanned letter',
    deposer: 'Drop the letter here or',
    choisir: 'choose files',
    photographier: 'Take a photo',
    aide: '{types}, at most {max} each.',
    liste: 'Files added',
    envoi: 'Sending {nom}: {pct}%',
    verification: 'Checking…',
    pret: '{nom} is ready ({pages}).',
    pret_un: '{n} page',
    pret_autre: '{n} pages',
    dejaConnu: 'This very file is already attached to a registered letter.',
    annuler: 'Cancel the sending of {nom}',
    retirer: 'Remove {nom}',
    retire: '{nom} was removed.',
    monter: 'Move {nom} up',
    descendre: 'Move {nom} down',
    deplace: '{nom}: place {n}.',
    reessayer: 'Try {nom} again',
    coupure: 'The connection was lost while sending “{nom}”. Nothing is lost: try again.',
    typeRefuse: '“{nom}” is not a PDF, PNG, JPEG or TIFF.',
    envoisEnCours: 'Wait until everything was sent before saving.',
    pieces: 'Attachments',
    pagesLues: 'Scanned pages',
    page: 'Page {n} of {nom}',
    compteur: 'Page {n} of {total}',
    agrandir: 'Zoom in',
    reduire: 'Zoom out',
    ajuster: 'Fit to width',
    precedente: 'Previous page',
    suivante: 'Next page',
    telecharger: 'Download',
    aucunePiece: 'No attachment',
    aucunePieceTexte: 'This letter has no attachment.',
  },
});
