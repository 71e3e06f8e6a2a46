import { defineTexts } from '@gec/core';

/** What an operator reads at start-up when a key does not fit. */
export const cryptoTexts = defineTexts('crypto', {
  fr: {
    masterKeyNotBase64:
      '{variable}\u00A0: la valeur n’est pas du base64 valide. Il faut 32 octets aléatoires en base64 (par exemple «\u00A0openssl rand -base64 32\u00A0»).',
    masterKeyLength:
      '{variable}\u00A0: la clé fait {bytes} octets au lieu de 32. Il faut 32 octets aléatoires en base64 (par exemple «\u00A0openssl rand -base64 32\u00A0»).',
    wrongMasterKey:
      'La clé maîtresse n’ouvre pas la clé de données «\u00A0{kid}\u00A0» ({purpose}) de cette base\u00A0: ce n’est pas la clé avec laquelle elle a été créée, ou la table des clés est altérée. Remettez la clé d’origine.',
  },
  en: {
    masterKeyNotBase64:
      '{variable}: the value is not valid base64. It takes 32 random bytes in base64 (for instance "openssl rand -base64 32").',
    masterKeyLength:
      '{variable}: the key has {bytes} bytes instead of 32. It takes 32 random bytes in base64 (for instance "openssl rand -base64 32").',
    wrongMasterKey:
      'The master key does not open the data key "{kid}" ({purpose}) of this database: it is not the key with which it was created, or the key table was altered. Put the original key back.',
  },
});
