import { can, dayOf, fill, formatDate, formatDateTime, formatNumber, formatTime, type Lang } from '@gec/core';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import type {
  ColonneListe,
  ColonneXlsx,
  DocumentInputs,
  EnTete,
  Fait,
  LigneRegistre,
} from '../../documents/types.ts';
import type { Parametres } from '../parametres/parametres.schema.ts';
import type { CourrierLigne } from '../recherche/recherche.schema.ts';
import { periodeLue, phraseDesFiltres, type Noms } from './rapports.demande.ts';
import type { DemandeExport } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

/** Documents of many rows, ready for the atelier. */
export type Preparation = {
  [N in 'liste-pdf' | 'liste-xlsx' | 'registre-pdf' | 'registre-xlsx']: {
    genre: N;
    data: DocumentInputs[N];
    /** Name of the file. */
    nom: string;
  };
}['liste-pdf' | 'liste-xlsx' | 'registre-pdf' | 'registre-xlsx'];

/** Everything that the layouts of an export are made from, besides its rows. */
export interface Contexte {
  personne: Personne;
  noms: Noms;
  now: Date;
}

/** The letterhead from the settings. `titre` is the usual title where the settings have none of their own. */
export function enTeteDe(reglages: Parametres, titre: string): EnTete {
  return {
    pays: reglages.pays,
    organisme: reglages.organisme,
    adresse: reglages.adresse || undefined,
    telephone: reglages.telephone || undefined,
    email: reglages.email || undefined,
    logo: reglages.logo?.base64,
    titre: reglages.titrePdf || titre,
    sousTitre: reglages.sousTitrePdf || undefined,
    pied: reglages.piedPage || undefined,
  };
}

/** What stands under a record sheet: the title of the head over the signature; nothing where there is no signature. */
export function signatureDe(reglages: Parametres): { titre: string; image: string } | undefined {
  const { signature, titreResponsable } = reglages;
  return signature ? { titre: titreResponsable, image: signature.base64 } : undefined;
}

/** An instant as a spreadsheet's date and time in a zone: `YYYY-MM-DDTHH:MM`. */
export function instantXlsx(instant: string, fuseau: string): string {
  return `${dayOf(new Date(instant), fuseau)}T${formatTime('en', instant, fuseau)}`;
}

function colonnesPdf(lang: Lang): ColonneListe[] {
  const t = rapportsTexts(lang);
  return [
    { label: t.numeroCourt, width: 98 },
    { label: t.date, width: 66 },
    { label: t.sens, width: 46 },
    { label: t.objet, width: 264 },
    { label: t.correspondant, width: 150 },
    { label: t.reference, width: 92 },
    { label: t.statut, width: 54 },
  ];
}

function lignePdf(ligne: CourrierLigne, lang: Lang, noms: Noms): string[] {
  const t = rapportsTexts(lang);
  return [
    ligne.numero,
    formatDate(lang, ligne.dateEnregistrement, noms.reglages.fuseauHoraire),
    ligne.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart,
    ligne.objet,
    ligne.correspondant,
    ligne.numeroReference ?? '',
    noms.statut(ligne.statut),
  ];
}

function colonnesXlsx(lang: Lang, noms: Noms): ColonneXlsx[] {
  const t = rapportsTexts(lang);
  return [
    { label: t.numero, width: 20, type: 'texte' },
    { label: t.sens, width: 10, type: 'texte' },
    { label: t.dateEnregistrement, width: 17, type: 'dateHeure' },
    { label: t.dateCourrier, width: 15, type: 'date' },
    { label: t.expediteur, width: 36, type: 'texte' },
    { label: t.destinataire, width: 36, type: 'texte' },
    { label: t.objet, width: 60, type: 'texte' },
    { label: t.reference, width: 24, type: 'texte' },
    { label: t.statut, width: 14, type: 'texte' },
    { label: fill(t.copie, { titre: noms.titreResponsable }), width: 14, type: 'texte' },
    { label: t.typeSortant, width: 22, type: 'texte' },
    { label: t.urgence, width: 16, type: 'texte' },
    { label: t.autresInformations, width: 40, type: 'texte' },
    { label: t.enregistrePar, width: 24, type: 'texte' },
    { label: t.pieces, width: 8, type: 'nombre' },
  ];
}

function ligneXlsx(
  ligne: CourrierLigne,
  lang: Lang,
  noms: Noms,
  personnes: ReadonlyMap<number, string>,
): (string | number | null)[] {
  const t = rapportsTexts(lang);
  const copie = ligne.secretaireGeneralCopie;
  return [
    ligne.numero,
    ligne.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart,
    instantXlsx(ligne.dateEnregistrement, noms.reglages.fuseauHoraire),
    ligne.dateRedaction,
    ligne.expediteur,
    ligne.destinataire,
    ligne.objet,
    ligne.numeroReference,
    noms.statut(ligne.statut),
    copie === null ? null : copie ? t.oui : t.non,
    ligne.typeCourrierSortantId === null ? null : noms.type(ligne.typeCourrierSortantId),
    ligne.urgenceId === null ? null : noms.urgence(ligne.urgenceId),
    ligne.autresInformations,
    personnes.get(ligne.utilisateurId) ?? '',
    ligne.nombrePieces,
  ];
}

