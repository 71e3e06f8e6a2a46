import { fill, formatDateTime, type Actor, type FieldError, type Lang } from '@gec/core';
import {
  Alert,
  Button,
  Card,
  Checkbox,
  ConflictPanel,
  DataTable,
  ErrorSummary,
  Field,
  Form,
  Stack,
  TextInput,
  type Column,
} from '@gec/ui';
import { CourrielsEnTete } from '../courriels/courriels.onglets.views.tsx';
import {
  CANAUX,
  clePreference,
  EVENEMENTS,
  type Evenement,
  type Preferences,
  type ReglageVu,
} from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';

/** What is in the form of the settings. */
export interface SaisieReglage {
  readonly defauts: Preferences;
  readonly jours: string;
  readonly inclureObjet: boolean;
}

/** What the page of the settings shows. */
export interface ReglagesPageProps {
  lang: Lang;
  csrfToken: string;
  actor: Actor;
  reglage: ReglageVu;
  saisie: SaisieReglage;
  errors: readonly FieldError[];
  conflit: boolean;
  par: string | null;
  fuseau: string;
}

/** One box for each event and way. */
function TableauChoix({ lang, choisi }: { lang: Lang; choisi: Preferences }) {
  const t = notificationsTexts(lang);
  const columns: Column<Evenement>[] = [
    {
      id: 'evenement',
      header: t.colonneEvenement,
      primary: true,
      cell: (evenement) => t[`evenement_${evenement}`],
    },
    ...CANAUX.map((canal): Column<Evenement> => ({
      id: canal,
      header: t[`canal_${canal}`],
      cell: (evenement) => (
        <Checkbox
          name={clePreference(evenement, canal)}
          value="1"
          checked={choisi[evenement][canal]}
          label={
            <span class="sr-only">
              {fill(canal === 'page' ? t.casePage : t.caseCourriel, {
                evenement: t[`evenement_${evenement}`],
              })}
            </span>
          }
        />
      ),
    })),
  ];
  return (
    <DataTable caption={t.titre} columns={columns} rows={EVENEMENTS} rowKey={(evenement) => evenement} />
  );
}

function Conflit({ lang, reglage, saisie }: Pick<ReglagesPageProps, 'lang' | 'reglage' | 'saisie'>) {
  const t = notificationsTexts(lang);
  const word = (on: boolean) => (on ? t.oui : t.non);
  const boxes = EVENEMENTS.flatMap((evenement) =>
    CANAUX.map((canal) => ({
      label: fill(canal === 'page' ? t.casePage : t.caseCourriel, {
        evenement: t[`evenement_${evenement}`],
      }),
      mine: word(saisie.defauts[evenement][canal]),
      theirs: word(reglage.defauts[evenement][canal]),
    })),
  );
  const rows = [
    ...boxes,
    { label: t.jours, mine: saisie.jours, theirs: String(reglage.joursAvantEcheance) },
    { label: t.objet, mine: word(saisie.inclureObjet), theirs: word(reglage.inclureObjet) },
  ];
  return <ConflictPanel text={t.versionPerimee} rows={rows.filter(({ mine, theirs }) => mine !== theirs)} />;
}

/** Who is told of what until they choose themselves, when échéances are recalled, what e-mail may say. */
export function ReglagesPage(props: ReglagesPageProps) {
  const { lang, csrfToken, actor, reglage, saisie, errors } = props;
  const t = notificationsTexts(lang);
  return (
    <Stack>
      <CourrielsEnTete lang={lang} actor={actor} actif="notifications" />
      {props.conflit && <Conflit {...props} />}
      <ErrorSummary errors={errors} />
      {reglage.le !== null && (
        <Alert>
          {fill(t.modifiePar, {
            qui: props.par ?? t.compteInconnu,
            quand: formatDateTime(lang, reglage.le, props.fuseau),
          })}
        </Alert>
      )}
      <Form action="/admin/courriels/notifications" csrfToken={csrfToken} guard>
        <input type="hidden" name="version" value={String(reglage.version)} />
        <Stack>
          <Card title={t.titre} icon="bell">
            <Stack>
              <p class="muted">{t.reglageTexte}</p>
              <TableauChoix lang={lang} choisi={saisie.defauts} />
            </Stack>
          </Card>
          <Card>
            <Stack>
              <Field
                id="joursAvantEcheance"
                label={t.jours}
                hint={t.joursAide}
                error={errors.find(({ field }) => field === 'joursAvantEcheance')?.message}
                required
              >
                <TextInput
                  name="joursAvantEcheance"
                  type="number"
                  inputMode="numeric"
                  min={0}
                  max={30}
                  value={saisie.jours}
                />
              </Field>
              <Checkbox
                name="inclureObjet"
                label={t.objet}
                hint={t.objetAide}
                checked={saisie.inclureObjet}
              />
              <div>
                <Button variant="primary" icon="check">
                  {t.enregistrer}
                </Button>
              </div>
            </Stack>
          </Card>
        </Stack>
      </Form>
    </Stack>
  );
}
