import type { FieldError, Lang } from '@gec/core';
import {
  Actions,
  Button,
  Card,
  Checkbox,
  CheckboxGroup,
  ConflictPanel,
  ErrorSummary,
  Field,
  Form,
  Select,
  TextInput,
} from '@gec/ui';
import { JOURS, RETENTION, type ReglageVu } from './sauvegardes.schema.ts';
import { sauvegardesTexts } from './sauvegardes.texts.ts';

/** The schedule as its form holds it. */
export interface SaisiePlan {
  readonly actif: boolean;
  readonly heure: string;
  readonly jours: readonly string[];
  readonly retention: string;
}

/** The schedule as its form holds it. */
export const enSaisie = ({ actif, heure, jours, retention }: ReglageVu): SaisiePlan => ({
  actif,
  heure: String(heure),
  jours: jours.map(String),
  retention: String(retention),
});

/** The schedule in words, field by field. */
function enMots(lang: Lang, saisie: SaisiePlan): Record<keyof SaisiePlan, string> {
  const t = sauvegardesTexts(lang);
  const days = JOURS.filter((jour) => saisie.jours.includes(String(jour))).map((jour) => t[`jour_${jour}`]);
  return {
    actif: saisie.actif ? t.oui : t.non,
    heure: saisie.heure,
    jours: days.join(', '),
    retention: saisie.retention,
  };
}

/** The form of the schedule. */
export function PlanCard(props: {
  lang: Lang;
  csrfToken: string;
  reglage: ReglageVu;
  saisie?: SaisiePlan | undefined;
  errors?: readonly FieldError[] | undefined;
  conflit?: boolean | undefined;
}) {
  const { lang, csrfToken, reglage, errors = [], conflit = false } = props;
  const t = sauvegardesTexts(lang);
  const stored = enSaisie(reglage);
  const saisie = props.saisie ?? stored;
  const [mine, theirs] = [enMots(lang, saisie), enMots(lang, stored)];
  const champs = ['actif', 'heure', 'jours', 'retention'] as const;
  const error = (field: string) => errors.find((one) => one.field === field)?.message;
  return (
    <Card title={t.plan} icon="calendar" id="plan">
      <Form action="/admin/sauvegardes/reglage" csrfToken={csrfToken} class="stack stack-4" guard>
        <ErrorSummary errors={errors} />
        {conflit && (
          <ConflictPanel
            rows={champs
              .filter((champ) => mine[champ] !== theirs[champ])
              .map((champ) => ({ label: t[champ], mine: mine[champ], theirs: theirs[champ] }))}
          />
        )}
        <p class="muted">{t.planTexte}</p>
        <input type="hidden" name="version" value={reglage.version} />
        <Checkbox name="actif" id="actif" label={t.actif} checked={saisie.actif} />
        <Field id="heure" label={t.heure} {...(error('heure') && { error: error('heure') ?? '' })}>
          <Select
            name="heure"
            value={saisie.heure}
            options={Array.from({ length: 24 }, (_, hour) => ({
              value: String(hour),
              label: `${String(hour).padStart(2, '0')}:00`,
            }))}
          />
        </Field>
        <CheckboxGroup
          id="jours"
          name="jours"
          legend={t.jours}
          options={JOURS.map((jour) => ({ value: String(jour), label: t[`jour_${jour}`] }))}
          values={saisie.jours}
        />
        <Field
          id="retention"
          label={t.retention}
          hint={t.retentionAide}
          {...(error('retention') && { error: error('retention') ?? '' })}
        >
          <TextInput
            name="retention"
            type="number"
            inputMode="numeric"
            min={RETENTION.min}
            max={RETENTION.max}
            value={saisie.retention}
          />
        </Field>
        <Actions>
          <Button>{t.enregistrer}</Button>
        </Actions>
      </Form>
    </Card>
  );
}
