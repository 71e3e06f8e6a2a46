import { defineTexts } from '@gec/core';

/** Words of the keys. */
export const clesTexts = defineTexts('cles', {
  fr: {
    refuse: 'La gestion des clés est réservée aux administrateurs du système.',
    nouvelleManque:
      'La clé maîtresse vient de l’environnement\u00A0: donnez la nouvelle dans GEC_NEW_MASTER_KEY (openssl rand -base64 32), puis relancez cette commande.',
    nouvelleMeme: 'La nouvelle clé maîtresse est la même que l’ancienne.',
    maitreAutre:
      'La clé maîtresse {empreinte} n’ouvre plus cette base\u00A0: elle a été remplacée. Redémarrez avec la nouvelle.',
    but_field: 'champs',
    but_file: 'fichiers',
    but_index: 'index de recherche',
    but_audit: 'journal',
    but_identity: 'identité de l’installation',
  },
  en: {
    refuse: 'Managing keys is for administrators of the system.',
    nouvelleManque:
      'The master key comes from the environment: give the new one in GEC_NEW_MASTER_KEY (openssl rand -base64 32), then run this command again.',
    nouvelleMeme: 'The new master key is the same as the former one.',
    maitreAutre:
      'The master key {empreinte} no longer opens this database: it was replaced. Start again with the new one.',
    but_field: 'fields',
    but_file: 'files',
    but_index: 'search index',
    but_audit: 'journal',
    but_identity: 'identity of the installation',
  },
});
