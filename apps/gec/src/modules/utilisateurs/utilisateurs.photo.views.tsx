import { fill, formatBytes } from '@gec/core';
import { Actions, Button, FileDrop, Form, Stack, useLang } from '@gec/ui';
import { useTextes } from '../departements/departements.mots.views.tsx';
import { PHOTO_MAX } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** Sends a photograph, or removes the one there is. */
export function PhotoForm(props: {
  csrfToken: string;
  /** Address that takes the picture; with `/retirer` it removes it. */
  action: string;
  present: boolean;
  error?: string;
}) {
  const lang = useLang();
  const t = useTextes(utilisateursTexts);
  const { csrfToken, action, present, error } = props;
  return (
    <Stack space={3}>
      <Form action={action} csrfToken={csrfToken} encType="multipart/form-data" class="stack stack-3">
        <FileDrop
          id="photo"
          name="photo"
          label={present ? t.photoRemplacer : t.photoChoisir}
          accept="image/png,image/jpeg,image/webp"
          hint={fill(t.photoAide, { max: formatBytes(lang, PHOTO_MAX) })}
          maxBytes={PHOTO_MAX}
          error={error}
        />
        <Actions>
          <Button icon="upload">{t.photoEnvoyer}</Button>
        </Actions>
      </Form>
      {present && (
        <Form action={`${action}/retirer`} csrfToken={csrfToken} confirm={t.photoRetirerConfirmer}>
          <Button variant="quiet" icon="trash">
            {t.photoRetirer}
          </Button>
        </Form>
      )}
    </Stack>
  );
}
