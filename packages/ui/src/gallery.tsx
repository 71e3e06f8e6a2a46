import type { Lang } from '@gec/core';
import { Avatar } from './avatar.tsx';
import { Actions, Button, LinkButton } from './buttons.tsx';
import { FilterChips } from './chips.tsx';
import { Checkbox, CheckboxGroup, ErrorSummary, RadioGroup } from './choices.tsx';
import { ConflictPanel } from './conflict.tsx';
import { BarChart, Change, DescriptionList, Stat, Timeline } from './data.tsx';
import { Alert, Badge, Dialog, EmptyState, Progress, StatusBadge } from './feedback.tsx';
import { DateInput, Field, Form, Select, TextArea, TextInput } from './forms.tsx';
import { Highlight } from './highlight.tsx';
import { Icon, ICON_NAMES } from './icons.tsx';
import { Card, Grid, PageHeader, Pager, Panel, Stack, Tabs } from './layout.tsx';
import { Combobox, FileDrop } from './pickers.tsx';
import { QrCode } from './qr.tsx';
import { AppShell, type NavItem } from './shell.tsx';
import { DataTable, Pagination, type Column } from './table.tsx';
import { ToolLink } from './tools.tsx';

interface Row {
  id: number;
  numero: string;
  date: string;
  objet: string;
  correspondant: string;
  statut: [string, string];
  echeance?: string;
}

const CORRESPONDANTS = [
  'Division provinciale des Mines du Haut-Katanga',
  'Coopérative minière du Lualaba',
  'Cadastre minier',
  'Ministère des Finances',
  'Société minière de Kamituga',
];
const OBJETS = [
  'Demande de renouvellement du permis d’exploitation n° 2718',
  'Transmission du rapport trimestriel de production artisanale',
  'Invitation à la réunion technique sur la traçabilité du cobalt',
  'Urgent : incident survenu sur le site de Kawama, demande d’instructions',
  'Accusé de réception de la note circulaire relative aux redevances',
];
const STATUTS: [string, string][] = [
  ['Reçu', '#4a78c9'],
  ['En cours', '#ffd700'],
  ['Traité', '#009639'],
  ['Urgent', '#ce1126'],
  ['Archivé', '#8a94a6'],
];
const pick = <T,>(list: readonly T[], i: number) => list[i % list.length] as T;

const ROWS: Row[] = Array.from({ length: 9 }, (_, i) => ({
  id: 9 - i,
  numero: `${String(8951 + 9 - i).padStart(6, '0')}-26`,
  date: `${21 - i} nov. 2026`,
  objet: pick(OBJETS, i + 3),
  correspondant: pick(CORRESPONDANTS, i * 2),
  statut: pick(STATUTS, i + 3),
  echeance: i % 3 === 0 ? `${24 + i} nov. 2026` : undefined,
}));

const WORDS = ['perm', 'traca', 'urgent'];
const COLUMNS: Column<Row>[] = [
  {
    id: 'numero',
    header: 'N°',
    kind: 'figure',
    sortKey: 'numero_accuse_reception',
    cell: (row) => row.numero,
  },
  { id: 'date', header: 'Date', kind: 'figure', sortKey: 'date_enregistrement', cell: (row) => row.date },
  {
    id: 'objet',
    header: 'Objet',
    primary: true,
    sortKey: 'objet',
    cell: (row) => <Highlight text={row.objet} words={WORDS} />,
  },
  { id: 'expediteur', header: 'Correspondant', sortKey: 'expediteur', cell: (row) => row.correspondant },
  {
    id: 'statut',
    header: 'Statut',
    cell: (row) => <StatusBadge label={row.statut[0]} couleur={row.statut[1]} />,
  },
  {
    id: 'echeance',
    header: 'Échéance',
    kind: 'figure',
    from: 'wide',
    cell: (row) =>
      row.echeance ? <Badge tone="warning">{row.echeance}</Badge> : <span class="muted">—</span>,
  },
  { id: 'piece', header: 'Pièce', kind: 'icon', cell: () => <Icon name="paperclip" label="Pièce jointe" /> },
];

