import { addDays, formatDate, formatDay, type Lang } from '@gec/core';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  Icon,
  LinkButton,
  PageHeader,
  Stack,
  Tabs,
  type Column,
} from '@gec/ui';
import {
  ETATS,
  PAGE_TRANSMISSIONS,
  type EtatTransmission,
  type LigneTransmission,
  type Transmission,
} from './transmissions.schema.ts';
import { transmissionsTexts } from './transmissions.texts.ts';

export interface ATraiterProps {
  lang: Lang;
  etat: EtatTransmission;
  lignes: readonly LigneTransmission[];
  total: number;
  page: number;
  /** Open transmissions, shown on the first tab. */
  aTraiter: number;
  fuseauHoraire: string;
  /** Today in the office's zone. */
  aujourdhui: string;
}

const adresse = (etat: EtatTransmission, page = 1) => {
  const query = new URLSearchParams();
  if (etat !== 'a_traiter') query.set('etat', etat);
  if (page > 1) query.set('page', String(page));
  const text = query.toString();
  return text === '' ? '/a-traiter' : `/a-traiter?${text}`;
};

/** A day by which something is to be done, in words where it is near, with a colour and a mark. */
function Echeance({ lang, one, aujourdhui }: { lang: Lang; one: Transmission; aujourdhui: string }) {
  const t = transmissionsTexts(lang);
  const { echeance, enRetard, dateTraitement } = one;
  if (echeance === null) return <span class="muted">—</span>;
  const day = formatDay(lang, echeance);
  if (dateTraitement !== null) return <>{day}</>;
  if (enRetard) {
    return (
      <Badge tone="danger" icon="alert">
        {day} ({t.enRetard})
      </Badge>
    );
  }
  const near = echeance === aujourdhui ? t.aujourdhui : echeance === addDays(aujourdhui, 1) ? t.demain : null;
  return (
    <Badge tone={near === null ? 'neutral' : 'warning'} icon="clock">
      {near ?? day}
    </Badge>
  );
}

/** How far a letter that one sent has come. */
function Suivi({ lang, one, zone }: { lang: Lang; one: Transmission; zone: string }) {
  const t = transmissionsTexts(lang);
  if (one.dateTraitement) {
    return (
      <Badge tone="success" icon="check">
        {t.traite} · {formatDate(lang, one.dateTraitement, zone)}
      </Badge>
    );
  }
  return one.dateLecture ? (
    <Badge icon="eye">
      {t.lu} · {formatDate(lang, one.dateLecture, zone)}
    </Badge>
  ) : (
    <Badge icon="mail">{t.nonLu}</Badge>
  );
}

function columnsOf({
  lang,
  etat,
  fuseauHoraire: zone,
  aujourdhui,
}: ATraiterProps): Column<LigneTransmission>[] {
  const t = transmissionsTexts(lang);
  const sent = etat === 'envoye';
  const columns: Column<LigneTransmission>[] = [
    {
      id: 'courrier',
      header: t.courrier,
      primary: true,
      cell: ({ courrier, dateLecture }) => (
        <>
          {etat === 'a_traiter' && dateLecture === null && (
            <>
              <Badge tone="accent" icon="mail">
                {t.nouveau}
              </Badge>{' '}
            </>
          )}
          {courrier.objet}
          <small class="muted cell-line">
            <Icon
              name={courrier.typeCourrier === 'ENTRANT' ? 'inbox-in' : 'outbox'}
              size={14}
              label={courrier.typeCourrier === 'ENTRANT' ? t.arrivee : t.depart}
            />
            <span class="num">{courrier.numero}</span> · {courrier.correspondant}
          </small>
        </>
      ),
    },
    { id: 'qui', header: sent ? t.a : t.de, cell: ({ aNom, deNom }) => (sent ? aNom : deNom) },
    {
      id: 'instruction',
      header: t.instruction,
      cell: ({ instructionLibelle, message }) => (
        <div>
          {instructionLibelle ?? <span class="muted">—</span>}
          {message && <small class="muted cell-line cell-clip">{message}</small>}
        </div>
      ),
    },
    {
      id: 'transmis',
      header: t.transmisLe,
      kind: 'figure',
      from: 'wide',
      cell: ({ date }) => formatDate(lang, date, zone),
    },
    {
      id: 'echeance',
      header: t.echeance,
      kind: 'figure',
      cell: (one) => <Echeance lang={lang} one={one} aujourdhui={aujourdhui} />,
    },
  ];
  if (sent) {
    columns.push({
      id: 'suivi',
      header: t.suivi,
      kind: 'figure',
      cell: (one) => <Suivi lang={lang} one={one} zone={zone} />,
    });
  }
  if (etat === 'traite') {
    columns.push({
      id: 'traite',
      header: t.traiteLe,
      kind: 'figure',
      cell: ({ dateTraitement }) => (dateTraitement ? formatDate(lang, dateTraitement, zone) : ''),
    });
  }
  return columns;
}

/** What there is when there is nothing. */
function Rien({ lang, etat }: Pick<ATraiterProps, 'lang' | 'etat'>) {
  const t = transmissionsTexts(lang);
  const words = {
    a_traiter: { icon: 'check', title: t.videATraiter, text: t.videATraiterTexte },
    traite: { icon: 'tray', title: t.videTraite, text: t.videTraiteTexte },
    envoye: { icon: 'send', title: t.videEnvoye, text: t.videEnvoyeTexte },
  } as const;
  return (
    <EmptyState {...words[etat]} action={<LinkButton href="/view_mail">{t.ouvrirRegistre}</LinkButton>} />
  );
}

/** Letters that were sent to me, that I have dealt with, that I have sent. */
export function ATraiterView(props: ATraiterProps) {
  const { lang, etat, lignes, total, page, aTraiter } = props;
  const t = transmissionsTexts(lang);
  const way = etat === 'a_traiter' ? '?de=a-traiter' : '';
  return (
    <Stack>
      <PageHeader title={t.titre} subtitle={t[`sousTitre_${etat}`]} />
      <Tabs
        label={t.onglets}
        items={ETATS.map((one) => ({
          href: adresse(one),
          label: t[`onglet_${one}`],
          count: one === 'a_traiter' && aTraiter > 0 ? aTraiter : undefined,
          current: one === etat,
        }))}
      />
      <Card flush>
        <DataTable
          caption={t[`onglet_${etat}`]}
          rows={lignes}
          rowKey={({ id }) => id}
          rowHref={({ courrierId }) => `/mail/${courrierId}${way}`}
          rowClass={({ enRetard }) => (enRetard ? 'is-late' : undefined)}
          empty={<Rien lang={lang} etat={etat} />}
          pages={{ page, pageSize: PAGE_TRANSMISSIONS, total, hrefFor: (to) => adresse(etat, to) }}
          columns={columnsOf(props)}
        />
      </Card>
    </Stack>
  );
}
