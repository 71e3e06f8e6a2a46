import { defineTexts, fill, type Lang, type Texts } from '@gec/core';

/** The office's own word for its departments, as texts take it: `{departement}`, `{Departements}`… */
export interface MotsDepartement extends Readonly<Record<string, string>> {
  readonly departement: string;
  readonly Departement: string;
  readonly departements: string;
  readonly Departements: string;
}

/** The word that the settings hold until an office chooses its own. */
export const APPELLATION_PAR_DEFAUT = 'Départements';

/** A French plural as one: words that have none, or end alike in both, stay. */
function auSingulier(pluriel: string): string {
  return pluriel
    .split(' ')
    .map((mot) => {
      if (/^(de|des|du|et|à|aux|en)$/i.test(mot)) return mot;
      if (/eaux$/i.test(mot)) return mot.slice(0, -1);
      if (/aux$/i.test(mot)) return `${mot.slice(0, -3)}al`;
      return mot.replace(/([^s])s$/, '$1');
    })
    .join(' ');
}

const majuscule = (mot: string): string => mot.charAt(0).toLocaleUpperCase('fr') + mot.slice(1);
const minuscule = (mot: string): string =>
  // An abbreviation stays one.
  /^\p{Lu}\p{Lu}/u.test(mot) ? mot : mot.charAt(0).toLocaleLowerCase('fr') + mot.slice(1);

/**
 * The word that an office uses for its departments, in its four forms, for {@link fill}. In English the default is
 * translated; a word that an office chose stays its word.
 *
 * @param appellation the setting `appellationDepartement`: a plural, such as « Directions »
 */
export function motsDepartement(lang: Lang, appellation: string): MotsDepartement {
  const pluriel =
    lang === 'en' && appellation === APPELLATION_PAR_DEFAUT ? 'Departments' : appellation.trim();
  const un = auSingulier(pluriel);
  return {
    departement: minuscule(un),
    Departement: majuscule(un),
    departements: minuscule(pluriel),
    Departements: majuscule(pluriel),
  };
}

/**
 * The texts of a module with the office's own word in them; other placeholders stay to be filled.
 *
 * @param appellation as for {@link motsDepartement}
 */
export function avecMots<K extends string>(
  texts: Texts<Record<K, string>>,
  lang: Lang,
  appellation: string,
): Record<K, string> {
  const mots = motsDepartement(lang, appellation);
  const entries = Object.entries<string>(texts(lang)).map(([key, text]) => [
    key,
    text.includes('{') ? fill(text, mots) : text,
  ]);
  return Object.fromEntries(entries) as Record<K, string>;
}