const NAV: NavItem[] = [
  { id: 'accueil', href: '/', label: 'Accueil', icon: 'home' },
  { id: 'arrivees', href: '/arrivees', label: 'Arrivées', icon: 'inbox-in', current: true },
  { id: 'departs', href: '/departs', label: 'Départs', icon: 'outbox' },
  { id: 'a-traiter', href: '/a-traiter', label: 'À traiter', icon: 'tray', badge: 7 },
  { id: 'recherche', href: '/recherche', label: 'Recherche', icon: 'search' },
  { id: 'rapports', href: '/rapports', label: 'Rapports', icon: 'chart' },
  { id: 'admin', href: '/admin', label: 'Administration', icon: 'settings', group: 'Système' },
];

const href = (page: number) => `/view_mail?page=${page}`;

function ListSample() {
  return (
    <section id="liste">
      <FilterChips
        lead="Courriers arrivés"
        clearHref="/view_mail"
        fragment="liste"
        chips={[
          { id: 'q', label: 'contenant « permis »', removeHref: '/view_mail?a' },
          { id: 'statut', label: 'en cours ou urgents', removeHref: '/view_mail?b' },
          {
            id: 'du',
            label: 'depuis le',
            removeHref: '/view_mail?c',
            error: '« 31/02/2026 » n’est pas une date',
          },
        ]}
      />
      <Card flush>
        <DataTable
          caption="Courriers arrivés"
          columns={COLUMNS}
          rows={ROWS}
          rowKey={(row) => row.id}
          rowHref={(row) => `/mail/${row.id}`}
          sort={{
            by: 'date_enregistrement',
            order: 'desc',
            hrefFor: (by, order) => `?sort_by=${by}&sort_order=${order}`,
          }}
          fragment="liste"
        />
        <Pagination page={7} pageSize={25} total={1530} hrefFor={href} fragment="liste" />
      </Card>
    </section>
  );
}

function FormSample() {
  return (
    <Card title="Enregistrer une arrivée" icon="inbox-in">
      <Form action="/enregistrer" csrfToken="jeton" encType="multipart/form-data" guard>
        <Stack>
          <ErrorSummary
            errors={[
              { field: 'objet', message: 'L’objet est obligatoire.' },
              { field: 'scan', message: 'Le fichier n’est pas un PDF lisible.' },
            ]}
          />
          <FileDrop
            id="scan"
            name="fichier"
            label="Scan du courrier"
            required
            multiple
            capture
            accept=".pdf,image/*"
            maxBytes={16 * 1024 * 1024}
            hint="PDF, PNG, JPEG ou TIFF, 16 Mo au plus."
            error="Le fichier n’est pas un PDF lisible. Rien n’a été enregistré."
          />
          <Field id="objet" label="Objet" required error="L’objet est obligatoire.">
            <TextArea name="objet" rows={2} />
          </Field>
          <div class="form-grid">
            <Field
              id="expediteur"
              label="Expéditeur"
              required
              class="span-4"
              hint="Les correspondants connus se complètent ; Entrée prend."
            >
              <Combobox
                name="expediteur"
                source="/correspondants"
                options={CORRESPONDANTS}
                value="Division provinciale"
              />
            </Field>
            <Field id="reference" label="Référence" optional class="span-2">
              <TextInput name="numero_reference" placeholder="245/CAB/2026" />
            </Field>
            <Field id="date" label="Date du courrier" class="span-2">
              <DateInput name="date_redaction" value="2026-11-19" />
            </Field>
            <Field id="type" label="Type" class="span-2">
              <Select
                name="type"
                value="note"
                options={[
                  { value: 'lettre', label: 'Lettre officielle' },
                  { value: 'note', label: 'Note circulaire' },
                ]}
              />
            </Field>
            <RadioGroup
              id="sg"
              name="sg_copie"
              legend="Copie au Secrétaire Général"
              required
              value="oui"
              options={[
                { value: 'oui', label: 'Oui' },
                { value: 'non', label: 'Non' },
              ]}
            />
          </div>
          <CheckboxGroup
            id="types"
            name="types"
            legend="Types de fichiers"
            options={[
              { value: 'pdf', label: 'PDF' },
              { value: 'png', label: 'PNG' },
            ]}
            values={['pdf']}
            hint="Au moins un."
          />
          <Checkbox
            name="suivant"
            label="Enregistrer un autre courrier ensuite"
            checked
            hint="Ce qui reste pareil est repris."
          />
          <Actions>
            <Button variant="primary" icon="check">
              Enregistrer
            </Button>
            <Button variant="secondary">Garder en brouillon</Button>
            <LinkButton variant="quiet" href="/">
              Abandonner
            </LinkButton>
          </Actions>
        </Stack>
      </Form>
    </Card>
  );
}

