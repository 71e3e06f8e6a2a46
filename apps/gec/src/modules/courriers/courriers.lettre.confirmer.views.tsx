import { fill, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Button,
  Card,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  LinkButton,
  PageHeader,
  Stack,
  TextArea,
  TextInput,
} from '@gec/ui';
import type { Limites, PieceRecue } from '../pieces/pieces.schema.ts';
import { UploadField } from '../pieces/pieces.views.tsx';
import { carry, type Provenance } from './courriers.lettre.provenance.ts';
import { lettreTexts } from './courriers.lettre.texts.ts';
import { LONGUEURS, type Courrier } from './courriers.schema.ts';

/** What is done with a letter only after a page of its own has said what it means. */
export const GESTES = ['supprimer', 'annuler', 'detruire'] as const;
export type Geste = (typeof GESTES)[number];

interface Props {
  lang: Lang;
  csrfToken: string;
  courrier: Courrier;
  provenance: Provenance;
}

export interface ConfirmerProps extends Props {
  geste: Geste;
  saisie: { motif: string; numero: string };
  errors: readonly FieldError[];
}

/** Title, explanation and button of a confirmation. */
export function parolesDe(lang: Lang, geste: Geste, numero: string) {
  const t = lettreTexts(lang);
  const words = {
    supprimer: { titre: t.supprimerTitre, texte: t.supprimerTexte, verbe: t.mettreCorbeille },
    annuler: { titre: t.annulerTitre, texte: t.annulerTexte, verbe: t.annulerEnregistrement },
    detruire: { titre: t.detruireTitre, texte: t.detruireTexte, verbe: t.detruire },
  }[geste];
  return { ...words, titre: fill(words.titre, { numero }) };
}

/** Says what is about to happen to a letter and asks for what it needs: a reason, the number written once more. */
export function ConfirmerView({
  lang,
  csrfToken,
  courrier,
  provenance,
  geste,
  saisie,
  errors,
}: ConfirmerProps) {
  const t = lettreTexts(lang);
  const { titre, texte, verbe } = parolesDe(lang, geste, courrier.numero);
  const here = `/mail/${courrier.id}`;
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message;
  return (
    <Stack>
      <PageHeader title={titre} subtitle={courrier.objet} />
      <ErrorSummary errors={errors} />
      <Card class="narrow">
        <Form action={`${here}/${geste}${carry(provenance)}`} csrfToken={csrfToken}>
          <Stack>
            <Alert tone={geste === 'detruire' ? 'danger' : 'warning'}>{texte}</Alert>
            {geste !== 'supprimer' && (
              <Field id="motif" label={t.motif} hint={t.motifAide} error={errorOf('motif')} required>
                <TextArea
                  name="motif"
                  rows={2}
                  value={saisie.motif}
                  maxLength={LONGUEURS.motif}
                  autofocus={errors.length === 0}
                  required
                />
              </Field>
            )}
            {geste === 'detruire' && (
              <Field
                id="numero"
                label={fill(t.detruireConfirmation, { numero: courrier.numero })}
                error={errorOf('numero')}
                required
              >
                <TextInput
                  name="numero"
                  value={saisie.numero}
                  autocomplete="off"
                  spellcheck={false}
                  required
                />
              </Field>
            )}
            <Actions>
              <Button variant="danger" icon={geste === 'annuler' ? 'x' : 'trash'}>
                {verbe}
              </Button>
              <LinkButton href={`${here}${carry(provenance)}`} variant="secondary">
                {t.retourCourrier}
              </LinkButton>
            </Actions>
          </Stack>
        </Form>
      </Card>
    </Stack>
  );
}

export interface AjouterPiecesProps extends Props {
  recues: readonly PieceRecue[];
  erreurs: readonly { nom: string; message: string }[];
  error?: string;
  /** Bytes that one file may have. */
  limites: Limites;
}

/** More files for a letter. */
export function AjouterPiecesView(props: AjouterPiecesProps) {
  const { lang, csrfToken, courrier, provenance, recues, erreurs, error, limites } = props;
  const t = lettreTexts(lang);
  const here = `/mail/${courrier.id}`;
  return (
    <Stack>
      <PageHeader title={fill(t.piecesTitre, { numero: courrier.numero })} subtitle={courrier.objet} />
      <Card class="narrow">
        <Form
          action={`${here}/pieces${carry(provenance)}`}
          csrfToken={csrfToken}
          encType="multipart/form-data"
        >
          <Stack>
            <UploadField
              recues={recues}
              erreurs={erreurs}
              error={error}
              limites={limites}
              autofocus
              required
            />
            <FormActions
              icon="paperclip"
              label={t.ajouterPiece}
              back={`${here}${carry(provenance)}`}
              backLabel={t.renoncer}
            />
          </Stack>
        </Form>
      </Card>
    </Stack>
  );
}
