import type { Lang } from '@gec/core';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { LangContext } from './context.tsx';
import { CLIENT_TEXTS, uiTexts } from './ui.texts.ts';

/** Theme chosen by the person; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

/** Addresses of what `scripts/build-assets.mjs` built for the program. */
export interface Assets {
  css: string;
  js: readonly string[];
  /** Icon of the site, when there is one. */
  icon?: string;
}

export interface DocumentProps {
  lang: Lang;
  /** From the cookie `theme`, see {@link readTheme}. */
  theme?: Theme;
  /** Full title of the page, product included. */
  title: string;
  /** Nonce of the Content-Security-Policy, when the policy uses one. */
  nonce?: string;
  assets: Assets;
  /** Class of the body, for a layout of one page. */
  bodyClass?: string;
  children: ComponentChildren;
}

/** The whole html element of a page: head, style sheet, island script as a module, language and theme. */
export function Document({ lang, theme = 'auto', title, nonce, assets, bodyClass, children }: DocumentProps) {
  const texts = uiTexts(lang);
  const clientTexts = JSON.stringify(Object.fromEntries(CLIENT_TEXTS.map((key) => [key, texts[key]])));
  return (
    <html lang={lang} data-theme={theme === 'auto' ? undefined : theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        <meta name="robots" content="noindex" />
        <meta name="format-detection" content="telephone=no" />
        <title>{title}</title>
        {assets.icon && <link rel="icon" href={assets.icon} />}
        <link rel="stylesheet" href={assets.css} nonce={nonce} />
        {assets.js.map((src) => (
          <script key={src} type="module" src={src} nonce={nonce} />
        ))}
      </head>
      <body class={bodyClass} data-texts={clientTexts}>
        <LangContext.Provider value={lang}>{children}</LangContext.Provider>
      </body>
    </html>
  );
}

/** Renders a {@link Document} to the bytes of a page, doctype included. Text and attributes are escaped. */
export function renderDocument(vnode: VNode): string {
  return `<!doctype html>${renderToString(vnode)}`;
}

/**
 * Renders a part of a page for the `X-Fragment` requests of the live search.
 *
 * @param lang language of the page that the part belongs to
 */
export function renderFragment(vnode: VNode, lang: Lang): string {
  return renderToString(<LangContext.Provider value={lang}>{vnode}</LangContext.Provider>);
}

/** The theme named by the value of the cookie `theme`; anything unknown is `auto`. */
export function readTheme(cookie: string | undefined): Theme {
  return cookie === 'light' || cookie === 'dark' ? cookie : 'auto';
}
