import {
  AppError,
  fill,
  formatBytes,
  formatDateTime,
  formatDay,
  plural,
  type Clock,
  type Lang,
} from '@gec/core';
import type { Fait, FicheInput } from '../../documents/types.ts';
import { AtelierError, type Atelier } from '../../workers/atelier.ts';
import type { Commentaire } from '../commentaires/commentaires.schema.ts';
import type { CommentairesService } from '../commentaires/commentaires.service.ts';
import { commentairesTexts } from '../commentaires/commentaires.texts.ts';
import type { Courrier, Modification } from '../courriers/courriers.schema.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import { courriersTexts } from '../courriers/courriers.texts.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { Parametres } from '../parametres/parametres.schema.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { Transmission } from '../transmissions/transmissions.schema.ts';
import type { TransmissionsService } from '../transmissions/transmissions.service.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { nomsReferentiels, type Noms } from './rapports.demande.ts';
import { enTeteDe, signatureDe } from './rapports.documents.ts';
import { rapportsTexts } from './rapports.texts.ts';

export interface FicheDeps {
  clock: Clock;
  atelier: Pick<Atelier, 'document' | 'page'>;
  courriers: Pick<CourriersService, 'get' | 'history'>;
  pieces: Pick<PiecesService, 'ofCourrier'>;
  transmissions: Pick<TransmissionsService, 'ofCourrier'>;
  commentaires: Pick<CommentairesService, 'ofCourrier'>;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants' | 'urgences'>;
  parametres: Pick<ParametresService, 'get'>;
  journal: Pick<JournalService, 'recordAlone'>;
}

/** Longest value of a field that the history quotes, in characters. */
const CITATION_MAX = 160;

const cite = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > CITATION_MAX ? `${line.slice(0, CITATION_MAX)}…` : line;
};

/** The facts of a letter as they are printed. */
function faits(courrier: Courrier, lang: Lang, noms: Noms): Fait[] {
  const t = rapportsTexts(lang);
  const fuseau = noms.reglages.fuseauHoraire;
  const arrivee = courrier.typeCourrier === 'ENTRANT';
  const statut = noms.statut(courrier.statut);
  const depuis = courrier.dateModificationStatut;
  const copie = courrier.secretaireGeneralCopie;
  const lignes: (Fait | null)[] = [
    { label: arrivee ? t.expediteur : t.destinataire, value: courrier.correspondant },
    { label: t.objet, value: courrier.objet },
    { label: t.reference, value: courrier.numeroReference ?? '' },
    {
      label: arrivee ? t.dateCourrier : t.dateEmission,
      value: courrier.dateRedaction === null ? '' : formatDay(lang, courrier.dateRedaction),
    },
    courrier.typeCourrierSortant === null
      ? null
      : { label: t.typeSortant, value: courrier.typeCourrierSortant },
    { label: t.dateEnregistrement, value: formatDateTime(lang, courrier.dateEnregistrement, fuseau) },
    {
      label: t.enregistrePar,
      value: [courrier.utilisateurNom, courrier.departementNom].filter(Boolean).join(', '),
    },
    {
      label: t.statut,
      value:
        depuis === null
          ? statut
          : fill(t.statutDepuis, { statut, date: formatDateTime(lang, depuis, fuseau) }),
    },
    courrier.urgence === null
      ? null
      : {
          label: t.urgence,
          value:
            courrier.echeance === null
              ? courrier.urgence
              : fill(t.aTraiterAvant, {
                  urgence: courrier.urgence,
                  date: formatDateTime(lang, courrier.echeance, fuseau),
                }),
        },
    copie === null
      ? null
      : { label: fill(t.copie, { titre: noms.titreResponsable }), value: copie ? t.oui : t.non },
    courrier.autresInformations === null
      ? null
      : { label: t.autresInformations, value: courrier.autresInformations },
  ];
  return lignes.filter((ligne) => ligne !== null);
}

