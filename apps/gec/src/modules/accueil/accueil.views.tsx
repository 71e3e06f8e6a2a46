import { fill, formatDate, formatDateTime, formatDay, formatNumber, plural, type Lang } from '@gec/core';
import {
  Alert,
  Badge,
  BarChart,
  Card,
  DataTable,
  EmptyState,
  Grid,
  Icon,
  LinkButton,
  PageHeader,
  Stack,
  Stat,
  StatusBadge,
} from '@gec/ui';
import { transmissionsTexts } from '../transmissions/transmissions.texts.ts';
import type { Accueil } from './accueil.schema.ts';
import { accueilTexts } from './accueil.texts.ts';

export interface AccueilProps {
  lang: Lang;
  nom: string;
  accueil: Accueil;
  statuts: readonly { nom: string; libelle: string; couleur: string }[];
  /** Whether the person registers letters. */
  enregistre: boolean;
}

const NOUVEAU = { arrivee: '/courriers/nouveau?flux=ENTRANT', depart: '/courriers/nouveau?flux=SORTANT' };

/** `samedi 21 nov. 2026`. */
function longDay(lang: Lang, day: string): string {
  const names = accueilTexts(lang).jours.split(',');
  return `${names[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? ''} ${formatDay(lang, day)}`;
}

/** One click to register. */
function Enregistrer({ lang, accueil }: Pick<AccueilProps, 'lang' | 'accueil'>) {
  const t = accueilTexts(lang);
  return (
    <>
      <LinkButton href={NOUVEAU.arrivee} variant="primary" size="large" icon="inbox-in">
        {t.nouvelleArrivee}
      </LinkButton>
      {!accueil.vide && (
        <LinkButton href={NOUVEAU.depart} size="large" icon="outbox">
          {t.nouveauDepart}
        </LinkButton>
      )}
    </>
  );
}

/** What one began to register, to go on with. */
function EnCours({ lang, accueil }: Pick<AccueilProps, 'lang' | 'accueil'>) {
  const t = accueilTexts(lang);
  return (
    <>
      {accueil.enCours.map(({ flux, objet, dateModification }) => {
        const arrivee = flux === 'ENTRANT';
        const quand = formatDateTime(lang, dateModification, accueil.fuseauHoraire);
        return (
          <Alert
            key={flux}
            tone="info"
            title={arrivee ? t.arriveeEnCours : t.departEnCours}
            actions={
              <LinkButton
                href={arrivee ? NOUVEAU.arrivee : NOUVEAU.depart}
                icon={arrivee ? 'inbox-in' : 'outbox'}
                size="small"
              >
                {t.reprendre}
              </LinkButton>
            }
          >
            {objet === '' ? fill(t.enCoursSansObjet, { quand }) : fill(t.enCoursTexte, { objet, quand })}
          </Alert>
        );
      })}
    </>
  );
}

