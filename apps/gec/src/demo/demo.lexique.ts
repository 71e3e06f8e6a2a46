// Invented senders and subjects, as a registry office of the mines writes them. Companies and people do not exist.

/** A sender, how it writes its references, and what it writes about. `{…}` places are filled for each letter. */
export interface Famille {
  /** Share among the letters that arrive. */
  readonly poids: number;
  readonly expediteurs: readonly string[];
  readonly references: readonly string[];
  readonly objets: readonly string[];
  /** Department to which such a letter is sent on. */
  readonly departement: 'JUR' | 'TECH' | 'FIN' | 'ADM';
}

export const PROVINCES = [
  'Haut-Katanga',
  'Lualaba',
  'Haut-Lomami',
  'Tanganyika',
  'Nord-Kivu',
  'Sud-Kivu',
  'Maniema',
  'Ituri',
  'Haut-Uélé',
  'Bas-Uélé',
  'Tshopo',
  'Kasaï',
  'Kasaï-Oriental',
  'Kasaï-Central',
  'Kongo-Central',
] as const;

/** `du Haut-Katanga`, `de l’Ituri`, `de la Tshopo`. */
function deLa(province: string): string {
  if (province === 'Ituri') return `de l’${province}`;
  return province === 'Tshopo' ? `de la ${province}` : `du ${province}`;
}

/** How a division writes the name of its province in references. */
export const SIGLES: Readonly<Record<(typeof PROVINCES)[number], string>> = {
  'Haut-Katanga': 'HK',
  Lualaba: 'LB',
  'Haut-Lomami': 'HL',
  Tanganyika: 'TG',
  'Nord-Kivu': 'NK',
  'Sud-Kivu': 'SK',
  Maniema: 'MN',
  Ituri: 'IT',
  'Haut-Uélé': 'HU',
  'Bas-Uélé': 'BU',
  Tshopo: 'TS',
  Kasaï: 'KS',
  'Kasaï-Oriental': 'KO',
  'Kasaï-Central': 'KC',
  'Kongo-Central': 'CG',
};

/** Words for the places of subjects and references. */
export const MOTS: Readonly<Record<string, readonly string[]>> = {
  province: PROVINCES,
  minerai: [
    'cuivre',
    'cobalt',
    'or',
    'cassitérite',
    'coltan',
    'wolframite',
    'diamant',
    'manganèse',
    'lithium',
  ],
  site: ['Kasenga', 'Mutanda-Nord', 'Luisha-Est', 'Kamisombe', 'Bukama', 'Kalima', 'Walungu', 'Manono-Sud'],
  titre: ['permis de recherches', 'permis d’exploitation', 'permis d’exploitation de petite mine'],
  trimestre: ['premier trimestre', 'deuxième trimestre', 'troisième trimestre'],
  mois: ['août', 'septembre', 'octobre'],
  taxe: [
    'de la redevance minière',
    'des droits superficiaires annuels',
    'de la taxe sur les véhicules de chantier',
  ],
  duree: ['deux ans', 'cinq ans', 'quinze ans'],
};

const COOPERATIVES = [
  'Coopérative minière Tuungane de Walungu',
  'Coopérative des creuseurs artisanaux de Kalima (COCAK)',
  'Coopérative minière Maendeleo de Kamituga',
  'Coopérative minière Umoja wa Wachimbaji',
  'Coopérative minière artisanale de Bukama (COMABU)',
];