function LetterSample() {
  return (
    <Stack>
      <Card
        title="008960-26"
        actions={<StatusBadge label="En cours" couleur="#ffd700" />}
        footer={
          <Actions>
            <Button variant="primary" icon="send" shortcut="t" type="button">
              Transmettre
            </Button>
            <LinkButton href="/mail/1/edit" icon="edit" shortcut="e">
              Modifier
            </LinkButton>
            <LinkButton href="#supprimer" dialog="supprimer" variant="danger" icon="trash">
              Mettre à la corbeille
            </LinkButton>
          </Actions>
        }
      >
        <DescriptionList
          items={[
            { term: 'Objet', value: pick(OBJETS, 0) },
            { term: 'Expéditeur', value: pick(CORRESPONDANTS, 0) },
            { term: 'Référence', value: '245/CAB/2026' },
            { term: 'Date du courrier', value: '19 nov. 2026' },
            { term: 'Autres informations', value: '' },
          ]}
        />
      </Card>
      <Card title="Historique" icon="clock">
        <Timeline
          items={[
            {
              id: '1',
              icon: 'send',
              who: 'Mireille Kalonji',
              when: '21 nov. 2026, 14 h 05',
              datetime: '2026-11-21T13:05:00Z',
              title: 'Transmis au Département Technique pour étude et avis',
            },
            {
              id: '2',
              icon: 'edit',
              who: 'Josué Ilunga',
              when: '21 nov. 2026, 10 h 40',
              title: 'Modifié',
              children: <Change field="Référence" from="254/CAB/2026" to="245/CAB/2026" />,
            },
            {
              id: '3',
              icon: 'inbox-in',
              who: 'Josué Ilunga',
              when: '21 nov. 2026, 10 h 32',
              title: 'Enregistré',
            },
          ]}
        />
      </Card>
    </Stack>
  );
}

function SmallThings() {
  return (
    <Stack>
      <Grid columns="two">
        <Card title="Arrivées par jour" icon="chart">
          <BarChart
            title="Arrivées par jour"
            data={[34, 58, 41, 86, 62, 12, 0, 47].map((value, i) => ({
              label: `${14 + i} nov.`,
              value,
              current: i === 7,
            }))}
          />
        </Card>
        <Card title="Messages">
          <Stack space={3}>
            <Alert tone="info" title="Brouillon repris">
              Vous aviez commencé cet enregistrement à 9 h 12.
            </Alert>
            <Alert
              tone="warning"
              title="Peut-être déjà enregistré"
              actions={
                <LinkButton href="/mail/3" size="small">
                  Comparer
                </LinkButton>
              }
            >
              Même expéditeur et même référence que le n° 008 912-26.
            </Alert>
            <Alert tone="danger">Le fichier n’est pas un PDF lisible. Rien n’a été enregistré.</Alert>
          </Stack>
        </Card>
      </Grid>
      <Card title="Boutons et mots">
        <Stack>
          <Actions>
            <Button type="button" variant="primary" icon="plus">
              Nouvelle arrivée
            </Button>
            <Button type="button" icon="download">
              Télécharger
            </Button>
            <Button
              type="button"
              variant="danger"
              icon="trash"
              confirm="Supprimer définitivement ce courrier ?"
            >
              Supprimer
            </Button>
            <Button type="button" variant="quiet" icon="print">
              Imprimer
            </Button>
            <Button type="button" variant="quiet" icon="copy" copy="008960-26" iconOnly>
              Copier le numéro
            </Button>
            <Button type="button" size="small" iconEnd="chevron-right">
              Suivant
            </Button>
            <Button type="button" disabled>
              Indisponible
            </Button>
          </Actions>
          <Actions>
            <Badge>Neutre</Badge>
            <Badge tone="accent">Copie SG</Badge>
            <Badge tone="success" icon="check">
              Vérifié
            </Badge>
            <Badge tone="warning" icon="clock">
              3 jours
            </Badge>
            <Badge tone="danger" icon="alert">
              En retard
            </Badge>
            {STATUTS.map(([label, couleur]) => (
              <StatusBadge key={label} label={label} couleur={couleur} />
            ))}
          </Actions>
          <ConflictPanel
            rows={[{ label: 'Objet', mine: 'Permis d’exploitation', theirs: 'Permis de recherches' }]}
          />
          <Actions>
            <span class="person">
              <Avatar name="Élodie KABONGO" />
              Élodie KABONGO
            </span>
            <Avatar name="Élodie KABONGO" size="large" />
          </Actions>
          <Progress label="Export de la liste" value={64} text="3 200 sur 5 000" />
          <Panel title="Numéro attribué">
            <span class="big-number">008960-26</span>
          </Panel>
          <ul class="cluster gallery-icons">
            {ICON_NAMES.map((name) => (
              <li key={name} title={name}>
                <Icon name={name} size={20} label={name} />
              </li>
            ))}
          </ul>
        </Stack>
      </Card>
      <Card title="Code QR">
        <QrCode text="GECLIC1 1/1 exemple" label="Code 1 sur 1" side={160} />
      </Card>
      <Card>
        <EmptyState
          icon="inbox-in"
          title="Aucun courrier arrivé aujourd’hui"
          text="Le premier enregistré apparaîtra ici, avec son numéro."
          action={
            <LinkButton href="/enregistrer" variant="primary" icon="plus">
              Enregistrer une arrivée
            </LinkButton>
          }
        />
      </Card>
    </Stack>
  );
}