interface Evenement {
  /** Instant (ISO 8601, UTC). */
  date: string;
  qui: string;
  quoi: string;
}

function modification(change: Modification, lang: Lang, noms: Noms): Evenement {
  const t = rapportsTexts(lang);
  const courriers = courriersTexts(lang);
  const labels: Readonly<Record<string, string>> = {
    objet: courriers.champ_objet,
    correspondant: courriers.champ_correspondant,
    numero_reference: courriers.champ_numero_reference,
    date_redaction: courriers.champ_date_redaction,
    secretaire_general_copie: courriers.champ_secretaire_general_copie,
    type_courrier_sortant_id: courriers.champ_type_courrier_sortant_id,
    urgence: courriers.champ_urgence,
    autres_informations: courriers.champ_autres_informations,
    statut: courriers.champ_statut,
    pieces: courriers.champ_pieces,
  };
  const lue = (value: string): string => {
    if (change.champ === 'statut') return noms.statut(value);
    if (change.champ === 'date_redaction') return formatDay(lang, value);
    if (change.champ === 'secretaire_general_copie') return value === 'oui' ? t.oui : t.non;
    return cite(value);
  };
  const { ancienne, nouvelle } = change;
  const words = ancienne === null ? t.evtAjout : nouvelle === null ? t.evtRetrait : t.evtChange;
  const quoi = fill(words, {
    champ: labels[change.champ] ?? change.champ,
    de: ancienne === null ? '' : lue(ancienne),
    a: nouvelle === null ? '' : lue(nouvelle),
  });
  return { date: change.date, qui: change.utilisateurNom, quoi };
}

function transmission(one: Transmission, lang: Lang): Evenement[] {
  const t = rapportsTexts(lang);
  const details: string[] = [];
  if (one.instructionLibelle !== null) {
    details.push(one.instructionLibelle.toLocaleLowerCase(lang));
  }
  if (one.echeance !== null) details.push(fill(t.evtEcheance, { date: formatDay(lang, one.echeance) }));
  let quoi = fill(t.evtTransmis, { nom: one.aNom, suite: details.map((part) => `, ${part}`).join('') });
  if (one.message !== null) quoi += `\n${one.message}`;
  const events: Evenement[] = [{ date: one.date, qui: one.deNom, quoi }];
  if (one.dateTraitement !== null) {
    events.push({ date: one.dateTraitement, qui: one.aNom, quoi: fill(t.evtTraite, { nom: one.aNom }) });
  }
  return events;
}

function commentaire(one: Commentaire, lang: Lang): Evenement {
  const quoi = `${commentairesTexts(lang)[`type_${one.type}`]} – ${one.texte}`;
  return { date: one.date, qui: one.utilisateurNom, quoi };
}

/** Too much work under way is said to the person; anything else is a fault. */
function occupe(lang: Lang, error: unknown): unknown {
  if (error instanceof AtelierError && (error.code === 'busy' || error.code === 'closed')) {
    return new AppError('unavailable', 'BUSY', rapportsTexts(lang).occupe, { retryAfter: 5, cause: error });
  }
  return error;
}