/** Words of the administration of departments. `{departement}` and its forms are the office's own word. */
export const departementsTexts = defineTexts('departements', {
  fr: {
    refuse: 'Vous n’avez pas le droit de gérer cette partie de l’organisation.',
    introuvable: 'Il n’y a rien à cette adresse, ou ce n’est plus là.',
    versionPerimee: 'Quelqu’un d’autre a modifié cette fiche entre-temps. Rien n’a été changé.',
    codeForme: 'De 1 à 12 lettres sans accent ou chiffres, sans espace.',
    codePris: 'Ce code est déjà pris.',
    nomForme: 'Écrivez le nom, de 2 à 120 caractères, sur une ligne.',
    nomPris: 'Ce nom est déjà pris à cet endroit (code {code}).',
    descriptionLongue: 'Au plus {n} caractères.',
    parentInconnu: 'Ce choix n’existe pas, ou n’est plus en service.',
    parentCercle: 'Ce choix est déjà rattaché plus bas : l’organigramme tournerait en rond.',
    chefInconnu: 'Cette personne n’a pas de compte actif.',
    chefHorsPortee:
      'Le chef lit les courriers de tout ce qui est sous sa responsabilité. Vous ne pouvez pas donner à lire ce que vous ne lisez pas.',
    utilise: 'Suppression impossible : {raisons}. Vous pouvez désactiver.',
    utilisePersonnes_un: '{n} personne y est affectée',
    utilisePersonnes_autre: '{n} personnes y sont affectées',
    utiliseSous_un: '{n} {departement} y est rattaché',
    utiliseSous_autre: '{n} {departements} y sont rattachés',
    utiliseCourriers: 'des courriers y sont enregistrés',
    utiliseAilleurs: 'des éléments du registre en dépendent',
    sousTitre: 'L’organigramme. Le chef lit les courriers de son {departement} et de ceux d’en dessous.',
    ajouter: 'Ajouter',
    ajouterTitre: '{Departement} : ajouter',
    modifierTitre: '{nom} : modifier',
    chercher: 'Nom, code ou chef',
    filtreEtat: 'État',
    tousEtats: 'Tous',
    actifs: 'En service',
    inactifs: 'Désactivés',
    actif: 'En service',
    inactif: 'Désactivé',
    filtrer: 'Filtrer',
    effacer: 'Effacer les filtres',
    exporter: 'Exporter la liste',
    resume_un: '{n} entrée',
    resume_autre: '{n} entrées',
    vide: 'Rien ici',
    videTexte: 'Aucune ligne ne correspond à ces filtres.',
    nom: 'Nom',
    code: 'Code',
    codeAide: 'Court et unique. Il figure dans les numéros dont le format contient {dept}.',
    description: 'Description',
    parent: 'Rattachement',
    parentAide: 'Le niveau au-dessus dans l’organigramme.',
    aucunParent: 'Aucun (premier niveau)',
    chef: 'Chef',
    chefAide:
      'Cette personne lit tous les courriers de ce niveau et de ceux d’en dessous, quel que soit son rôle.',
    aucunChef: 'Aucun',
    chefInactif: 'compte désactivé',
    personnes: 'Personnes',
    voirPersonnes: 'Voir les personnes',
    etat: 'État',
    fiche: 'Fiche',
    enregistrer: 'Enregistrer',
    revenir: 'Annuler',
    desactiver: 'Désactiver',
    desactiverTexte: 'Les personnes et les courriers restent ; ce choix n’est plus proposé.',
    desactiverConfirmer: 'Désactiver « {nom} » ? Les personnes et les courriers restent.',
    activer: 'Remettre en service',
    activerTexte: 'Ce choix sera de nouveau proposé.',
    supprimer: 'Supprimer',
    supprimerTexte: 'Possible tant que rien n’y est rattaché.',
    supprimerConfirmer: 'Supprimer « {nom} » pour de bon ?',
    etatTitre: 'Mise en service',
    sousNiveaux: 'Niveaux rattachés',
    ajoute: '« {nom} » est ajouté à l’organigramme.',
    modifie: '« {nom} » est modifié.',
    modifieRien: 'Rien n’a changé.',
    estActive: '« {nom} » est en service.',
    estDesactive: '« {nom} » est désactivé.',
    supprime: '« {nom} » est supprimé.',
    filtreInconnu: 'Cette valeur n’existe pas.',
  },
  en: {
    refuse: 'You may not manage this part of the organisation.',
    introuvable: 'There is nothing at this address, or it is gone.',
    versionPerimee: 'Somebody else changed this meanwhile. Nothing was changed.',
    codeForme: 'From 1 to 12 letters without accents or digits, without spaces.',
    codePris: 'This code is already taken.',
    nomForme: 'Enter the name, from 2 to 120 characters, on one line.',
    nomPris: 'This name is already taken at this place (code {code}).',
    descriptionLongue: 'At most {n} characters.',
    parentInconnu: 'There is no such choice, or it is out of use.',
    parentCercle: 'This choice already lies below: the chart would go in a circle.',
    chefInconnu: 'This person has no active account.',
    chefHorsPortee:
      'A head reads the letters of everything in their charge. You cannot let others read what you do not read.',
    utilise: 'Cannot be deleted: {raisons}. You can deactivate it.',
    utilisePersonnes_un: '{n} person belongs to it',
    utilisePersonnes_autre: '{n} people belong to it',
    utiliseSous_un: '{n} {departement} is part of it',
    utiliseSous_autre: '{n} {departements} are part of it',
    utiliseCourriers: 'letters are registered there',
    utiliseAilleurs: 'things in the register depend on it',
    sousTitre: 'The organisation chart. A head reads the letters of the {departement} and of those below.',
    ajouter: 'Add',
    ajouterTitre: '{Departement}: add',
    modifierTitre: '{nom}: edit',
    chercher: 'Name, code or head',
    filtreEtat: 'State',
    tousEtats: 'All',
    actifs: 'In use',
    inactifs: 'Deactivated',
    actif: 'In use',
    inactif: 'Deactivated',
    filtrer: 'Filter',
    effacer: 'Clear filters',
    exporter: 'Export the list',
    resume_un: '{n} entry',
    resume_autre: '{n} entries',
    vide: 'Nothing here',
    videTexte: 'No row matches these filters.',
    nom: 'Name',
    code: 'Code',
    codeAide: 'Short and unique. It appears in numbers whose format contains {dept}.',
    description: 'Description',
    parent: 'Part of',
    parentAide: 'The level above in the organisation chart.',
    aucunParent: 'None (first level)',
    chef: 'Head',
    chefAide: 'This person reads all letters of this level and of those below, whatever their role.',
    aucunChef: 'None',
    chefInactif: 'account deactivated',
    personnes: 'People',
    voirPersonnes: 'See the people',
    etat: 'State',
    fiche: 'Details',
    enregistrer: 'Save',
    revenir: 'Cancel',
    desactiver: 'Deactivate',
    desactiverTexte: 'People and letters stay; it is no longer offered.',
    desactiverConfirmer: 'Deactivate “{nom}”? People and letters stay.',
    activer: 'Put back into use',
    activerTexte: 'It will be offered again.',
    supprimer: 'Delete',
    supprimerTexte: 'Possible as long as nothing belongs to it.',
    supprimerConfirmer: 'Delete “{nom}” for good?',
    etatTitre: 'In use or not',
    sousNiveaux: 'Levels below',
    ajoute: '“{nom}” was added to the chart.',
    modifie: '“{nom}” was changed.',
    modifieRien: 'Nothing changed.',
    estActive: '“{nom}” is in use.',
    estDesactive: '“{nom}” is deactivated.',
    supprime: '“{nom}” was deleted.',
    filtreInconnu: 'There is no such value.',
  },
});
