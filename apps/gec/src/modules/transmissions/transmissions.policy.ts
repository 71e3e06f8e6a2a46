import { addDays, fill, isDay, type FieldError, type UserActor } from '@gec/core';
import { cleanNote } from '../commentaires/commentaires.schema.ts';
import {
  DESTINATAIRES_MAX,
  ECHEANCE_JOURS_MAX,
  MESSAGE_MAX,
  type NouvelleTransmission,
} from './transmissions.schema.ts';
import { transmissionsTexts } from './transmissions.texts.ts';

/** A transmission that may be made, cleaned. */
export interface TransmissionValable {
  readonly ok: true;
  readonly destinataires: readonly number[];
  readonly instruction: string | null;
  readonly message: string | null;
  readonly echeance: string | null;
}

/**
 * Checks what is asked of the recipients of a letter.
 *
 * @param actifs active people other than the actor
 * @param instructions codes of the standard instructions in use
 * @param aujourdhui today in the office's zone, `YYYY-MM-DD`
 */
export function checkTransmission(
  actor: UserActor,
  input: NouvelleTransmission,
  {
    actifs,
    instructions,
    aujourdhui,
  }: { actifs: ReadonlyMap<number, unknown>; instructions: ReadonlySet<string>; aujourdhui: string },
): TransmissionValable | { readonly ok: false; readonly errors: readonly FieldError[] } {
  const t = transmissionsTexts(actor.lang);
  const errors: FieldError[] = [];
  const refuse = (field: string, message: string) => errors.push({ field, message });

  const destinataires = [...new Set(input.destinataires)];
  if (destinataires.length === 0) refuse('destinataires', t.destinataireRequis);
  else if (destinataires.length > DESTINATAIRES_MAX) {
    refuse('destinataires', fill(t.tropDeDestinataires, { max: DESTINATAIRES_MAX }));
  } else if (destinataires.includes(actor.userId)) refuse('destinataires', t.soiMeme);
  else if (destinataires.some((id) => !actifs.has(id))) refuse('destinataires', t.destinataireInconnu);

  const instruction = input.instruction && instructions.has(input.instruction) ? input.instruction : null;
  if (input.instruction && instruction === null) refuse('instruction', t.instructionInconnue);

  const message = cleanNote(input.message ?? '');
  if (message.length > MESSAGE_MAX) refuse('message', fill(t.messageLong, { max: MESSAGE_MAX }));

  const echeance = input.echeance || null;
  if (echeance !== null) {
    if (!isDay(echeance)) refuse('echeance', t.echeanceInvalide);
    else if (echeance < aujourdhui) refuse('echeance', t.echeancePassee);
    else if (echeance > addDays(aujourdhui, ECHEANCE_JOURS_MAX)) refuse('echeance', t.echeanceLointaine);
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, destinataires, instruction, message: message || null, echeance };
}
