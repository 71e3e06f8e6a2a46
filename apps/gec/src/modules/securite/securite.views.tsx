import {
  fill,
  formatDateTime,
  formatDay,
  formatNumber,
  formatTime,
  dayOf,
  plural,
  type Lang,
} from '@gec/core';
import {
  Actions,
  Alert,
  BarChart,
  Button,
  Card,
  CheckboxGroup,
  ConflictPanel,
  DataTable,
  EmptyState,
  Form,
  Grid,
  LinkButton,
  PageHeader,
  Progress,
  Stack,
  Tabs,
  useLang,
} from '@gec/ui';
import type { ComponentChildren } from 'preact';
import type { Alerte, EchecsConnexion, TrancheEchecs, Verification } from './securite.schema.ts';
import { securiteTexts } from './securite.texts.ts';

/** Address of the screen. */
export const SECURITE = '/admin/securite';
/** Id of the part of the page that follows a verification. */
export const FRAGMENT = 'verification';

export type Onglet = 'apercu' | 'adresses' | 'blocages' | 'sessions';

/** The head of every view of the screen, and the way to the others. */
export function CadreSecurite(props: { onglet: Onglet; gestion: boolean; children: ComponentChildren }) {
  const t = securiteTexts(useLang());
  const { onglet, gestion, children } = props;
  const items = [
    { href: SECURITE, label: t.ongletApercu, current: onglet === 'apercu' },
    { href: `${SECURITE}/adresses`, label: t.ongletAdresses, current: onglet === 'adresses' },
    { href: `${SECURITE}/blocages`, label: t.ongletBlocages, current: onglet === 'blocages' },
    { href: `${SECURITE}/sessions`, label: t.ongletSessions, current: onglet === 'sessions' },
  ];
  return (
    <>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      <Stack>
        {gestion && <Tabs label={t.vues} items={items} />}
        {children}
      </Stack>
    </>
  );
}

/** An alert in words. */
export function alerteEnMots(lang: Lang, alerte: Alerte): string {
  const t = securiteTexts(lang);
  switch (alerte.genre) {
    case 'chaine':
      return fill(t.alerte_chaine, { place: alerte.place });
    case 'compte':
      return fill(alerte.connu ? t.alerte_compte : t.alerte_inconnu, {
        n: formatNumber(lang, alerte.nombre),
        compte: alerte.compte,
      });
    case 'reseau':
      return fill(t.alerte_reseau, { n: formatNumber(lang, alerte.nombre), reseau: alerte.reseau });
    case 'adresse':
      return fill(t.alerte_adresse, { personne: alerte.personne, ip: alerte.ip });
    case 'facteur':
      return alerte.compte === null
        ? fill(t.alerte_facteur, { par: alerte.par })
        : fill(t.alerte_facteurDe, { par: alerte.par, compte: alerte.compte });
  }
}

const JOURNAL: Readonly<Record<Alerte['genre'], string>> = {
  chaine: '/admin/logs?action=journal.verification',
  compte: '/admin/logs?action=auth.echec',
  reseau: '/admin/logs?action=auth.echec',
  adresse: '/admin/logs?action=auth.connexion',
  facteur: '/admin/logs?action=facteur.retrait',
};

function Alertes({ alertes, zone }: { alertes: readonly Alerte[]; zone: string }) {
  const lang = useLang();
  const t = securiteTexts(lang);
  return (
    <Card title={t.alertes} icon="bell" id="alertes">
      {alertes.length === 0 ? (
        <EmptyState icon="shield" title={t.alertesAucune} text={t.alertesAucuneTexte} />
      ) : (
        <Stack space={3}>
          {alertes.map((alerte, at) => (
            <Alert
              key={at}
              tone={alerte.genre === 'chaine' ? 'danger' : 'warning'}
              title={alerteEnMots(lang, alerte)}
            >
              <time dateTime={alerte.date}>{formatDateTime(lang, alerte.date, zone)}</time>
              {' · '}
              <a
                href={
                  alerte.genre === 'facteur' && alerte.compte !== null
                    ? '/admin/logs?action=facteur.reinitialisation'
                    : JOURNAL[alerte.genre]
                }
              >
                {t.voirJournal}
              </a>
            </Alert>
          ))}
        </Stack>
      )}
    </Card>
  );
}

function Trace(props: {
  titre: string;
  legende: string;
  tranches: readonly TrancheEchecs[];
  /** Under a bar, where there is little room, and in full. */
  court: (debut: string) => string;
  libelle: (debut: string) => string;
}) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { titre, legende, tranches, court, libelle } = props;
  return (
    <div>
      <h3>{legende}</h3>
      <BarChart
        title={titre}
        data={tranches.map(({ debut, nombre }, at) => ({
          label: court(debut),
          title: `${libelle(debut)} · ${formatNumber(lang, nombre)}`,
          value: nombre,
          current: at === tranches.length - 1,
        }))}
      />
      <details>
        <summary>{t.enTableau}</summary>
        <DataTable
          caption={titre}
          rows={tranches}
          rowKey={({ debut }) => debut}
          columns={[
            { id: 'tranche', header: t.tranche, kind: 'figure', cell: ({ debut }) => libelle(debut) },
            { id: 'nombre', header: t.nombre, kind: 'end', cell: ({ nombre }) => formatNumber(lang, nombre) },
          ]}
        />
      </details>
    </div>
  );
}