/** The record sheet of a letter. */
export function createFiche(deps: FicheDeps) {
  async function contenu(personne: Personne, courrier: Courrier, origine: string): Promise<FicheInput> {
    const { lang } = personne;
    const t = rapportsTexts(lang);
    const { id } = courrier;
    const [noms, pieces, changes, transmissions, commentaires] = await Promise.all([
      nomsReferentiels(deps.referentiels, deps.parametres),
      deps.pieces.ofCourrier(id),
      deps.courriers.history(personne, id),
      deps.transmissions.ofCourrier(personne, id),
      deps.commentaires.ofCourrier(personne, id),
    ]);
    const fuseau = noms.reglages.fuseauHoraire;
    const arrivee = courrier.typeCourrier === 'ENTRANT';
    const events: Evenement[] = [
      {
        date: courrier.dateEnregistrement,
        qui: courrier.utilisateurNom,
        quoi: fill(t.evtEnregistre, { numero: courrier.numero }),
      },
      // Newest first as they come: turned round, so that equal instants keep their order.
      ...[...changes].reverse().map((change) => modification(change, lang, noms)),
      ...[...transmissions].reverse().flatMap((one) => transmission(one, lang)),
      ...[...commentaires].reverse().map((one) => commentaire(one, lang)),
    ].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
    const urgent = courrier.statut === 'URGENT' ? noms.statut('URGENT') : undefined;
    return {
      lang,
      imprimeLe: formatDateTime(lang, deps.clock.now(), fuseau),
      imprimePar: personne.nomComplet,
      enTete: enTeteDe(noms.reglages, arrivee ? t.ficheArrivee : t.ficheDepart),
      numero: courrier.numero,
      nature: arrivee ? t.courrierArrivee : t.courrierDepart,
      marque: courrier.isDeleted ? t.corbeille : urgent,
      faits: faits(courrier, lang, noms),
      pieces: pieces.map((piece) => ({
        nom: piece.nom,
        detail: `${plural(lang, piece.pages, t.page_un, t.page_autre)} · ${formatBytes(lang, piece.taille)}`,
      })),
      historique: events.map(({ date, qui, quoi }) => ({
        date: formatDateTime(lang, date, fuseau),
        qui,
        quoi,
      })),
      signature: signatureDe(noms.reglages),
      url: `${origine}/mail/${id}`,
    };
  }

  async function enPdf(lang: Lang, input: FicheInput): Promise<Buffer> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of deps.atelier.document('fiche', input)) chunks.push(chunk as Buffer);
    } catch (error) {
      throw occupe(lang, error);
    }
    return Buffer.concat(chunks);
  }

  /**
   * What the record sheet of an invented letter looks like under some settings.
   *
   * @returns its first page, a PNG of 960 pixels
   * @throws AppError `unavailable` when too many documents are being made
   */
  async function apercu(personne: Personne, reglages: Parametres): Promise<Buffer> {
    const { lang } = personne;
    const t = rapportsTexts(lang);
    const maintenant = formatDateTime(lang, deps.clock.now(), reglages.fuseauHoraire);
    const numero = 'GEC-0000-00042';
    const pdf = await enPdf(lang, {
      lang,
      imprimeLe: maintenant,
      imprimePar: personne.nomComplet,
      enTete: enTeteDe(reglages, t.ficheArrivee),
      signature: signatureDe(reglages),
      numero,
      nature: t.courrierArrivee,
      faits: [
        { label: t.expediteur, value: t.exempleExpediteur },
        { label: t.objet, value: t.exempleObjet },
        { label: t.dateEnregistrement, value: maintenant },
      ],
      pieces: [],
      historique: [{ date: maintenant, qui: personne.nomComplet, quoi: fill(t.evtEnregistre, { numero }) }],
      url: 'https://gec.example/mail/42',
    });
    try {
      return (await deps.atelier.page([pdf], { page: 1, width: 960, format: 'png' })).image;
    } catch (error) {
      throw occupe(lang, error);
    }
  }

  /**
   * The record sheet of a letter as a PDF, noted in the journal.
   *
   * @param origine scheme and host under which people reach the program, for the QR code
   * @throws AppError not-found; `unavailable` when too many documents are being made
   */
  async function fiche(
    personne: Personne,
    courrierId: number,
    origine: string,
  ): Promise<{ nom: string; pdf: Buffer }> {
    const t = rapportsTexts(personne.lang);
    const courrier = await deps.courriers.get(personne, courrierId);
    const input = await contenu(personne, courrier, origine);
    const pdf = await enPdf(personne.lang, input);
    await deps.journal.recordAlone(personne, {
      action: 'courrier.fiche',
      courrierId: courrier.id,
      numero: courrier.numero,
    });
    return { nom: `${fill(t.fiche, { numero: courrier.numero })}.pdf`, pdf };
  }

  return { fiche, apercu };
}