export const FAMILLES: readonly Famille[] = [
  {
    poids: 24,
    expediteurs: PROVINCES.map((province) => `Division provinciale des Mines ${deLa(province)}`),
    references: [
      'DPM-{sigle}/{n}/{mm}/{aaaa}',
      'N° DPM/{sigle}/{n}/SEC/{aaaa}',
      '{n}/DIVIMINES/{sigle}/{aaaa}',
    ],
    objets: [
      'Transmission du rapport d’activités du {trimestre} {aaaa}',
      'Statistiques de production artisanale de {minerai}, mois de {mois} {aaaa}',
      'Rapport de mission d’inspection sur le site de {site}',
      'Signalement d’exploitation illicite de {minerai} sur le site de {site}',
      'Demande de matériel informatique et de fournitures de bureau',
      'Affectation et prise de fonction d’agents à la Division provinciale',
      'Conflit entre exploitants artisanaux et titulaire du {titre} n° {pn}',
      'Situation de la zone d’exploitation artisanale de {site}',
      'Accident survenu sur le site minier de {site} : compte rendu circonstancié',
      'Transmission des procès-verbaux de la commission provinciale de lutte contre la fraude minière',
    ],
    departement: 'TECH',
  },
  {
    poids: 22,
    expediteurs: [
      'Kalunga Mining SARL',
      'Société minière de Kasombwe SA',
      'Lufira Copper & Cobalt SAS',
      'Compagnie minière du Moyen-Lualaba',
      'Tenda Cuivre SA',
      'Nyota Gold Resources SARL',
      'Minière de la Luapula SA',
      'Kivu Étain SARL',
      'Mbanza Lithium SAS',
      'Entreprise minière Busanga-Sud',
      'Société d’exploitation des carrières du Kwango',
    ],
    references: [
      '{sig}/DG/{n}/{aa}',
      'N/Réf. : {sig}/DAJ/{n}/{aaaa}',
      '{sig}/DIR/{mm}/{n}',
      '{sig}-{n}/{aaaa}',
    ],
    objets: [
      'Demande de renouvellement du {titre} n° {pn} pour {duree}',
      'Dépôt du rapport annuel d’activités relatif au {titre} n° {pn}',
      'Déclaration de production de {minerai}, mois de {mois} {aaaa}',
      'Demande d’audience auprès de Monsieur le Secrétaire Général',
      'Paiement {taxe} : transmission des preuves',
      'Recours gracieux contre la décision de déchéance du {titre} n° {pn}',
      'Demande d’autorisation de traitement des rejets de {minerai} à {site}',
      'Notification de cas de force majeure sur le périmètre de {site}',
      'Cahier des charges de responsabilité sociétale : transmission du projet signé avec les communautés de {site}',
      'Demande d’autorisation d’exportation d’échantillons de {minerai} pour analyses',
      'Étude d’impact environnemental et social du projet {site} : dépôt de la version révisée',
      'Sous-traitance : liste des entreprises retenues pour l’exercice {aaaa}',
    ],
    departement: 'TECH',
  },
  {
    poids: 10,
    expediteurs: COOPERATIVES,
    references: ['COOP/{n}/{aaaa}', 'N° {n}/CM/{mm}/{aaaa}', ''],
    objets: [
      'Demande d’agrément au titre de coopérative minière',
      'Renouvellement de l’agrément et transmission de la liste des membres',
      'Demande d’institution d’une zone d’exploitation artisanale à {site}',
      'Plainte contre les tracasseries sur l’axe {site} – chef-lieu',
      'Demande de cartes d’exploitant artisanal pour {n2} membres',
      'Invitation à l’assemblée générale ordinaire',
    ],
    departement: 'JUR',
  },
  {
    poids: 13,
    expediteurs: [
      'Cadastre minier (CAMI), Direction générale',
      'Cadastre minier (CAMI), Direction technique',
      'Cadastre minier, Bureau provincial de Lubumbashi',
    ],
    references: ['CAMI/DG/{n}/{aaaa}', 'N/Réf. CAMI/DT/{n}/{mm}/{aaaa}'],
    objets: [
      'Avis cadastral favorable relatif au {titre} n° {pn}',
      'Avis cadastral défavorable : empiètement sur le {titre} n° {pn}',
      'Transmission des titres miniers à signer, bordereau n° {n2}',
      'Liste des titulaires en défaut de paiement des droits superficiaires annuels',
      'Déchéance de droits miniers : projet d’arrêté concernant {n2} titres',
      'Inscription d’une hypothèque sur le {titre} n° {pn}',
      'Situation des carrés miniers libérés dans la province : {province}',
    ],
    departement: 'JUR',
  },
  {
    poids: 14,
    expediteurs: [
      'Ministère des Mines, Cabinet du Ministre',
      'Ministère des Finances',
      'Ministère du Budget',
      'Ministère de la Fonction publique',
      'Ministère de l’Environnement et Développement durable',
      'Ministère de l’Intérieur et Sécurité',
      'Ministère du Commerce extérieur',
      'Ministère de l’Industrie',
      'Primature, Cabinet du Premier ministre',
      'Présidence de la République, Collège Mines et Énergie',
    ],
    references: ['N° CAB.MIN/{sig3}/{n}/{aaaa}', 'CAB/{sig3}/{n}/{mm}/{aaaa}', 'N° {n}/CAB/{sig3}/{aaaa}'],
    objets: [
      'Convocation à la réunion interministérielle sur la traçabilité des minerais',
      'Prévisions budgétaires de l’exercice {an1} : cadrage et calendrier',
      'Mise à la retraite d’agents : demande des dossiers administratifs',
      'Mécanisation des nouvelles unités et régularisation des primes',
      'Transmission du compte rendu du Conseil des ministres en ce qui concerne le secteur minier',
      'Projet de décret portant réglementation de la filière {minerai} : demande d’avis',
      'Instruction relative au paiement {taxe}',
      'Demande de désignation de deux experts pour la commission ad hoc',
      'Audit des effectifs : mission de contrôle dans vos services',
      'Suivi des recommandations de la table ronde sur le secteur extractif',
    ],
    departement: 'ADM',
  },
  {
    poids: 7,
    expediteurs: [
      'Ambassade du Royaume de Belgique',
      'Ambassade de la République populaire de Chine',
      'Ambassade de la République d’Afrique du Sud',
      'Ambassade du Japon',
      'Ambassade du Canada',
      'Délégation de l’Union européenne',
    ],
    references: ['NV/{n}/{aaaa}', 'Note verbale n° {n}/{aaaa}'],
    objets: [
      'Note verbale : visite d’une délégation d’investisseurs du secteur minier',
      'Invitation à la conférence internationale sur les minerais stratégiques',
      'Demande d’information sur les conditions d’accès aux {titre}',
      'Programme de bourses de formation en géologie et mines',
      'Coopération technique : proposition de mémorandum d’entente',
    ],
    departement: 'ADM',
  },
  {
    poids: 10,
    expediteurs: [
      'Service d’assistance et d’encadrement de l’exploitation minière artisanale',
      'Centre d’expertise, d’évaluation et de certification des substances minérales',
      'Direction de Géologie',
      'Direction des Mines',
      'Direction de protection de l’environnement minier',
      'Corps des Mines, Inspection générale',
      'Inspection générale des Finances',
      'Intersyndicale de l’Administration des Mines',
      'Chambre des Mines, Fédération des entreprises',
    ],
    references: ['{sig3}/DG/{n}/{aaaa}', 'N° {n}/{sig3}/{mm}/{aaaa}', 'DIR/{n}/{aaaa}'],
    objets: [
      'Demande d’ordre de mission, province : {province}',
      'Rapport de certification des lots de {minerai}, mois de {mois} {aaaa}',
      'Demande de décaissement des frais de fonctionnement, {trimestre} {aaaa}',
      'Revendications relatives aux primes des agents et fonctionnaires',
      'Transmission du plan d’action et du budget prévisionnel {an1}',
      'Organisation de l’atelier de validation du manuel de traçabilité',
      'Observations sur le projet d’arrêté fixant les valeurs de référence du {minerai}',
      'Mission de contrôle : préparation et documents à produire',
    ],
    departement: 'FIN',
  },
];

