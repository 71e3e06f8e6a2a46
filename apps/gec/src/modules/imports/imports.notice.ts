import type { Readable } from 'node:stream';
import { formatDate, formatDay } from '@gec/core';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { LettreImportee } from './imports.schema.ts';
import { importsTexts } from './imports.texts.ts';

/**
 * Makes the page that stands for the scan of a letter taken over from a paper register: the rule that every letter has
 * a file holds, and whoever opens it reads that the letter itself was never scanned.
 */
export function createNotice(deps: {
  atelier: Pick<Atelier, 'document'>;
  parametres: Pick<ParametresService, 'get'>;
}) {
  return async (lettre: LettreImportee): Promise<Readable> => {
    // In French whatever the language of whoever imports: it becomes a document of the office.
    const lang = 'fr';
    const t = importsTexts(lang);
    const { organisme, fuseauHoraire } = await deps.parametres.get();
    const arrivee = lettre.flux === 'ENTRANT';
    const faits = [
      { label: t.objet, value: lettre.objet },
      { label: arrivee ? t.expediteur : t.destinataire, value: lettre.correspondant },
      { label: t.reference, value: lettre.numeroReference ?? '' },
      { label: t.dateCourrier, value: lettre.dateRedaction ? formatDay(lang, lettre.dateRedaction) : '' },
      { label: t.dateEnregistrement, value: formatDate(lang, lettre.dateEnregistrement, fuseauHoraire) },
      { label: t.observations, value: lettre.autresInformations ?? '' },
    ];
    return deps.atelier.document('notice', {
      lang,
      organisme,
      titre: t.noticeTitre,
      nature: arrivee ? t.arrivee : t.depart,
      numero: lettre.numero,
      texte: t.noticeTexte,
      faits: faits.filter(({ value }) => value !== ''),
    });
  };
}