/** Open transmissions, the most urgent first. */
function Attente({ lang, accueil }: AccueilProps) {
  const t = accueilTexts(lang);
  const words = transmissionsTexts(lang);
  const { attente } = accueil;
  return (
    <Card
      title={t.attente}
      icon="tray"
      actions={
        <>
          {attente.enRetard > 0 && (
            <Badge tone="danger" icon="alert">
              {plural(lang, attente.enRetard, t.enRetard_un, t.enRetard_autre)}
            </Badge>
          )}
          {attente.nonLus > 0 && (
            <Badge tone="accent" icon="mail">
              {plural(lang, attente.nonLus, t.nonLus_un, t.nonLus_autre)}
            </Badge>
          )}
        </>
      }
      footer={
        attente.total > attente.lignes.length && (
          <a href="/a-traiter">{fill(t.toutVoir, { n: formatNumber(lang, attente.total) })}</a>
        )
      }
    >
      {attente.lignes.length === 0 ? (
        <p class="muted">{t.attenteVide}</p>
      ) : (
        <ul class="waiting plain">
          {attente.lignes.map((one) => (
            <li key={one.id} class={one.dateLecture === null ? 'is-new' : undefined}>
              <div>
                <a class="waiting-title" href={`/mail/${one.courrierId}?de=a-traiter`}>
                  {one.courrier.objet}
                </a>
                <p class="muted">
                  <span class="num">{one.courrier.numero}</span> · {one.deNom}
                  {one.instructionLibelle && ` · ${one.instructionLibelle}`}
                </p>
              </div>
              {one.echeance && (
                <Badge tone={one.enRetard ? 'danger' : 'warning'} icon={one.enRetard ? 'alert' : 'clock'}>
                  {formatDay(lang, one.echeance)}
                  {one.enRetard && ` (${words.enRetard})`}
                </Badge>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What came and went, in figures that lead to the letters that they count. */
function Chiffres({ lang, accueil }: AccueilProps) {
  const t = accueilTexts(lang);
  const { aujourdhui, lundi, jour, semaine } = accueil;
  const list = (flux: string, from: string) => `/view_mail?type_courrier=${flux}&date_from=${from}`;
  const since = fill(t.depuisLundi, { jour: formatDay(lang, lundi) });
  return (
    <Grid>
      <Stat label={t.arriveesJour} value={jour.arrivees} icon="inbox-in" href={list('ENTRANT', aujourdhui)} />
      <Stat label={t.departsJour} value={jour.departs} icon="outbox" href={list('SORTANT', aujourdhui)} />
      <Stat label={t.arriveesSemaine} value={semaine.arrivees} hint={since} href={list('ENTRANT', lundi)} />
      <Stat label={t.departsSemaine} value={semaine.departs} hint={since} href={list('SORTANT', lundi)} />
    </Grid>
  );
}

function Activite({ lang, accueil }: AccueilProps) {
  const t = accueilTexts(lang);
  return (
    <Card title={t.activite} icon="chart">
      <BarChart
        title={t.activite}
        data={accueil.activite.map(({ jour, arrivees, departs }) => ({
          label: String(Number(jour.slice(8))),
          value: arrivees + departs,
          title: fill(t.barre, {
            jour: longDay(lang, jour),
            arrivees: plural(lang, arrivees, t.barreArrivees_un, t.barreArrivees_autre),
            departs: plural(lang, departs, t.barreDeparts_un, t.barreDeparts_autre),
          }),
          current: jour === accueil.aujourdhui,
        }))}
      />
    </Card>
  );
}

function Derniers({ lang, accueil, statuts }: AccueilProps) {
  const t = accueilTexts(lang);
  const byName = new Map(statuts.map((statut) => [statut.nom, statut]));
  return (
    <Card title={t.derniers} icon="mail" flush footer={<a href="/view_mail">{t.ouvrirRegistre}</a>}>
      <DataTable
        caption={t.derniers}
        rows={accueil.derniers}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/mail/${id}`}
        columns={[
          { id: 'numero', header: t.numero, kind: 'figure', cell: ({ numero }) => numero },
          {
            id: 'objet',
            header: t.objet,
            primary: true,
            cell: ({ objet, correspondant, typeCourrier }) => (
              <>
                {objet}
                <small class="muted cell-line">
                  <Icon name={typeCourrier === 'ENTRANT' ? 'inbox-in' : 'outbox'} size={14} />
                  {typeCourrier === 'ENTRANT' ? t.arrivee : t.depart} · {correspondant}
                </small>
              </>
            ),
          },
          {
            id: 'statut',
            header: t.statut,
            cell: ({ statut }) => {
              const known = byName.get(statut);
              return <StatusBadge label={known?.libelle ?? statut} couleur={known?.couleur ?? '#6B7280'} />;
            },
          },
          {
            id: 'date',
            header: t.date,
            kind: 'figure',
            cell: ({ dateEnregistrement }) => formatDate(lang, dateEnregistrement, accueil.fuseauHoraire),
          },
        ]}
      />
    </Card>
  );
}

/** The home page: what waits, what came and went, the latest letters, one click to register. */
export function AccueilView(props: AccueilProps) {
  const { lang, nom, accueil, enregistre } = props;
  const t = accueilTexts(lang);
  const waits = accueil.attente.total > 0;
  return (
    <Stack space={5}>
      <PageHeader
        title={fill(t.bonjour, { nom })}
        subtitle={longDay(lang, accueil.aujourdhui)}
        actions={enregistre && !accueil.vide && <Enregistrer {...props} />}
      />
      <EnCours {...props} />
      {accueil.vide ? (
        <Card>
          <EmptyState
            icon="journal"
            title={t.videTitre}
            text={enregistre ? t.videTexte : t.videLecteur}
            action={enregistre && <Enregistrer {...props} />}
          />
        </Card>
      ) : (
        <>
          {waits && <Attente {...props} />}
          <Chiffres {...props} />
          <Grid columns="aside">
            <Derniers {...props} />
            <Stack>
              {!waits && <Attente {...props} />}
              <Activite {...props} />
            </Stack>
          </Grid>
        </>
      )}
    </Stack>
  );
}
