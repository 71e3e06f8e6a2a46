import { defineTexts } from '@gec/core';

/** What the registers say: refusals of numbers and formats, and the words of the page. */
export const registresTexts = defineTexts('registres', {
  fr: {
    formatVide: 'Le format est vide.',
    formatTropLong: 'Un numéro de ce format peut dépasser {n} caractères.',
    formatAccolades: 'Une accolade n’est pas fermée ou pas ouverte.',
    formatPlaceInconnue:
      'Seuls {year}, {yy}, {counter}, {counter:05d}, {dept} et {flux} sont permis entre accolades.',
    formatCaracteres: 'Seuls les lettres, les chiffres, les espaces et - / . _ ° ( ) sont permis.',
    formatDebut:
      'Un numéro commence par une lettre, un chiffre ou une parenthèse, sans espace au bord ni espace double.',
    formatCompteurManque: 'La numérotation automatique a besoin d’un compteur, par exemple {counter:05d}.',
    formatCompteurDouble: 'Le compteur ne peut figurer qu’une fois.',
    formatDeptDouble: 'La place {dept} ne peut figurer qu’une fois.',
    formatDeptColle:
      'Séparez {dept} et le compteur par un signe (par exemple un tiret), sinon deux courriers pourraient recevoir le même numéro.',
    formatAnneeManque:
      'Ajoutez l’année ({year} ou {yy}) : sans elle, les numéros de l’an prochain répéteraient ceux de cette année. Elle peut manquer seulement si la valeur de départ continue un registre papier.',
    formatsSeRencontrent:
      'Ce format peut donner le même numéro que celui du registre des {autre}. Distinguez-les, par exemple par une lettre.',
    valeurDepartRefusee: 'La valeur de départ est un nombre de 1 à 99 999 999.',
    valeurDepartTardive:
      'Le registre {annee} a déjà donné des numéros : sa valeur de départ ne peut plus changer.',
    valeurDepartBasse:
      'Sans année dans le format, les numéros continuent ceux du registre précédent : la valeur de départ doit être au moins {n}.',
    anneeRefusee: 'L’année n’est pas acceptée.',
    arrivees: 'arrivées',
    departs: 'départs',
    numeroRequis: 'Écrivez le numéro d’enregistrement.',
    numeroRefuse:
      'Ce numéro n’est pas accepté : au plus {n} caractères, lettres, chiffres, espaces et - / . _ ° ( ).',
    numeroPris: 'Le numéro {numero} est déjà attribué. Le prochain numéro libre est {prochain}.',
    numeroPrisSimple: 'Le numéro {numero} est déjà attribué.',
    numeroAutreRegistre: 'Le numéro {numero} appartient au registre des {autre}.',
    numeroAutomatique:
      'La numérotation est automatique : le numéro ne se saisit pas. Rechargez la page et enregistrez de nouveau.',
    numeroConcurrent:
      'Ce numéro vient d’être attribué par quelqu’un d’autre. Rien n’a été enregistré : enregistrez de nouveau.',
    numeroInconnu: 'Ce courrier n’a pas de numéro dans le registre.',
    motifRequis: 'Écrivez le motif : il reste dans le registre.',
    motifTropLong: 'Le motif dépasse {n} caractères.',
    sansCompteur: 'Le format de ce registre n’a pas de compteur : il n’y a pas de prochain numéro à annuler.',
    registrePlein: 'Le registre est plein : changez son format.',
    refuseConfigurer: 'Vous n’avez pas le droit de configurer les registres.',
    refuseAnnuler: 'Vous n’avez pas le droit d’annuler un numéro.',
    refuseLire: 'Vous n’avez pas accès aux registres.',
    refuseExporter: 'Vous n’avez pas le droit d’imprimer le registre.',
    titre: 'Registres',
    sousTitre:
      'Un registre par année et par sens. Aucun numéro ne se perd : un numéro annulé y reste avec son motif.',
    registreArrivees: 'Arrivées {annee}',
    registreDeparts: 'Départs {annee}',
    tousLesRegistres: 'Tous les registres',
    colRegistre: 'Registre',
    colProchain: 'Prochain numéro',
    colFormat: 'Format',
    colMode: 'Mode',
    colDepart: 'Premier numéro',
    colAttribues: 'Attribués',
    colAnnules: 'Annulés',
    colDetruits: 'Détruits',
    colControle: 'Contrôle',
    automatique: 'Automatique',
    manuel: 'Manuel',
    complet: 'Complet',
    manquants: 'Places sans numéro',
    intervalle: '{de} à {a}',
    annulerTitre: 'Annuler le prochain numéro',
    annulerAide:
      'Pour un numéro déjà écrit ou tamponné sur un papier gâché. Il restera dans le registre, barré, avec son motif.',
    annulerBouton: 'Annuler ce numéro',
    annulerConfirmer: 'Annuler ce numéro ? Il ne pourra plus être attribué.',
    annule: 'Le numéro {numero} est annulé.',
    prochainChange:
      'Le numéro {attendu} n’est plus le prochain\u00A0: c’est {numero}. Rien n’a été annulé\u00A0; vérifiez avant de recommencer.',
    motif: 'Motif',
    motifAide: 'Ce qui s’est passé, en quelques mots : il se lira dans le registre.',
    fluxRequis: 'Choisissez le registre.',
  },
  en: {
    formatVide: 'The format is empty.',
    formatTropLong: 'A number of this format may be longer than {n} characters.',
    formatAccolades: 'A brace is not closed or not opened.',
    formatPlaceInconnue:
      'Only {year}, {yy}, {counter}, {counter:05d}, {dept} and {flux} may stand in braces.',
    formatCaracteres: 'Only letters, digits, spaces and - / . _ ° ( ) are allowed.',
    formatDebut:
      'A number begins with a letter, a digit or a bracket, without a space at its edges or a double space.',
    formatCompteurManque: 'Automatic numbering needs a counter, such as {counter:05d}.',
    formatCompteurDouble: 'The counter may appear only once.',
    formatDeptDouble: '{dept} may appear only once.',
    formatDeptColle:
      'Put a sign (such as a hyphen) between {dept} and the counter, or two letters could get the same number.',
    formatAnneeManque:
      'Add the year ({year} or {yy}): without it, next year’s numbers would repeat this year’s. It may be left out only if the starting value continues a paper register.',
    formatsSeRencontrent:
      'This format can make the same number as that of the register of {autre}. Tell them apart, for example by a letter.',
    valeurDepartRefusee: 'The starting value is a number from 1 to 99,999,999.',
    valeurDepartTardive:
      'The register of {annee} has already given numbers: its starting value can no longer change.',
    valeurDepartBasse:
      'Without a year in the format, numbers continue those of the register before: the starting value must be at least {n}.',
    anneeRefusee: 'The year is not accepted.',
    arrivees: 'incoming letters',
    departs: 'outgoing letters',
    numeroRequis: 'Enter the registration number.',
    numeroRefuse:
      'This number is not accepted: at most {n} characters, letters, digits, spaces and - / . _ ° ( ).',
    numeroPris: 'Number {numero} is already given. The next free number is {prochain}.',
    numeroPrisSimple: 'Number {numero} is already given.',
    numeroAutreRegistre: 'Number {numero} belongs to the register of {autre}.',
    numeroAutomatique: 'Numbering is automatic: the number is not typed. Reload the page and save again.',
    numeroConcurrent: 'Somebody else has just been given this number. Nothing was saved: save again.',
    numeroInconnu: 'This letter has no number in the register.',
    motifRequis: 'Give the reason: it stays in the register.',
    motifTropLong: 'The reason is longer than {n} characters.',
    sansCompteur: 'The format of this register has no counter: there is no next number to cancel.',
    registrePlein: 'The register is full: change its format.',
    refuseConfigurer: 'You may not configure the registers.',
    refuseAnnuler: 'You may not cancel a number.',
    refuseLire: 'You have no access to the registers.',
    refuseExporter: 'You may not print the register.',

    titre: 'Registers',
    sousTitre:
      'One register for each year and direction. No number is lost: a cancelled one stays with its reason.',
    registreArrivees: 'Incoming {annee}',
    registreDeparts: 'Outgoing {annee}',
    tousLesRegistres: 'All registers',
    colRegistre: 'Register',
    colProchain: 'Next number',
    colFormat: 'Format',
    colMode: 'Mode',
    colDepart: 'First number',
    colAttribues: 'Given',
    colAnnules: 'Cancelled',
    colDetruits: 'Destroyed',
    colControle: 'Check',
    automatique: 'Automatic',
    manuel: 'Manual',
    complet: 'Complete',
    manquants: 'Places without a number',
    intervalle: '{de} to {a}',
    annulerTitre: 'Cancel the next number',
    annulerAide:
      'For a number that was already written or stamped on a spoilt paper. It stays in the register, struck through, with its reason.',
    annulerBouton: 'Cancel this number',
    annulerConfirmer: 'Cancel this number? It can no longer be given.',
    annule: 'Number {numero} is cancelled.',
    prochainChange:
      'Number {attendu} is no longer the next one: it is {numero}. Nothing was cancelled; check before you try again.',
    motif: 'Reason',
    motifAide: 'What happened, in a few words: it will be read in the register.',
    fluxRequis: 'Choose the register.',
  },
});
