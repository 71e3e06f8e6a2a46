import { Actions, Alert, cx, FilterChips, LinkButton, PageHeader, useLang } from '@gec/ui';
import { FormulaireFiltres, nomDuRepli } from './recherche.filtres.views.tsx';
import { adresse, periodesCourantes, puces } from './recherche.presenter.ts';
import { FRAGMENT, Resultats, titreDe, type ListeProps } from './recherche.resultats.views.tsx';
import { filtersToQuery } from './recherche.schema.ts';
import { rechercheTexts } from './recherche.texts.ts';

/** Quick periods, with the other filters kept. */
function Periodes({ lecture, aujourdhui }: Pick<ListeProps, 'lecture' | 'aujourdhui'>) {
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { filters, pagination } = lecture;
  return (
    <nav class="liste-periodes no-print" aria-label={t.periodes}>
      {periodesCourantes(lang, aujourdhui).map(({ label, from, to }) => {
        const ici = filters.dateFrom === from && filters.dateTo === to;
        return (
          <a
            key={label}
            class={cx('btn btn-small', ici ? 'btn-secondary' : 'btn-quiet')}
            href={adresse({ ...filters, dateFrom: from, dateTo: to }, pagination.size)}
            aria-current={ici ? 'true' : undefined}
            data-fragment-link={FRAGMENT}
          >
            {label}
          </a>
        );
      })}
    </nav>
  );
}

/** The part of the page that is swapped: sentence, periods, letters. */
export function Fragment(props: ListeProps) {
  const { lecture, liste } = props;
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { sortBy, sortOrder } = lecture.filters;
  const phrase = puces(lang, lecture, props.mots);
  const trie = filtersToQuery(lecture.filters).has('sort_by');
  return (
    <section
      id={FRAGMENT}
      class="stack stack-3"
      aria-label={titreDe(lecture, lang)}
      data-filters={nomDuRepli(lang, phrase)}
    >
      {trie && (
        // With the filters' form, so that searching keeps the order; here, so that it is always the one shown.
        <>
          <input type="hidden" name="sort_by" value={sortBy} form="filtres" />
          <input type="hidden" name="sort_order" value={sortOrder} form="filtres" />
        </>
      )}
      <Periodes {...props} />
      <FilterChips lead={t.phrase} chips={phrase} clearHref="/view_mail" fragment={FRAGMENT} />
      {liste === null ? (
        <Alert tone="warning" title={t.erreurTitre}>
          <ul data-count>
            {lecture.errors.map(({ field, message }) => (
              <li key={`${field} ${message}`}>{message}</li>
            ))}
          </ul>
        </Alert>
      ) : (
        <Resultats {...props} liste={liste} />
      )}
    </section>
  );
}

/** The home of the work: filters, letters, and the scan of the one pointed at beside them on a wide screen. */
export function PageListe(props: ListeProps) {
  const { lecture, choix, peutEnregistrer } = props;
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { typeCourrier } = lecture.filters;
  return (
    <>
      <PageHeader
        title={titreDe(lecture, lang)}
        actions={
          peutEnregistrer && (
            <Actions>
              {typeCourrier !== 'SORTANT' && (
                <LinkButton href="/courriers/nouveau?flux=ENTRANT" variant="primary" icon="plus">
                  {t.nouvelleArrivee}
                </LinkButton>
              )}
              {typeCourrier !== 'ENTRANT' && (
                <LinkButton
                  href="/courriers/nouveau?flux=SORTANT"
                  variant={typeCourrier === 'SORTANT' ? 'primary' : 'secondary'}
                  icon="plus"
                >
                  {t.nouveauDepart}
                </LinkButton>
              )}
            </Actions>
          )
        }
      />
      <FormulaireFiltres lecture={lecture} choix={choix} mots={props.mots} />
      <div class="with-preview">
        <Fragment {...props} />
        <aside class="preview-pane no-print" data-preview-pane aria-label={t.apercu}>
          <img alt={t.apercu} hidden />
          <p class="muted">{t.apercuTexte}</p>
        </aside>
      </div>
    </>
  );
}