function Echecs({ echecs, zone }: { echecs: EchecsConnexion; zone: string }) {
  const lang = useLang();
  const t = securiteTexts(lang);
  return (
    <Card title={t.echecs} icon="chart" id="echecs">
      <Grid columns="two">
        <Trace
          titre={t.echecsHeures}
          legende={t.heures}
          tranches={echecs.heures}
          court={(debut) => formatTime('en', debut, zone).slice(0, 2)}
          libelle={(debut) => formatTime(lang, debut, zone)}
        />
        <Trace
          titre={t.echecsJours}
          legende={t.jours}
          tranches={echecs.jours}
          court={(debut) => dayOf(new Date(debut), zone).slice(8)}
          libelle={(debut) => formatDay(lang, dayOf(new Date(debut), zone))}
        />
      </Grid>
    </Card>
  );
}

/** A verification as the page shows it. */
export interface VerificationVue extends Verification {
  /** Full name of whoever asked for it. */
  readonly par: string;
}

function Resultat({ verification, zone }: { verification: VerificationVue; zone: string }) {
  const lang = useLang();
  const t = securiteTexts(lang);
  const { etat, rupture, entrees, fin, par, fait, total } = verification;
  if (etat === 'EN_COURS') {
    const n = (value: number) => formatNumber(lang, value);
    return (
      <Progress
        label={t.verification_EN_COURS}
        value={total > 0 ? fait : undefined}
        max={total > 0 ? total : undefined}
        text={total > 0 ? fill(t.avance, { fait: n(fait), total: n(total) }) : undefined}
      />
    );
  }
  if (etat !== 'TERMINEE') return <Alert tone="warning" title={t[`verification_${etat}`]} />;
  const quand = fill(t.verificationQuand, { date: formatDateTime(lang, fin ?? '', zone), qui: par });
  if (rupture) {
    const place = String(rupture.seq ?? rupture.id ?? '—');
    return (
      <Alert
        tone="danger"
        title={fill(t.verificationRompu, { place, nature: t[`nature_${rupture.nature}`] })}
      >
        {quand} {t.verificationRompuAide}
      </Alert>
    );
  }
  return (
    <Alert
      tone="success"
      title={plural(lang, entrees ?? 0, t.verificationIntact_un, t.verificationIntact_autre)}
    >
      {quand}
    </Alert>
  );
}

/** The verification of the journal; the `verification` island follows one that is under way. */
export function VerificationCard(props: {
  csrfToken: string;
  verification: VerificationVue | null;
  zone: string;
}) {
  const t = securiteTexts(useLang());
  const { csrfToken, verification, zone } = props;
  const active = verification?.etat === 'EN_COURS';
  return (
    <div id={FRAGMENT} data-island={active ? 'verification' : undefined} data-words={t.avance}>
      <Card title={t.verification} icon="shield">
        <Stack space={3}>
          <p class="muted">{t.verificationTexte}</p>
          {verification ? (
            <Resultat verification={verification} zone={zone} />
          ) : (
            <p>{t.verificationJamais}</p>
          )}
          {active ? (
            <Actions>
              <LinkButton href={`${SECURITE}#${FRAGMENT}`} icon="refresh" size="small">
                {t.actualiser}
              </LinkButton>
            </Actions>
          ) : (
            <Form action={`${SECURITE}/verification`} csrfToken={csrfToken}>
              <Button icon="shield">{t.verifier}</Button>
            </Form>
          )}
        </Stack>
      </Card>
    </div>
  );
}

/** The roles that need a second factor. */
export interface RoleProtege {
  readonly nom: string;
  readonly libelle: string;
  readonly exige: boolean;
}

function Roles(props: {
  csrfToken: string;
  roles: readonly RoleProtege[];
  voulus: readonly string[] | null;
}) {
  const t = securiteTexts(useLang());
  const { csrfToken, roles, voulus } = props;
  const exiges = roles.filter(({ exige }) => exige).map(({ nom }) => nom);
  const mots = (noms: readonly string[]) =>
    roles
      .filter(({ nom }) => noms.includes(nom))
      .map(({ libelle }) => libelle)
      .join(', ') || t.aucunRole;
  return (
    <Card title={t.roles} icon="key" id="second-facteur">
      <Form action={`${SECURITE}/second-facteur`} csrfToken={csrfToken} class="stack stack-4" guard>
        {voulus !== null && (
          <ConflictPanel
            text={t.rolesChanges}
            rows={[{ label: t.rolesLegende, mine: mots(voulus), theirs: mots(exiges) }]}
          />
        )}
        <p class="muted">{t.rolesTexte}</p>
        <input type="hidden" name="avant" value={exiges.join(',')} />
        <CheckboxGroup
          id="roles"
          name="roles"
          legend={t.rolesLegende}
          options={roles.map(({ nom, libelle }) => ({ value: nom, label: libelle }))}
          values={voulus ?? exiges}
        />
        <Actions>
          <Button>{t.enregistrer}</Button>
        </Actions>
      </Form>
    </Card>
  );
}

/** The overview: alerts, failures over time, verification, second factors by role. */
export function ApercuView(props: {
  csrfToken: string;
  zone: string;
  journal: {
    alertes: readonly Alerte[];
    echecs: EchecsConnexion;
    verification: VerificationVue | null;
  } | null;
  roles: readonly RoleProtege[] | null;
  /** What was chosen when somebody else had chosen otherwise meanwhile. */
  voulus: readonly string[] | null;
}) {
  const { csrfToken, zone, journal, roles, voulus } = props;
  return (
    <CadreSecurite onglet="apercu" gestion={roles !== null}>
      {journal && (
        <>
          <Alertes alertes={journal.alertes} zone={zone} />
          <Echecs echecs={journal.echecs} zone={zone} />
        </>
      )}
      <Grid columns="two">
        {journal && (
          <VerificationCard csrfToken={csrfToken} verification={journal.verification} zone={zone} />
        )}
        {roles && <Roles csrfToken={csrfToken} roles={roles} voulus={voulus} />}
      </Grid>
    </CadreSecurite>
  );
}
