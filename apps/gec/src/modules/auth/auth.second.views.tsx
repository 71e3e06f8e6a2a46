import { Alert, Button, Field, Form, LinkButton, TextInput, useLang } from '@gec/ui';
import { CleForm } from '../facteurs/facteurs.cle.views.tsx';
import type { Methodes } from '../facteurs/facteurs.schema.ts';
import { authTexts } from './auth.texts.ts';

/** The second step of a sign-in: a code, or a passkey where the browser and the address allow it. */
export function SecondView(props: {
  methodes: Methodes;
  /** Whether the site was opened by a name that a passkey can belong to. */
  cle: boolean;
  error?: string | undefined;
  locked?: boolean;
}) {
  const t = authTexts(useLang());
  const { methodes, cle, error, locked } = props;
  const code = methodes.totp || methodes.secours;
  return (
    <>
      {error !== undefined && (
        <Alert tone="danger" title={error}>
          {!locked && t.secondFauxAide}
        </Alert>
      )}
      {methodes.cle && cle && (
        <CleForm
          action="/login/second-facteur"
          options="/login/second-facteur/cle"
          geste="signer"
          abandon={t.cleAbandon}
        >
          <Button variant={methodes.totp ? 'secondary' : 'primary'} size="large" icon="key" block>
            {t.cleUtiliser}
          </Button>
        </CleForm>
      )}
      {code && (
        <Form action="/login/second-facteur" class="stack stack-4">
          <Field
            id="code"
            label={t.secondCode}
            hint={methodes.totp ? t.secondCodeAide : t.secondSecoursSeul}
            required
          >
            <TextInput
              name="code"
              inputMode={methodes.totp ? 'text' : undefined}
              autocomplete="one-time-code"
              spellcheck={false}
              maxLength={40}
              autofocus={methodes.totp || !cle}
            />
          </Field>
          <Button variant={methodes.totp ? 'primary' : 'secondary'} size="large">
            {t.secondValider}
          </Button>
        </Form>
      )}
      <p class="muted">{t.secondPerdu}</p>
      <LinkButton href="/login" variant="quiet">
        {t.secondRetour}
      </LinkButton>
    </>
  );
}

/** Entering by a passkey alone, under the sign-in form. */
export function EntrerParCle({ next }: { next: string }) {
  const t = authTexts(useLang());
  return (
    <CleForm action="/login/cle" options="/login/cle/options" geste="signer" abandon={t.cleAbandon}>
      <input type="hidden" name="next" value={next} />
      <Button icon="key" block>
        {t.cleEntrer}
      </Button>
    </CleForm>
  );
}