/** Every component on one page: the fixture of the accessibility test and of the screenshots. */
export function Gallery({ lang = 'fr' }: { lang?: Lang }) {
  return (
    <AppShell
      product={lang === 'fr' ? 'GEC Mines' : 'GEC Mines (English)'}
      user={{ name: 'Mireille Kalonji', roleLabel: 'Bureau d’ordre', initials: 'MK' }}
      nav={NAV}
      search={{
        action: '/view_mail',
        name: 'search',
        placeholder: 'N°, objet, expéditeur, référence…',
        source: '/palette',
        fragment: 'liste',
      }}
      flash={{
        tone: 'success',
        text: 'Courrier enregistré sous le n° 008960-26.',
        link: { href: '/mail/9', label: 'Ouvrir' },
      }}
      tools={
        <ToolLink
          href="/notifications"
          icon="bell"
          label="Notifications"
          countLabel="Notifications : {n} non lues"
          count={3}
        />
      }
      csrfToken="jeton"
      logoutHref="/logout"
      profileHref="/profil"
      shortcuts={[
        { keys: 'n', label: 'Nouvelle arrivée', href: '/arrivees/nouveau' },
        { keys: 'd', label: 'Nouveau départ', href: '/departs/nouveau' },
        { keys: 't', label: 'Transmettre' },
      ]}
      wide
    >
      <PageHeader
        title="Arrivées"
        subtitle="1 530 courriers, dont 7 attendent une suite"
        crumbs={[{ label: 'Accueil', href: '/' }, { label: 'Arrivées' }]}
        actions={
          <>
            <LinkButton href="/export" icon="download">
              Exporter
            </LinkButton>
            <LinkButton href="/arrivees/nouveau" variant="primary" icon="plus" shortcut="n">
              Nouvelle arrivée
            </LinkButton>
          </>
        }
      />
      <Stack space={5}>
        <Grid>
          <Stat
            label="À traiter"
            value={7}
            icon="tray"
            href="/a-traiter"
            hint="dont 2 en retard"
            tone="warning"
          />
          <Stat
            label="Arrivées aujourd’hui"
            value={47}
            icon="inbox-in"
            href="/arrivees"
            hint="86 au plus ce mois"
          />
          <Stat label="Départs cette semaine" value={12} icon="outbox" href="/departs" />
          <Stat label="Au registre" value={1530} icon="journal" />
        </Grid>
        <ListSample />
        <Tabs
          label="Vues"
          items={[
            { href: '?v=1', label: 'Fiche', current: true },
            { href: '?v=2', label: 'Commentaires', count: 3 },
            { href: '?v=3', label: 'Journal' },
          ]}
        />
        <Pager
          up={{ href: '/view_mail', label: 'Arrivées' }}
          previous={{ href: '/mail/2' }}
          next={{ href: '/mail/4' }}
          position="3 sur 42"
        />
        <Grid columns="letter">
          <FormSample />
          <LetterSample />
        </Grid>
        <SmallThings />
      </Stack>
      <Dialog
        id="supprimer"
        title="Mettre ce courrier à la corbeille ?"
        tone="danger"
        actions={<Button variant="danger">Mettre à la corbeille</Button>}
      >
        <p>Son numéro reste au registre. Un administrateur peut le restaurer.</p>
      </Dialog>
    </AppShell>
  );
}
