import { z } from 'zod';
import { TYPES_COMMENTAIRE, type Commentaire } from './commentaires.schema.ts';

/** A text beside a letter as JSON clients see it; names of the specification's columns. */
export const commentaireShape = z.object({
  id: z.number().int(),
  courrier_id: z.number().int(),
  user_id: z.number().int(),
  user: z.string(),
  type_comment: z.enum(TYPES_COMMENTAIRE),
  commentaire: z.string(),
  date_creation: z.string().describe('Instant, RFC 3339, UTC'),
});

/** A text beside a letter as it leaves the program. */
export function presentCommentaire(one: Commentaire): z.output<typeof commentaireShape> {
  return {
    id: one.id,
    courrier_id: one.courrierId,
    user_id: one.utilisateurId,
    user: one.utilisateurNom,
    type_comment: one.type,
    commentaire: one.texte,
    date_creation: one.date,
  };
}
