import type { Lang } from '@gec/core';
import { Button, LinkButton } from './buttons.tsx';
import { Stat } from './data.tsx';
import { Dialog } from './feedback.tsx';
import { FormSample } from './gallery.form.tsx';
import { LetterSample } from './gallery.letter.tsx';
import { ListSample } from './gallery.list.tsx';
import { SmallSample } from './gallery.small.tsx';
import { Grid, PageHeader, Pager, Stack, Tabs } from './layout.tsx';
import { AppShell, type NavItem } from './shell.tsx';
import { ToolLink } from './tools.tsx';

const NAV: NavItem[] = [
  { id: 'accueil', href: '/', label: 'Accueil', icon: 'home' },
  { id: 'arrivees', href: '/arrivees', label: 'Arrivées', icon: 'inbox-in', current: true },
  { id: 'departs', href: '/departs', label: 'Départs', icon: 'outbox' },
  { id: 'a-traiter', href: '/a-traiter', label: 'À traiter', icon: 'tray', badge: 7 },
  { id: 'recherche', href: '/recherche', label: 'Recherche', icon: 'search' },
  { id: 'rapports', href: '/rapports', label: 'Rapports', icon: 'chart' },
  { id: 'admin', href: '/admin', label: 'Administration', icon: 'settings', group: 'Système' },
];

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
        <SmallSample />
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