/** Letters that the office itself sends out. */
export const DEPARTS: readonly { objet: string; type: string; destinataires: readonly string[] }[] = [
  {
    objet: 'Réponse à votre demande de renouvellement du {titre} n° {pn}',
    type: 'Lettre officielle',
    destinataires: ['Kalunga Mining SARL', 'Tenda Cuivre SA', 'Nyota Gold Resources SARL'],
  },
  {
    objet: 'Convocation à la réunion des chefs de division, {mois} {aaaa}',
    type: 'Convocation',
    destinataires: ['Chefs de division provinciale des Mines'],
  },
  {
    objet: 'Note circulaire relative à la transmission des statistiques mensuelles de production',
    type: 'Note circulaire',
    destinataires: ['Divisions provinciales des Mines (toutes)'],
  },
  {
    objet: 'Rapport sur l’état d’avancement des réformes du secteur, {trimestre} {aaaa}',
    type: 'Rapport',
    destinataires: ['Ministère des Mines, Cabinet du Ministre'],
  },
  {
    objet: 'Transmission des avis techniques sur le projet de décret relatif à la filière {minerai}',
    type: 'Lettre officielle',
    destinataires: ['Ministère des Mines, Cabinet du Ministre', 'Ministère de l’Industrie'],
  },
  {
    objet: 'Désignation des points focaux pour l’audit des effectifs',
    type: 'Note de service',
    destinataires: ['Directions et services du Secrétariat Général'],
  },
  {
    objet: 'Suspension des activités d’exploitation artisanale sur le site de {site}',
    type: 'Note télégramme',
    destinataires: [
      'Division provinciale des Mines du Sud-Kivu',
      'Division provinciale des Mines du Maniema',
    ],
  },
];

/** Words that a head of department leaves when a letter is dealt with. */
export const NOTES = [
  'Projet de réponse transmis à la signature.',
  'Réponse envoyée ce jour.',
  'Dossier complet, classé.',
  'Avis technique joint au dossier.',
  'Réunion tenue avec le demandeur, compte rendu au dossier.',
  'Pris en compte dans le prochain rapport.',
  '',
  '',
];

/** Words with which the Secrétaire Général sends a letter on. */
export const MESSAGES = [
  'Me faire rapport avant la réunion de cabinet.',
  'À traiter en priorité.',
  'Vérifier la concordance avec le dossier du cadastre.',
  'Voir aussi la lettre précédente du même expéditeur.',
  'Préparer une réponse pour ma signature.',
];

/** Annotations beside letters. */
export const ANNOTATIONS = [
  'Original remis au secrétariat, deux annexes.',
  'Appel téléphonique de l’expéditeur le même jour.',
  'Copie réservée au Directeur des Mines.',
  'Pièce manquante réclamée par téléphone.',
  'Vu par le Secrétaire Général.',
];
