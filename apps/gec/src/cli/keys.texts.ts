import { defineTexts } from '@gec/core';

/** Words of `gec keys`. */
export const cliKeysTexts = defineTexts('cli-keys', {
  fr: {
    groupe: 'Les clés de chiffrement.',
    status: 'Afficher les clés, leurs générations et ce qui porte encore une ancienne clé.',
    rotate: 'Remplacer la clé maîtresse (--master) ou les clés de données (--reseal).',
    optMaster:
      'nouvelle clé maîtresse\u00A0: écrite dans secrets.json, ou lue dans GEC_NEW_MASTER_KEY quand l’environnement donne GEC_MASTER_KEY',
    optReseal:
      'nouvelles clés de données\u00A0: champs et fichiers chiffrés à nouveau, index de recherche refait\u00A0; reprend où il s’était arrêté',
    optPurpose: 'une seule sorte de clé',
    choisir: 'Donnez --master ou --reseal (l’un ou l’autre).',
    maitre: 'Clé maîtresse\u00A0: {empreinte}',
    ouvre: '{source} ouvre cette base.',
    nOuvrePas: '{source} n’ouvre pas cette base.',
    colBut: 'Sorte',
    colCle: 'Clé',
    colDepuis: 'Depuis',
    colEtat: 'État',
    enVigueur: 'en vigueur',
    ouvreSeulement: 'ouvre seulement',
    restants:
      'Portent encore une ancienne clé\u00A0: {champs} lignes, {fichiers} fichiers, {index} entrées d’index.',
    enRetard:
      'Processus qui ne connaissent pas encore ces clés\u00A0: {n}. Redémarrez-les s’ils restent en retard.',
    etat_prepared: '{but}\u00A0: nouvelle clé annoncée aux processus, préparation {fait} sur {total}',
    etat_pause: '{but}\u00A0: suspendu, {fait} sur {total}',
    etat_sealing: '{but}\u00A0: nouveau chiffrement en cours, {fait} sur {total}',
    etat_resealed:
      '{but}\u00A0: tout est sous la nouvelle clé ({fait} refaits)\u00A0; l’ancienne sera supprimée à partir du {le}',
    etat_finished: '{but}\u00A0: renouvelé ({fait} refaits)',
    illisibles:
      '{but}\u00A0: {n} valeurs ne s’ouvrent avec aucune clé (altérées). Elles restent, et l’ancienne clé aussi.',
    attente: 'Attente des processus qui ne connaissent pas encore la nouvelle clé\u00A0: {n}',
    barre: 'Chiffrement ({but})',
    change: 'La clé maîtresse {avant} est remplacée par {apres}.',
    ancienFichier:
      'L’ancienne est gardée dans {fichier}\u00A0: mettez-la en lieu sûr pour les anciennes sauvegardes, puis supprimez ce fichier.\nRedémarrez les processus du programme\u00A0; d’ici là ils travaillent comme avant.',
    environnement:
      'Faites maintenant, sur chaque machine\u00A0: mettez dans GEC_MASTER_KEY la valeur de GEC_NEW_MASTER_KEY, retirez GEC_NEW_MASTER_KEY, redémarrez le programme.\nGardez l’ancienne clé en lieu sûr pour les anciennes sauvegardes.',
    plusTard:
      'Le programme en marche supprimera l’ancienne clé de lui-même\u00A0; sinon, relancez cette commande après cette heure.',
  },
  en: {
    groupe: 'The encryption keys.',
    status: 'Show the keys, their generations and what still bears a former key.',
    rotate: 'Replace the master key (--master) or the data keys (--reseal).',
    optMaster:
      'new master key: written into secrets.json, or read from GEC_NEW_MASTER_KEY when the environment gives GEC_MASTER_KEY',
    optReseal:
      'new data keys: fields and files encrypted anew, search index made anew; goes on where it stopped',
    optPurpose: 'one kind of key only',
    choisir: 'Give --master or --reseal (one of them).',
    maitre: 'Master key: {empreinte}',
    ouvre: '{source} opens this database.',
    nOuvrePas: '{source} does not open this database.',
    colBut: 'Kind',
    colCle: 'Key',
    colDepuis: 'Since',
    colEtat: 'State',
    enVigueur: 'in force',
    ouvreSeulement: 'only opens',
    restants: 'Still bear a former key: {champs} rows, {fichiers} files, {index} index entries.',
    enRetard: 'Processes that do not know these keys yet: {n}. Restart them if they stay behind.',
    etat_prepared: '{but}: new key announced to the processes, prepared {fait} of {total}',
    etat_pause: '{but}: paused, {fait} of {total}',
    etat_sealing: '{but}: encrypting anew, {fait} of {total}',
    etat_resealed:
      '{but}: everything is under the new key ({fait} redone); the former one will be deleted from {le} on',
    etat_finished: '{but}: renewed ({fait} redone)',
    illisibles: '{but}: {n} values open with no key (altered). They stay, and so does the former key.',
    attente: 'Waiting for processes that do not know the new key yet: {n}',
    barre: 'Encrypting ({but})',
    change: 'The master key {avant} was replaced by {apres}.',
    ancienFichier:
      'The former one is kept in {fichier}: put it in a safe place for former backups, then delete that file.\nRestart the processes of the program; until then they work as before.',
    environnement:
      'Now, on each machine: put the value of GEC_NEW_MASTER_KEY into GEC_MASTER_KEY, remove GEC_NEW_MASTER_KEY, restart the program.\nKeep the former key in a safe place for former backups.',
    plusTard:
      'The running program will delete the former key by itself; otherwise run this command again after that time.',
  },
});
