import { can } from '@gec/core';
import { actorOf, csrfToken, sendHtml, takeFlash, type ErrorContext } from '@gec/http';
import {
  AppShell,
  Document,
  ErrorDocument,
  initialsOf,
  renderDocument,
  ToolLink,
  VisitorDocument,
  type Assets,
  type Shortcut,
} from '@gec/ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ComponentChildren } from 'preact';
import { fill } from '@gec/core';
import { AppellationProvider } from '../modules/departements/departements.mots.views.tsx';
import { APPELLATION_PAR_DEFAUT } from '../modules/departements/departements.texts.ts';
import { photoHref, type Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { navOf, type NavId } from './nav.ts';
import { shellTexts } from './shell.texts.ts';

/** What the frame of a page shows that is not of the page. */
export interface ShellData {
  readonly produit: string;
  readonly organisme: string;
  /** Address of the emblem, when the settings have one. */
  readonly logo: string | null;
  /** What the office calls its departments, in the plural. */
  readonly appellationDepartement?: string;
  /** Numbers waiting, by place of the rail. */
  readonly badges: Partial<Record<NavId, number>>;
  /** Notifications that were not read. */
  readonly nonLues?: number;
  /** A lasting notice above the page, with where to do something about it. */
  readonly bandeau?: { readonly texte: string; readonly lien: { href: string; texte: string } | null } | null;
}

/** Where the frame gets its data and assets; the app decorates the server with it. */
export interface ShellSource {
  readonly assets: Assets;
  /** For a signed-in person, or for a visitor (`null`). */
  load(person: Personne | null): Promise<ShellData>;
}

declare module 'fastify' {
  interface FastifyInstance {
    gecShell: ShellSource;
  }
}

/** A page to show. */
export interface Page {
  title: string;
  /** Place of the rail that is lit. */
  active?: NavId | null;
  children: ComponentChildren;
  status?: number;
  /** Whole width, for the list and the letter. */
  wide?: boolean;
  /** Words in the search field. */
  search?: string;
  /** Id of the part of this page that follows as one types in the search field. */
  searchFragment?: string;
  /** Keys of this page besides the usual ones. */
  shortcuts?: readonly Shortcut[];
}

/** The signed-in person of a request. Only for routes that need a session. */
export function personOf(request: FastifyRequest): Personne {
  return actorOf(request) as Personne;
}

/** Sends a page of the signed-in program: frame, rail, search field, waiting flash. */
export async function renderPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
): Promise<FastifyReply> {
  const person = personOf(request);
  const { assets, load } = request.server.gecShell;
  const shell = await load(person);
  const appellation = shell.appellationDepartement ?? APPELLATION_PAR_DEFAUT;
  const lang = request.lang;
  const t = shellTexts(lang);
  const shortcuts: Shortcut[] = [...(page.shortcuts ?? [])];
  if (can(person, 'register_mail')) {
    shortcuts.unshift(
      { keys: 'n', label: t.raccourciArrivee, href: '/courriers/nouveau?flux=ENTRANT' },
      { keys: 'd', label: t.raccourciDepart, href: '/courriers/nouveau?flux=SORTANT' },
    );
  }
  const html = renderDocument(
    <Document
      lang={lang}
      theme={request.theme ?? 'auto'}
      title={`${page.title} · ${shell.produit}`}
      assets={assets}
    >
      <AppShell
        product={shell.produit}
        logo={shell.logo ?? undefined}
        user={{
          name: person.nomComplet,
          roleLabel: person.roleLibelle,
          initials: initialsOf(person.nomComplet),
          photo: photoHref({ id: person.userId, photo: person.photo }),
        }}
        nav={navOf(person, lang, page.active ?? null, shell.badges, appellation)}
        search={{
          action: '/view_mail',
          name: 'search',
          value: page.search,
          placeholder: t.chercher,
          source: '/api/v1/suggestions',
          fragment: page.searchFragment,
        }}
        flash={takeFlash(request, reply)}
        banner={
          shell.bandeau && (
            <>
              {shell.bandeau.texte}{' '}
              {shell.bandeau.lien && <a href={shell.bandeau.lien.href}>{shell.bandeau.lien.texte}</a>}
            </>
          )
        }
        tools={
          <ToolLink
            href="/notifications"
            icon="bell"
            label={t.notifications}
            countLabel={t.notificationsNonLues}
            count={shell.nonLues ?? 0}
            current={page.active === 'notifications'}
            island="bell"
            source="/api/v1/notifications/compte"
          />
        }
        csrfToken={csrfToken(request)}
        logoutHref="/logout"
        profileHref="/profil"
        shortcuts={shortcuts}
        wide={page.wide}
      >
        <AppellationProvider appellation={appellation}>{page.children}</AppellationProvider>
      </AppShell>
    </Document>,
  );
  return sendHtml(reply, html, page.status ?? 200);
}

/** A page for visitors: one card in the middle. */
export interface VisitorPage {
  title: string;
  text?: ComponentChildren;
  children: ComponentChildren;
  status?: number;
}

/** Sends a page that needs no session (sign-in), or that stands alone (first password). */
export async function renderVisitorPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: VisitorPage,
): Promise<FastifyReply> {
  const { assets, load } = request.server.gecShell;
  const shell = await load(null);
  const html = renderDocument(
    <VisitorDocument
      lang={request.lang}
      theme={request.theme ?? 'auto'}
      assets={assets}
      product={shell.produit}
      institution={shell.organisme}
      logo={shell.logo ?? undefined}
      title={page.title}
      text={page.text}
      flash={takeFlash(request, reply)}
    >
      {page.children}
    </VisitorDocument>,
  );
  return sendHtml(reply, html, page.status ?? 200);
}

/** The page of a refusal or fault. It stands without the database. */
export function errorPage(context: ErrorContext, assets: Assets): string {
  const t = shellTexts(context.lang);
  return renderDocument(
    <ErrorDocument
      lang={context.lang}
      theme={context.request.theme ?? 'auto'}
      assets={assets}
      product="GEC Mines"
      title={context.title}
      message={context.message}
      status={context.status}
      reference={fill(t.numeroDemande, { id: context.requestId })}
      back={context.status === 401 ? { href: '/login', label: t.connexion } : { href: '/', label: t.retour }}
    />,
  );
}
