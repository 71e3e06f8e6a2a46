import { defineTexts } from '@gec/core';

/** Words of `gec backup` and `gec restore`. */
export const sauvegardesCliTexts = defineTexts('cli-sauvegardes', {
  fr: {
    backup:
      'Les sauvegardes chiffrées de toute l’installation. Sans sous-commande\u00A0: en faire une, pendant que le programme marche.',
    create: 'Faire une sauvegarde et la relire.',
    list: 'Lister les sauvegardes gardées.',
    verify: 'Lire toute une sauvegarde et contrôler chaque somme. Sortie 3 si elle est abîmée.',
    key: 'Créer une clé de sauvegarde. La moitié secrète n’est affichée que cette fois.',
    restore:
      'Remettre une sauvegarde. Arrêtez d’abord le programme. Rien n’est changé avant que tout ait été lu et les clés essayées.',
    argArchive: 'fichier, nom dans le lieu de sauvegarde, ou s3://…',
    optDestination: 'dossier ou s3://compartiment/préfixe',
    optCle: 'clé publique de sauvegarde',
    optCleSecrete: 'fichier de la moitié secrète de la clé',
    optPhrase: 'fichier de la phrase secrète (première ligne)',
    optDemander: 'demander la phrase ou la clé secrète au clavier',
    optSansSecrets: 'ne pas joindre les secrets que l’installation s’est faits',
    optGarder: 'garder la moitié publique dans les réglages',
    optRemplacer: 'remplacer ce qui existe, après une copie de sûreté',
    lecture: 'Vérification',
    copie: 'Copie de sûreté',
    remise: 'Remise en place',
    sauvegarde: 'Sauvegarde',
    index: 'Index de recherche',
    fait: 'Sauvegarde\u00A0: {adresse}\n{lignes} lignes, {fichiers} fichiers, {taille}.',
    absents: 'Fichiers absents du dépôt\u00A0: {n}.',
    bonne: 'La sauvegarde du {quand} est entière\u00A0: {lignes} lignes, {fichiers} fichiers ({taille}).',
    abimee: 'La sauvegarde est abîmée\u00A0: {detail}',
    etrangere: 'Ce n’est pas une sauvegarde de GEC Mines.',
    autreSecret: 'La phrase ou la clé n’est pas celle de cette sauvegarde.',
    nouvelle: 'Une version plus récente du programme a fait cette sauvegarde. Installez-la d’abord.',
    sansSecret:
      'Il faut une phrase ou une clé\u00A0: --passphrase-file, --key-file, --prompt, GEC_BACKUP_PASSPHRASE ou GEC_BACKUP_SECRET_KEY.',
    sansCle:
      'Personne ne pourrait ouvrir la sauvegarde\u00A0: créez une clé (gec backup key --keep) ou donnez une phrase.',
    demande: 'Phrase ou clé secrète\u00A0: ',
    aucune: 'Aucune sauvegarde.',
    colNom: 'Nom',
    colQuand: 'Date',
    colTaille: 'Taille',
    colPour: 'Pour',
    pourPhrase: 'phrase',
    pourCle: 'clé {id}',
    pourInconnu: 'illisible',
    clePublique: 'Clé publique ({id})\u00A0: {cle}',
    cleSecrete:
      'Clé secrète, affichée cette seule fois. Imprimez-la et gardez-la hors de cette machine\u00A0:\n{cle}',
    cleGardee: 'La clé publique est dans les réglages\u00A0: les sauvegardes seront chiffrées pour elle.',
    refus_SECRETS_ABSENTS:
      'La sauvegarde ne contient pas la clé maîtresse ni le sel des mots de passe. Donnez ceux de l’installation d’origine\u00A0: GEC_MASTER_KEY et GEC_PASSWORD_SALT.',
    refus_AUTRE_CLE:
      'La clé maîtresse d’ici n’est pas celle de la sauvegarde. Donnez la sienne (GEC_MASTER_KEY), ou restaurez dans un dossier de données vide.',
    refus_AUTRE_POIVRE:
      'Le sel des mots de passe d’ici n’est pas celui de la sauvegarde\u00A0: personne ne pourrait se connecter. Donnez le sien (GEC_PASSWORD_SALT).',
    refus_OCCUPEE:
      'Il y a déjà des courriers ou des comptes ici. Avec --replace, ils seront remplacés après une copie de sûreté.',
    refus_EN_SERVICE: 'Un programme utilise cette base. Arrêtez-le, puis recommencez.',
    copieFaite: 'Copie de ce qui était là\u00A0: {adresse}',
    secretsRemis: 'Secrets remis dans le dossier de données\u00A0: {noms}.',
    secretsAPoser: 'Sur PostgreSQL, donnez-les au programme comme variables avant de le démarrer.',
    remis:
      'Sauvegarde du {quand} remise\u00A0: {lignes} lignes, {fichiers} fichiers. Toutes les sessions sont fermées. Vous pouvez démarrer le programme.',
  },
  en: {
    backup:
      'Encrypted backups of the whole installation. Without a sub-command: make one, while the program runs.',
    create: 'Make a backup and read it again.',
    list: 'List the backups that are kept.',
    verify: 'Read a whole backup and check every sum. Exits with 3 when it is damaged.',
    key: 'Make a backup key. The secret half is shown this once.',
    restore:
      'Put a backup back. Stop the program first. Nothing is changed before all of it was read and the keys were tried.',
    argArchive: 'file, name where backups are kept, or s3://…',
    optDestination: 'folder or s3://bucket/prefix',
    optCle: 'public backup key',
    optCleSecrete: 'file of the secret half of the key',
    optPhrase: 'file of the passphrase (first line)',
    optDemander: 'ask for the passphrase or secret key at the keyboard',
    optSansSecrets: 'leave out the secrets that the installation made for itself',
    optGarder: 'keep the public half in the settings',
    optRemplacer: 'replace what is there, after a safety copy',
    lecture: 'Verification',
    copie: 'Safety copy',
    remise: 'Putting back',
    sauvegarde: 'Backup',
    index: 'Search index',
    fait: 'Backup: {adresse}\n{lignes} rows, {fichiers} files, {taille}.',
    absents: 'Files missing from the store: {n}.',
    bonne: 'The backup of {quand} is whole: {lignes} rows, {fichiers} files ({taille}).',
    abimee: 'The backup is damaged: {detail}',
    etrangere: 'This is not a backup of GEC Mines.',
    autreSecret: 'The passphrase or key is not the one of this backup.',
    nouvelle: 'A newer version of the program made this backup. Install that first.',
    sansSecret:
      'A passphrase or key is needed: --passphrase-file, --key-file, --prompt, GEC_BACKUP_PASSPHRASE or GEC_BACKUP_SECRET_KEY.',
    sansCle: 'Nobody could open the backup: make a key (gec backup key --keep) or give a passphrase.',
    demande: 'Passphrase or secret key: ',
    aucune: 'No backup.',
    colNom: 'Name',
    colQuand: 'Date',
    colTaille: 'Size',
    colPour: 'For',
    pourPhrase: 'passphrase',
    pourCle: 'key {id}',
    pourInconnu: 'unreadable',
    clePublique: 'Public key ({id}): {cle}',
    cleSecrete: 'Secret key, shown this once. Print it and keep it away from this machine:\n{cle}',
    cleGardee: 'The public key is in the settings: backups will be sealed for it.',
    refus_SECRETS_ABSENTS:
      'The backup does not hold the master key and the salt of the passwords. Give those of the original installation: GEC_MASTER_KEY and GEC_PASSWORD_SALT.',
    refus_AUTRE_CLE:
      'The master key here is not that of the backup. Give its own (GEC_MASTER_KEY), or restore into an empty data folder.',
    refus_AUTRE_POIVRE:
      'The salt of the passwords here is not that of the backup: nobody could sign in. Give its own (GEC_PASSWORD_SALT).',
    refus_OCCUPEE:
      'There are letters or accounts here already. With --replace they are replaced after a safety copy.',
    refus_EN_SERVICE: 'A program uses this database. Stop it, then try again.',
    copieFaite: 'Copy of what was there: {adresse}',
    secretsRemis: 'Secrets put back into the data folder: {noms}.',
    secretsAPoser: 'On PostgreSQL, give them to the program as variables before starting it.',
    remis:
      'Backup of {quand} put back: {lignes} rows, {fichiers} files. All sessions are closed. You may start the program.',
  },
});