/** Who exported what and when: the second sheet of a spreadsheet. */
export function informations(contexte: Contexte, titre: string, quoi: Fait): Fait[] {
  const { personne, noms, now } = contexte;
  const t = rapportsTexts(personne.lang);
  return [
    { label: t.organismeInfo, value: noms.reglages.organisme },
    { label: t.titreInfo, value: titre },
    quoi,
    {
      label: t.imprimeLeInfo,
      value: formatDateTime(personne.lang, now, noms.reglages.fuseauHoraire),
    },
    { label: t.imprimeParInfo, value: personne.nomComplet },
  ];
}

export function imprime({ personne, noms, now }: Contexte) {
  const { lang, nomComplet } = personne;
  const imprimeLe = formatDateTime(lang, now, noms.reglages.fuseauHoraire);
  return { lang, imprimeLe, imprimePar: nomComplet };
}

/**
 * The list of letters as a document.
 *
 * @param comptes rows to come: in all, and by flow where the list shows both
 */
export function preparerListe(
  demande: Extract<DemandeExport, { filtres: unknown }>,
  contexte: Contexte,
  lots: AsyncIterable<readonly CourrierLigne[]>,
  comptes: { total: number; arrivees?: number; departs?: number },
  utilisateurs: Pick<UtilisateursService, 'names'>,
): Preparation {
  const { personne, noms, now } = contexte;
  const { lang } = personne;
  const t = rapportsTexts(lang);
  const fuseau = noms.reglages.fuseauHoraire;
  const filtres = phraseDesFiltres(lang, demande.filtres, noms);
  const hour = formatTime('en', now, fuseau).replace(':', 'h');
  const nom = fill(t.fichierListe, { date: `${dayOf(now, fuseau)} ${hour}` });
  const total = comptes.total;
  if (demande.genre === 'liste-pdf') {
    async function* lignes() {
      for await (const lot of lots) for (const ligne of lot) yield lignePdf(ligne, lang, noms);
    }
    const totaux: Fait[] = [{ label: t.totalCourriers, value: formatNumber(lang, total) }];
    if (comptes.arrivees !== undefined && comptes.departs !== undefined) {
      totaux.push({ label: t.arrivees, value: formatNumber(lang, comptes.arrivees) });
      totaux.push({ label: t.departs, value: formatNumber(lang, comptes.departs) });
    }
    const data = {
      ...imprime(contexte),
      enTete: enTeteDe(noms.reglages, t.liste),
      filtres,
      colonnes: colonnesPdf(lang),
      lignes: lignes(),
      total,
      totaux,
    };
    return { genre: 'liste-pdf', data, nom: `${nom}.pdf` };
  }
  async function* lignes() {
    for await (const lot of lots) {
      const personnes = await utilisateurs.names(lot.map((ligne) => ligne.utilisateurId));
      for (const ligne of lot) yield ligneXlsx(ligne, lang, noms, personnes);
    }
  }
  const data = {
    lang,
    feuille: t.feuilleListe,
    colonnes: colonnesXlsx(lang, noms),
    lignes: lignes(),
    total,
    informations: informations(contexte, t.liste, { label: t.filtresInfo, value: filtres }),
  };
  return { genre: 'liste-xlsx', data, nom: `${nom}.xlsx` };
}

/** The book of a register as a document; an extract, and named so, for whoever may not read every letter. */
export function preparerRegistre(
  demande: Extract<DemandeExport, { flux: unknown }>,
  contexte: Contexte,
  lignes: AsyncIterable<LigneRegistre>,
): Preparation {
  const { personne, noms } = contexte;
  const { lang } = personne;
  const t = rapportsTexts(lang);
  const arrivees = demande.flux === 'ENTRANT';
  const extrait = !can(personne, 'read_all_mail');
  const titres = extrait
    ? { ENTRANT: t.extraitArrivees, SORTANT: t.extraitDeparts }
    : { ENTRANT: t.registreArrivees, SORTANT: t.registreDeparts };
  const titre = titres[demande.flux];
  const limite = fill(t.extraitDe, { nom: personne.nomComplet });
  const periode = periodeLue(lang, demande.du, demande.au);
  const correspondant = arrivees ? t.expediteur : t.destinataire;
  const { du, au } = demande;
  const livre = fill(arrivees ? t.fichierRegistreArrivees : t.fichierRegistreDeparts, { du, au });
  const nom = extrait ? fill(t.fichierExtrait, { nom: livre }) : livre;
  if (demande.genre === 'registre-pdf') {
    // The book bears its own name whatever the settings call other documents: it is signed as such.
    const enTete = { ...enTeteDe(noms.reglages, titre), titre, ...(extrait ? { sousTitre: limite } : {}) };
    const data = {
      ...imprime(contexte),
      enTete,
      periode,
      correspondant,
      lignes,
      signataire: t.signataire,
      extrait,
    };
    return { genre: 'registre-pdf', data, nom: `${nom}.pdf` };
  }
  const data = {
    lang,
    feuille: t.feuilleRegistre,
    correspondant,
    lignes,
    informations: [
      ...informations(contexte, titre, { label: t.periodeInfo, value: periode }),
      ...(extrait ? [{ label: t.limiteInfo, value: limite }] : []),
    ],
  };
  return { genre: 'registre-xlsx', data, nom: `${nom}.xlsx` };
}
