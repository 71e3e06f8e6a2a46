import { fill, formatDateTime, type FieldError } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  ErrorSummary,
  Field,
  Form,
  FormActions,
  RadioGroup,
  Select,
  TextInput,
  useLang,
} from '@gec/ui';
import type { RegleAdresse } from '../auth/adresses.schema.ts';
import { DUREES, type SaisieAdresse } from './securite.forms.ts';
import { Liste, type ListeSecurite } from './securite.liste.views.tsx';
import { securiteTexts } from './securite.texts.ts';
import { CadreSecurite, SECURITE } from './securite.views.tsx';

function NouvelleRegle(props: {
  csrfToken: string;
  saisie: SaisieAdresse;
  errors: readonly FieldError[];
  /** The actor's own address would be shut out: the question to be answered with yes. */
  question: string | null;
}) {
  const t = securiteTexts(useLang());
  const { csrfToken, saisie, errors, question } = props;
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  return (
    <Card title={t.ajouterRegle} icon="plus" id="ajouter">
      <Form action={`${SECURITE}/adresses`} csrfToken={csrfToken} class="stack stack-4" guard>
        <ErrorSummary errors={errors} title={t.inchange} />
        {question !== null && (
          <Alert tone="danger" title={question}>
            <Checkbox name="confirme" label={t.confirmer} />
          </Alert>
        )}
        <div class="form-grid">
          <div class="span-3">
            <RadioGroup
              id="genre"
              name="genre"
              legend={t.regle}
              value={saisie.genre}
              error={errorOf('genre')}
              options={[
                { value: 'bloquee', label: t.bloquer },
                { value: 'autorisee', label: t.autoriser },
              ]}
              required
            />
          </div>
          <Field
            id="cidr"
            label={t.adresse}
            hint={t.adresseAide}
            error={errorOf('cidr')}
            class="span-3"
            required
          >
            <TextInput name="cidr" value={saisie.cidr} maxLength={60} autocomplete="off" spellcheck={false} />
          </Field>
          <Field id="motif" label={t.motif} error={errorOf('motif')} class="span-4" optional>
            <TextInput name="motif" value={saisie.motif} maxLength={300} autocomplete="off" />
          </Field>
          <Field id="duree" label={t.duree} error={errorOf('duree')} class="span-2">
            <Select
              name="duree"
              value={saisie.duree}
              empty={t.dureeToujours}
              options={DUREES.map((value) => ({ value, label: t[`duree_${value}`] }))}
            />
          </Field>
        </div>
        <Actions>
          <Button variant="primary">{t.ajouter}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

/** Blocked and allowed addresses. */
export function AdressesView(
  props: ListeSecurite<RegleAdresse, 'ajout' | 'adresse' | 'expire'> & {
    saisie: SaisieAdresse;
    errors: readonly FieldError[];
    question: string | null;
  },
) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { csrfToken, zone } = props;
  return (
    <Liste
      onglet="adresses"
      liste={props}
      titre={t.adresses}
      texte={t.adressesTexte}
      vide={{ icon: 'shield', title: t.adressesVide, text: t.adressesVideTexte }}
      rowKey={(row) => `${row.genre}-${row.id}`}
      columns={[
        {
          id: 'adresse',
          header: t.adresse,
          primary: true,
          sortKey: 'adresse',
          cell: (row) => row.cidr,
        },
        {
          id: 'regle',
          header: t.regle,
          cell: (row) => (
            <Badge tone={row.genre === 'bloquee' ? 'danger' : 'success'}>{t[`genre_${row.genre}`]}</Badge>
          ),
        },
        { id: 'motif', header: t.motif, cell: (row) => row.reason },
        {
          id: 'ajout',
          header: t.ajouteLe,
          kind: 'figure',
          from: 'wide',
          sortKey: 'ajout',
          cell: (row) => formatDateTime(lang, row.createdAt, zone),
        },
        {
          id: 'expire',
          header: t.jusqua,
          kind: 'figure',
          sortKey: 'expire',
          cell: (row) => (row.expiresAt === null ? t.toujours : formatDateTime(lang, row.expiresAt, zone)),
        },
        {
          id: 'retirer',
          header: t.action,
          cell: (row) => (
            <Form action={`${SECURITE}/adresses/${row.genre}/${row.id}/retirer`} csrfToken={csrfToken}>
              <Button
                variant="quiet"
                size="small"
                icon="trash"
                label={fill(t.retirerRegle, { cidr: row.cidr })}
              >
                {t.retirer}
              </Button>
            </Form>
          ),
        },
      ]}
    >
      <NouvelleRegle {...props} />
    </Liste>
  );
}

/** Whether to take an allowing rule away that one needs oneself. */
export function RetirerView(props: { csrfToken: string; question: string; genre: string; id: number }) {
  const t = securiteTexts(useLang());
  const { csrfToken, question, genre, id } = props;
  return (
    <CadreSecurite onglet="adresses" gestion>
      <Alert tone="danger" title={question} />
      <Form action={`${SECURITE}/adresses/${genre}/${id}/retirer`} csrfToken={csrfToken}>
        <input type="hidden" name="confirme" value="oui" />
        <FormActions
          variant="danger"
          label={t.retirerQuandMeme}
          back={`${SECURITE}/adresses`}
          backLabel={t.adresses}
        />
      </Form>
    </CadreSecurite>
  );
}
