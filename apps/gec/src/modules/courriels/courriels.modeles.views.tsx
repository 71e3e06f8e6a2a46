import { fill, formatDateTime, LANGS, type Actor, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Alert,
  Badge,
  Button,
  Card,
  ConflictPanel,
  DataTable,
  DescriptionList,
  ErrorSummary,
  Field,
  Form,
  Grid,
  PageHeader,
  Panel,
  Stack,
  TextArea,
  TextInput,
  type Column,
} from '@gec/ui';
import { CourrielsEnTete } from './courriels.onglets.views.tsx';
import { sansLiens } from './courriels.rendu.ts';
import {
  EVENEMENTS_COURRIEL,
  HTML_MAX,
  SUJET_MAX,
  TEXTE_MAX,
  VARIABLES,
  type EvenementCourriel,
  type Modele,
  type ModeleCourriel,
} from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';

const PAGE = '/admin/courriels/modeles';

function EtatModele({ lang, modele }: { lang: Lang; modele: ModeleCourriel | undefined }) {
  const t = courrielsTexts(lang);
  if (!modele) return <>—</>;
  return (
    <a href={`${PAGE}/${modele.evenement}/${modele.langue}`}>
      {modele.sujet}{' '}
      {modele.version > 0 && (
        <Badge tone="accent" icon="edit">
          {t.modifie}
        </Badge>
      )}
    </a>
  );
}

/** Every template: one row an event, one column a language. */
export function ModelesPage({
  lang,
  actor,
  modeles,
}: {
  lang: Lang;
  actor: Actor;
  modeles: readonly ModeleCourriel[];
}) {
  const t = courrielsTexts(lang);
  const columns: Column<EvenementCourriel>[] = [
    {
      id: 'evenement',
      header: t.colonneEvenement,
      primary: true,
      cell: (evenement) => (
        <div>
          {t[`evenement_${evenement}`]}
          <small class="muted cell-line">{t[`aide_${evenement}`]}</small>
        </div>
      ),
    },
    ...LANGS.map((langue): Column<EvenementCourriel> => ({
      id: langue,
      header: langue === 'fr' ? t.colonneFr : t.colonneEn,
      cell: (evenement) => (
        <EtatModele
          lang={lang}
          modele={modeles.find((one) => one.evenement === evenement && one.langue === langue)}
        />
      ),
    })),
  ];
  return (
    <Stack>
      <CourrielsEnTete lang={lang} actor={actor} actif="modeles" />
      <Card flush>
        <DataTable
          caption={t.modelesTableau}
          columns={columns}
          rows={EVENEMENTS_COURRIEL}
          rowKey={(evenement) => evenement}
        />
      </Card>
    </Stack>
  );
}

/** What the page of a template shows. */
export interface ModelePageProps {
  lang: Lang;
  csrfToken: string;
  modele: ModeleCourriel;
  /** What is in the form. */
  saisie: Modele;
  errors: readonly FieldError[];
  /** Nothing while the template has an error. */
  apercu: { sujet: string; texte: string; html: string } | null;
  conflit: boolean;
  par: string | null;
  fuseau: string;
}

function Apercu({ lang, apercu }: { lang: Lang; apercu: NonNullable<ModelePageProps['apercu']> }) {
  const t = courrielsTexts(lang);
  return (
    <Card title={t.apercu} icon="eye" id="apercu">
      <Stack>
        <p class="muted">{t.apercuAide}</p>
        <DescriptionList items={[{ term: t.sujet, value: apercu.sujet }]} />
        <Panel title={t.apercuTexte}>
          <p class="prewrap">{apercu.texte}</p>
        </Panel>
        {apercu.html !== '' && (
          <Panel title={t.apercuHtml}>
            {/* Checked before it is filled: the few elements of a letter, and values are escaped. Its links lead nowhere. */}
            <div class="stack stack-3" dangerouslySetInnerHTML={{ __html: sansLiens(apercu.html) }} />
          </Panel>
        )}
      </Stack>
    </Card>
  );
}

/** One template: its words, its variables, what it looks like. */
export function ModelePage(props: ModelePageProps) {
  const { lang, csrfToken, modele, saisie, errors, apercu } = props;
  const t = courrielsTexts(lang);
  const { evenement, langue } = modele;
  const here = `${PAGE}/${evenement}/${langue}`;
  const error = (field: string) => errors.find((one) => one.field === field)?.message;
  const fields = ['sujet', 'texte', 'html'] as const;
  const rows = fields
    .filter((field) => modele[field] !== saisie[field])
    .map((field) => ({
      label: t[field],
      mine: <span class="prewrap">{saisie[field] || '—'}</span>,
      theirs: <span class="prewrap">{modele[field] || '—'}</span>,
    }));
  const version = <input type="hidden" name="version" value={String(modele.version)} />;
  return (
    <Stack>
      <PageHeader
        title={fill(t.modeleTitre, {
          evenement: t[`evenement_${evenement}`],
          langue: t[`langue_${langue}`].toLocaleLowerCase(lang),
        })}
        subtitle={t[`aide_${evenement}`]}
        crumbs={[
          { label: t.titre, href: '/admin/courriels' },
          { label: t.ongletModeles, href: PAGE },
        ]}
      />
      {props.conflit && <ConflictPanel text={t.versionPerimee} rows={rows} />}
      <ErrorSummary errors={errors} />
      {modele.le !== null && (
        <Alert>
          {fill(t.modifiePar, {
            qui: props.par ?? t.compteInconnu,
            quand: formatDateTime(lang, modele.le, props.fuseau),
          })}
        </Alert>
      )}
      <Grid columns="aside">
        <Form action={here} csrfToken={csrfToken} guard>
          {version}
          <Card>
            <Stack>
              <Field id="sujet" label={t.sujet} error={error('sujet')} required>
                <TextInput name="sujet" value={saisie.sujet} maxLength={SUJET_MAX} />
              </Field>
              <Field id="texte" label={t.texte} hint={t.texteAide} error={error('texte')} required>
                <TextArea name="texte" value={saisie.texte} rows={14} maxLength={TEXTE_MAX} />
              </Field>
              <Field id="html" label={t.html} hint={t.htmlAide} error={error('html')} optional>
                <TextArea name="html" value={saisie.html} rows={10} maxLength={HTML_MAX} class="mono" />
              </Field>
              <Actions>
                <Button variant="primary" icon="check">
                  {t.enregistrer}
                </Button>
                <Button formAction={`${here}/apercu#apercu`} icon="eye">
                  {t.voirApercu}
                </Button>
              </Actions>
            </Stack>
          </Card>
        </Form>
        <Stack>
          <Card title={t.variables} icon="info">
            <Stack>
              <p class="muted">{t.variablesAide}</p>
              <DescriptionList
                items={VARIABLES[evenement].map((name) => ({
                  term: `{${name}}`,
                  value: t[`variable_${name}` as keyof typeof t],
                }))}
              />
            </Stack>
          </Card>
          <Card>
            <Stack space={3}>
              <Form action={`${here}/essai`} csrfToken={csrfToken}>
                <Button icon="send">{t.envoyerAMoi}</Button>
              </Form>
              {modele.version > 0 && (
                <Form action={`${here}/defaut`} csrfToken={csrfToken} confirm={t.revenirConfirmer}>
                  {version}
                  <Button variant="danger" icon="restore">
                    {t.revenir}
                  </Button>
                </Form>
              )}
            </Stack>
          </Card>
        </Stack>
      </Grid>
      {apercu && <Apercu lang={lang} apercu={apercu} />}
    </Stack>
  );
}
