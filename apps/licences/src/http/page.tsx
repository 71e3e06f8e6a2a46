import { fill } from '@gec/core';
import { actorOf, csrfToken, sendHtml, takeFlash, type ErrorContext } from '@gec/http';
import { AppShell, Document, ErrorDocument, renderDocument, VisitorDocument, type Assets } from '@gec/ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ComponentChildren } from 'preact';
import type { Administrator } from '../modules/admins/admins.schema.ts';
import { navOf, type NavId } from './nav.ts';
import { shellTexts } from './shell.texts.ts';

/** Where the frame gets its data and assets; the app decorates the server with it. */
export interface ShellSource {
  readonly assets: Assets;
  /** Numbers that wait, by place of the rail. */
  badges(): Promise<Partial<Record<NavId, number>>>;
}

declare module 'fastify' {
  interface FastifyInstance {
    licShell: ShellSource;
  }
}

/** A page to show. */
export interface Page {
  title: string;
  active?: NavId | null;
  children: ComponentChildren;
  status?: number;
  wide?: boolean;
  /** Words in the search field. */
  search?: string | undefined;
}

/** The signed-in administrator of a request. Only for routes that need a session. */
export function adminOf(request: FastifyRequest): Administrator {
  return actorOf(request) as Administrator;
}

/** Sends a page of the signed-in program: frame, rail, search field, waiting flash. */
export async function renderPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
): Promise<FastifyReply> {
  const admin = adminOf(request);
  const { assets, badges } = request.server.licShell;
  const waiting = await badges();
  const { lang } = request;
  const t = shellTexts(lang);
  const html = renderDocument(
    <Document
      lang={lang}
      theme={request.theme ?? 'auto'}
      title={`${page.title} · ${t.product}`}
      assets={assets}
    >
      <AppShell
        product={t.product}
        user={{
          name: admin.username,
          roleLabel: t.administrator,
          initials: admin.username.slice(0, 2).toLocaleUpperCase('fr'),
        }}
        nav={navOf(lang, page.active ?? null, waiting)}
        search={{ action: '/licences', name: 'search', value: page.search, placeholder: t.search }}
        flash={takeFlash(request, reply)}
        csrfToken={csrfToken(request)}
        logoutHref="/logout"
        profileHref="/profil"
        wide={page.wide}
      >
        {page.children}
      </AppShell>
    </Document>,
  );
  return sendHtml(reply, html, page.status ?? 200);
}

/** Sends a page that needs no session (sign-in), or that stands alone (first password). */
export async function renderVisitorPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: { title: string; text?: ComponentChildren; children: ComponentChildren; status?: number },
): Promise<FastifyReply> {
  const t = shellTexts(request.lang);
  const html = renderDocument(
    <VisitorDocument
      lang={request.lang}
      theme={request.theme ?? 'auto'}
      assets={request.server.licShell.assets}
      product={t.product}
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
      product={t.product}
      title={context.title}
      message={context.message}
      status={context.status}
      reference={fill(t.requestId, { id: context.requestId })}
      back={context.status === 401 ? { href: '/login', label: t.signIn } : { href: '/', label: t.back }}
    />,
  );
}
