const fr = {
  profil: 'Mon profil',
  profilCompte: 'Compte et sécurité',
  profilCoordonnees: 'Coordonnées et photo',
  profilNotifications: 'Notifications',
  profilTenu: 'Tenu par l’administration',
  profilTenuTexte: 'Demandez à l’administrateur de corriger ce qui n’est pas juste.',
  coordonneesEnregistrees: 'Vos coordonnées sont enregistrées.',
  notificationsTexte:
    'De quoi voulez-vous être prévenu, et comment ? Dans la page, c’est la cloche en haut de l’écran.',
  notificationsEnregistrees: 'Vos choix de notifications sont enregistrés.',
  canalPage: 'Dans la page',
  canalCourriel: 'Par e-mail',
};

const en: Record<keyof typeof fr, string> = {
  profil: 'My profile',
  profilCompte: 'Account and security',
  profilCoordonnees: 'Particulars and photograph',
  profilNotifications: 'Notifications',
  profilTenu: 'Kept by the administration',
  profilTenuTexte: 'Ask the administrator to correct what is not right.',
  coordonneesEnregistrees: 'Your particulars were saved.',
  notificationsTexte: 'What do you want to be told of, and how? In the page means the bell at the top.',
  notificationsEnregistrees: 'Your choices were saved.',
  canalPage: 'In the page',
  canalCourriel: 'By e-mail',
};

/** Words of one’s own profile: particulars, and what one is told of. */
export const profilMots = { fr, en };
