import { fill, formatDateTime, type Conflict, type FieldError, type Lang } from '@gec/core';
import {
  Actions,
  Badge,
  Button,
  Card,
  ConflictPanel,
  ErrorSummary,
  Field,
  Form,
  PageHeader,
  Stack,
  TextArea,
  useLang,
} from '@gec/ui';
import type { PageLue } from '../../http/liste.ts';
import { PageListe } from '../../http/liste.views.tsx';
import { places, texteEnVigueur, TEXTE_MAX, type Texte, type TriTextes } from './textes.schema.ts';
import { textesTexts } from './textes.texts.ts';

export const LIST = '/admin/textes';

/** The address of one text. */
export function adresseTexte({ module, cle }: Pick<Texte, 'module' | 'cle'>): string {
  return `${LIST}/${encodeURIComponent(module)}/${encodeURIComponent(cle)}`;
}

const change = ({ remplace }: Texte): boolean => remplace.fr !== null || remplace.en !== null;

/** Every text of the program, those that were changed marked. */
export function TextesListView(props: PageLue<Texte, TriTextes>) {
  const t = textesTexts(useLang());
  return (
    <PageListe
      titre={t.titre}
      sousTitre={t.sousTitre}
      icone="search"
      base={LIST}
      page={props}
      mots={t}
      rowKey={({ module, cle }) => `${module} ${cle}`}
      rowHref={adresseTexte}
      columns={[
        {
          id: 'fr',
          header: t.francais,
          primary: true,
          sortKey: 'fr',
          cell: (texte) => texteEnVigueur(texte, 'fr'),
        },
        { id: 'en', header: t.anglais, sortKey: 'en', cell: (texte) => texteEnVigueur(texte, 'en') },
        {
          id: 'place',
          header: t.place,
          from: 'wide',
          sortKey: 'module',
          cell: ({ module, cle }) => <span class="muted">{`${module} · ${cle}`}</span>,
        },
        {
          id: 'etat',
          header: t.etat,
          cell: (texte) =>
            change(texte) ? <Badge tone="warning">{t.modifie}</Badge> : <Badge>{t.origine}</Badge>,
        },
      ]}
    />
  );
}

/** One text, in both languages, over what the program says by itself. */
export function TexteView(props: {
  csrfToken: string;
  texte: Texte;
  auteur: string | null;
  fuseau: string;
  saisie: Readonly<Record<Lang, string>>;
  avant: Readonly<Record<Lang, string>>;
  errors: readonly FieldError[];
  conflits: readonly Conflict<Lang>[] | null;
}) {
  const lang = useLang();
  const t = textesTexts(lang);
  const { csrfToken, texte, auteur, fuseau, saisie, avant, errors, conflits } = props;
  const names = { fr: t.francais, en: t.anglais };
  const here = adresseTexte(texte);
  const marks = places(texte.origine.fr);
  return (
    <Stack>
      <PageHeader
        title={t.modifierTitre}
        subtitle={`${texte.module} · ${texte.cle}`}
        crumbs={[{ label: t.titre, href: LIST }, { label: texte.cle }]}
      />
      {conflits && (
        <ConflictPanel
          rows={conflits.map(({ champ, saisie: mine, actuel }) => ({
            label: names[champ],
            mine: mine === '' ? t.origine : mine,
            theirs: actuel === '' ? t.origine : actuel,
          }))}
        />
      )}
      <ErrorSummary errors={errors} />
      <Card class="narrow">
        <Form action={here} csrfToken={csrfToken} guard>
          <input type="hidden" name="version" value={String(texte.version)} />
          <input type="hidden" name="avant" value={JSON.stringify(avant)} />
          <Stack>
            {marks.length > 0 && <p class="muted">{fill(t.places, { places: marks.join(' ') })}</p>}
            {(['fr', 'en'] as const).map((langue) => (
              <Field
                key={langue}
                id={langue}
                label={names[langue]}
                hint={`${fill(t.texteOrigine, { texte: `« ${texte.origine[langue]} »` })} ${t.aide}`}
                error={errors.find(({ field }) => field === langue)?.message}
                optional
              >
                <TextArea name={langue} value={saisie[langue]} rows={3} maxLength={TEXTE_MAX} />
              </Field>
            ))}
            {texte.modifieLe !== null && (
              <p class="muted">
                {fill(t.dernier, {
                  qui: auteur ?? t.ancienCompte,
                  quand: formatDateTime(lang, texte.modifieLe, fuseau),
                })}
              </p>
            )}
            <Actions>
              <Button variant="primary" icon="check">
                {t.enregistrer}
              </Button>
            </Actions>
          </Stack>
        </Form>
      </Card>
      {change(texte) && (
        <Form action={here} csrfToken={csrfToken} confirm={t.revenirConfirmer}>
          <input type="hidden" name="version" value={String(texte.version)} />
          <Button icon="refresh">{t.revenir}</Button>
        </Form>
      )}
    </Stack>
  );
}
