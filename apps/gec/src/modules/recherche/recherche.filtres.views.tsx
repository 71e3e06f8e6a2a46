import { fill, type Lang } from '@gec/core';
import { Button, DateInput, Field, Form, Icon, Select, TextInput, useLang, type Option } from '@gec/ui';
import { puces, type MotsDesFiltres } from './recherche.presenter.ts';
import { TAILLES, type Lecture } from './recherche.schema.ts';
import { rechercheTexts } from './recherche.texts.ts';

/** What some filters are chosen from. */
export interface ChoixFiltres {
  readonly statuts: readonly Option[];
  readonly types: readonly Option[];
  readonly urgences: readonly Option[];
}

/** Filters that are seldom used stand behind « Plus de filtres », open as soon as one of them is. */
const RARES = [
  'type_courrier_sortant_id',
  'urgence_id',
  'sg_copie',
  'date_redaction_from',
  'date_redaction_to',
  'size',
];

/** Filters in daily use. With the seldom ones they are folded on a telephone, where they would hide the letters. */
const COURANTS = ['type_courrier', 'statut', 'date_from', 'date_to'];

/** What the fold of the filters is called, with how many are in force in it: as many as the sentence above the list names. */
export function nomDuRepli(lang: Lang, phrase: ReturnType<typeof puces>): string {
  const t = rechercheTexts(lang);
  const n = phrase.filter(({ id, error }) => id !== 'search' && error === undefined).length;
  return n === 0 ? t.filtres : fill(t.filtresNombre, { n });
}

/** The filters as a form that works without script, and is followed as one types with it. */
export function FormulaireFiltres(props: { lecture: Lecture; choix: ChoixFiltres; mots: MotsDesFiltres }) {
  const { lecture, choix, mots } = props;
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { saisie, errors } = lecture;
  const champ = (name: string) => ({
    id: `filtre-${name}`,
    error: errors.find((error) => error.field === name)?.message,
  });
  const controle = (name: string) => ({ name, value: saisie[name] });
  return (
    <Form
      action="/view_mail"
      method="get"
      id="filtres"
      class="card liste-filtres no-print"
      liveFragment="liste"
    >
      <Field {...champ('search')} label={t.motsCherches} class="liste-mots">
        <TextInput
          {...controle('search')}
          type="search"
          maxLength={200}
          autocomplete="off"
          spellcheck={false}
        />
      </Field>
      {/* The filters stand beside what folds them, not in it: no style sheet opens a closed `details` in every browser,
          and only the style sheet knows how wide the screen is. On a telephone it hides them while this one is closed;
          where there is room it hides this one. Fields that are hidden are sent all the same. */}
      <details
        class="liste-repli"
        open={errors.some(({ field }) => COURANTS.includes(field) || RARES.includes(field))}
      >
        <summary aria-controls="filtres-replies">
          <Icon name="filter" />
          <span data-filters-of="liste">{nomDuRepli(lang, puces(lang, lecture, mots))}</span>
          <Icon name="chevron-down" size={16} />
        </summary>
      </details>
      <div id="filtres-replies" class="liste-replies">
        <div class="form-grid">
          <Field {...champ('type_courrier')} label={t.sens} class="span-2">
            <Select
              {...controle('type_courrier')}
              empty={t.tousSens}
              options={[
                { value: 'ENTRANT', label: t.arrivee },
                { value: 'SORTANT', label: t.depart },
              ]}
            />
          </Field>
          <Field {...champ('statut')} label={t.statut} class="span-2">
            <Select {...controle('statut')} empty={t.tousStatuts} options={choix.statuts} />
          </Field>
          <Field {...champ('date_from')} label={t.enregistreDu} class="span-2">
            <DateInput {...controle('date_from')} />
          </Field>
          <Field {...champ('date_to')} label={t.au} class="span-2">
            <DateInput {...controle('date_to')} />
          </Field>
        </div>
        <details class="liste-rares" open={RARES.some((name) => saisie[name] !== undefined)}>
          <summary>{t.plusDeFiltres}</summary>
          <div class="form-grid">
            <Field {...champ('type_courrier_sortant_id')} label={t.typeSortant} class="span-2">
              <Select {...controle('type_courrier_sortant_id')} empty={t.tousTypes} options={choix.types} />
            </Field>
            <Field {...champ('urgence_id')} label={t.urgence} class="span-2">
              <Select {...controle('urgence_id')} empty={t.toutesUrgences} options={choix.urgences} />
            </Field>
            <Field
              {...champ('sg_copie')}
              label={fill(t.copie, { titre: mots.titreResponsable })}
              class="span-2"
            >
              <Select
                {...controle('sg_copie')}
                empty={t.copieIndifferente}
                options={[
                  { value: 'oui', label: t.oui },
                  { value: 'non', label: t.non },
                ]}
              />
            </Field>
            <Field {...champ('size')} label={t.parPage} class="span-2">
              <Select
                {...controle('size')}
                options={TAILLES.map((n) => ({ value: String(n), label: String(n) }))}
              />
            </Field>
            <Field {...champ('date_redaction_from')} label={t.courrierDu} class="span-2">
              <DateInput {...controle('date_redaction_from')} />
            </Field>
            <Field {...champ('date_redaction_to')} label={t.au} class="span-2">
              <DateInput {...controle('date_redaction_to')} />
            </Field>
          </div>
          <p class="hint">{t.motsAide}</p>
        </details>
      </div>
      <Button icon="search" class="no-js-only">
        {t.appliquer}
      </Button>
    </Form>
  );
}
