import { fill, formatDate, plural } from '@gec/core';
import { Badge, findMarks, Highlight, Icon, StatusBadge, useLang, type Column } from '@gec/ui';
import type { MotsDesFiltres } from './recherche.presenter.ts';
import type { CourrierLigne, Lecture, Liste } from './recherche.schema.ts';
import { rechercheTexts } from './recherche.texts.ts';

/** What the cells of the list are made from, besides their letters. */
export interface ColonnesProps {
  readonly lecture: Lecture;
  readonly mots: MotsDesFiltres;
  /** Colours of the statuts. */
  readonly couleurs: ReadonlyMap<string, string>;
  readonly fuseau: string;
  readonly maintenant: Date;
  /** Statuts after which nothing is late any more. */
  readonly finals: ReadonlySet<string>;
}

function Objet({ ligne, mots }: { ligne: CourrierLigne; mots: readonly string[] }) {
  const t = rechercheTexts(useLang());
  const autres = ligne.autresInformations ?? '';
  return (
    <>
      <Highlight text={ligne.objet} words={mots} />
      {ligne.numeroReference !== null && (
        <small class="liste-plus muted">
          <Highlight text={fill(t.reference, { reference: ligne.numeroReference })} words={mots} />
        </small>
      )}
      {mots.length > 0 && findMarks(autres, mots).length > 0 && (
        <small class="liste-plus muted">
          <Highlight text={autres.length > 160 ? `${autres.slice(0, 160)}…` : autres} words={mots} />
        </small>
      )}
    </>
  );
}

function Echeance({ ligne, props }: { ligne: CourrierLigne; props: ColonnesProps }) {
  const lang = useLang();
  if (ligne.echeance === null) return null;
  const date = formatDate(lang, ligne.echeance, props.fuseau);
  const retard = !props.finals.has(ligne.statut) && Date.parse(ligne.echeance) < props.maintenant.getTime();
  if (!retard) return <time dateTime={ligne.echeance}>{date}</time>;
  return (
    <Badge tone="danger" icon="alert">
      {fill(rechercheTexts(lang).enRetard, { date })}
    </Badge>
  );
}

/** The columns of the list: those that every page has, and those that only some need. */
export function useColonnes(props: ColonnesProps, liste: Liste): Column<CourrierLigne>[] {
  const lang = useLang();
  const t = rechercheTexts(lang);
  const { mots } = liste;
  const colonnes: Column<CourrierLigne>[] = [
    {
      id: 'numero',
      header: t.numero,
      kind: 'figure',
      sortKey: 'numero_accuse_reception',
      cell: (ligne) => <Highlight text={ligne.numero} words={mots} />,
    },
    {
      id: 'date',
      header: t.date,
      kind: 'figure',
      sortKey: 'date_enregistrement',
      cell: (ligne) => (
        <time dateTime={ligne.dateEnregistrement}>
          {formatDate(lang, ligne.dateEnregistrement, props.fuseau)}
        </time>
      ),
    },
    {
      id: 'objet',
      header: t.objet,
      primary: true,
      sortKey: 'objet',
      cell: (ligne) => <Objet ligne={ligne} mots={mots} />,
    },
    {
      id: 'correspondant',
      header: t.colCorrespondant,
      sortKey: 'expediteur',
      cell: (ligne) => <Highlight text={ligne.correspondant} words={mots} />,
    },
    {
      id: 'statut',
      header: t.statut,
      sortKey: 'statut',
      cell: (ligne) => (
        <StatusBadge
          label={props.mots.statuts.get(ligne.statut) ?? ligne.statut}
          couleur={props.couleurs.get(ligne.statut) ?? '#64748B'}
        />
      ),
    },
    {
      id: 'pieces',
      header: t.pieces,
      kind: 'figure',
      from: 'wide',
      cell: (ligne) => (
        <span title={plural(lang, ligne.nombrePieces, t.piecesUne, t.piecesAutres)}>
          {ligne.nombrePieces}
        </span>
      ),
    },
  ];
  // Most letters have none: the column is there when one of the page has.
  if (liste.lignes.some(({ echeance }) => echeance !== null)) {
    colonnes.push({
      id: 'echeance',
      header: t.echeance,
      kind: 'figure',
      from: 'medium',
      cell: (ligne) => <Echeance ligne={ligne} props={props} />,
    });
  }
  if (props.lecture.filters.typeCourrier === null) {
    colonnes.push({
      id: 'sens',
      header: t.sens,
      kind: 'figure',
      from: 'medium',
      cell: (ligne) => (
        <span class="liste-sens" title={ligne.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart}>
          <Icon name={ligne.typeCourrier === 'ENTRANT' ? 'inbox-in' : 'outbox'} size={16} />
          <span>{ligne.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart}</span>
        </span>
      ),
    });
  }
  return colonnes;
}
