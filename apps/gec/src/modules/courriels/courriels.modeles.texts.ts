import { defineTexts } from '@gec/core';

/**
 * The templates that messages are sent from until an administrator changes them. A line whose variables are all empty
 * is left out of the message.
 */
export const modelesTexts = defineTexts('courriels.modeles', {
  fr: {
    sujet_premier_mot_de_passe: 'Votre compte {logiciel}',
    texte_premier_mot_de_passe: `Bonjour {destinataire},

Un compte vous a été ouvert dans {logiciel}.

Nom d’utilisateur : {identifiant}
Mot de passe provisoire : {mot_de_passe}
Adresse : {lien}

Ce mot de passe est à changer à la première connexion. Ne le communiquez à personne.

{organisme}`,
    sujet_reinitialisation: 'Votre nouveau mot de passe {logiciel}',
    texte_reinitialisation: `Bonjour {destinataire},

Votre mot de passe {logiciel} a été remplacé par l’administration.

Nom d’utilisateur : {identifiant}
Mot de passe provisoire : {mot_de_passe}
Adresse : {lien}

Ce mot de passe est à changer à la prochaine connexion. Si vous n’avez rien demandé, prévenez l’administration.

{organisme}`,
    sujet_transmission: 'Courrier {numero} transmis par {auteur}',
    texte_transmission: `Bonjour {destinataire},

{auteur} vous a transmis le courrier {numero}.

Objet : {objet}
Instruction : {instruction}
À traiter avant le : {echeance}

Le lire : {lien}

{organisme}`,
    sujet_nouveau_courrier: 'Nouveau courrier {numero}',
    texte_nouveau_courrier: `Bonjour {destinataire},

{auteur} a enregistré le courrier {numero} pour votre service.

Objet : {objet}

Le lire : {lien}

{organisme}`,
    sujet_commentaire: 'Courrier {numero} : {genre} de {auteur}',
    texte_commentaire: `Bonjour {destinataire},

{auteur} a écrit auprès du courrier {numero} ({genre}).

Objet : {objet}

Le lire : {lien}

{organisme}`,
    sujet_traitement: 'Courrier {numero} traité par {auteur}',
    texte_traitement: `Bonjour {destinataire},

{auteur} a traité le courrier {numero} que vous lui aviez transmis.

Objet : {objet}

Le voir : {lien}

{organisme}`,
    sujet_echeance_proche: 'Courrier {numero} : à traiter avant le {echeance}',
    texte_echeance_proche: `Bonjour {destinataire},

Le courrier {numero}, transmis par {auteur}, est à traiter avant le {echeance}.

Objet : {objet}
Instruction : {instruction}

L’ouvrir : {lien}

{organisme}`,
    sujet_echeance_depassee: 'Courrier {numero} : échéance dépassée',
    texte_echeance_depassee: `Bonjour {destinataire},

Le courrier {numero}, transmis par {auteur}, était à traiter avant le {echeance}.

Objet : {objet}
Instruction : {instruction}

L’ouvrir : {lien}

{organisme}`,
    sujet_alerte_securite: '{logiciel} : alerte de sécurité',
    texte_alerte_securite: `Bonjour {destinataire},

{detail}

Constaté le {date}.
Le journal : {lien}

{organisme}`,
    sujet_sauvegarde_echouee: '{logiciel} : la sauvegarde a échoué',
    texte_sauvegarde_echouee: `Bonjour {destinataire},

La sauvegarde du {date} a échoué. Les sauvegardes précédentes sont intactes.

{detail}
L’état du système : {lien}

{organisme}`,
  },
  en: {
    sujet_premier_mot_de_passe: 'Your {logiciel} account',
    texte_premier_mot_de_passe: `Dear {destinataire},

An account was opened for you in {logiciel}.

User name: {identifiant}
Temporary password: {mot_de_passe}
Address: {lien}

This password must be changed when you first sign in. Do not give it to anyone.

{organisme}`,
    sujet_reinitialisation: 'Your new {logiciel} password',
    texte_reinitialisation: `Dear {destinataire},

Your {logiciel} password was replaced by the administration.

User name: {identifiant}
Temporary password: {mot_de_passe}
Address: {lien}

This password must be changed when you next sign in. If you did not ask for this, tell the administration.

{organisme}`,
    sujet_transmission: 'Letter {numero} forwarded by {auteur}',
    texte_transmission: `Dear {destinataire},

{auteur} forwarded letter {numero} to you.

Subject: {objet}
Instruction: {instruction}
To be handled before: {echeance}

Read it: {lien}

{organisme}`,
    sujet_nouveau_courrier: 'New letter {numero}',
    texte_nouveau_courrier: `Dear {destinataire},

{auteur} registered letter {numero} for your department.

Subject: {objet}

Read it: {lien}

{organisme}`,
    sujet_commentaire: 'Letter {numero}: {genre} by {auteur}',
    texte_commentaire: `Dear {destinataire},

{auteur} wrote beside letter {numero} ({genre}).

Subject: {objet}

Read it: {lien}

{organisme}`,
    sujet_traitement: 'Letter {numero} handled by {auteur}',
    texte_traitement: `Dear {destinataire},

{auteur} handled letter {numero} that you had forwarded.

Subject: {objet}

See it: {lien}

{organisme}`,
    sujet_echeance_proche: 'Letter {numero}: to be handled before {echeance}',
    texte_echeance_proche: `Dear {destinataire},

Letter {numero}, forwarded by {auteur}, is to be handled before {echeance}.

Subject: {objet}
Instruction: {instruction}

Open it: {lien}

{organisme}`,
    sujet_echeance_depassee: 'Letter {numero}: deadline passed',
    texte_echeance_depassee: `Dear {destinataire},

Letter {numero}, forwarded by {auteur}, was to be handled before {echeance}.

Subject: {objet}
Instruction: {instruction}

Open it: {lien}

{organisme}`,
    sujet_alerte_securite: '{logiciel}: security alert',
    texte_alerte_securite: `Dear {destinataire},

{detail}

Noticed on {date}.
The journal: {lien}

{organisme}`,
    sujet_sauvegarde_echouee: '{logiciel}: the backup failed',
    texte_sauvegarde_echouee: `Dear {destinataire},

The backup of {date} failed. Earlier backups are intact.

{detail}
State of the system: {lien}

{organisme}`,
  },
});
