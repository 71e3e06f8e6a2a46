import {
  createInstallation,
  launchBrowser,
  signIn,
  startProgram,
  type Client,
  type RunningProgram,
} from '@gec/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** The widths and themes in which every page must hold. */
export const LOOKS = [
  { width: 1440, height: 900, theme: 'light' },
  { width: 1440, height: 900, theme: 'dark' },
  { width: 390, height: 844, theme: 'light' },
  { width: 390, height: 844, theme: 'dark' },
] as const;

export type Look = (typeof LOOKS)[number];

/** A running GEC with a browser in front of it. */
export interface Site {
  readonly program: RunningProgram;
  readonly browser: Browser;
  readonly url: string;
  /** The administrator, over plain HTTP. */
  readonly admin: Client & { readonly cookie: string };
  /** A page of a browser that is signed in as the holder of a cookie; a visitor's without one. */
  open(options?: { cookie?: string; look?: Look; javaScript?: boolean }): Promise<Page>;
  close(): Promise<void>;
}

/**
 * Starts the built program on an empty SQLite installation, and a browser.
 *
 * @param env settings besides the usual ones of tests
 */
export async function startSite(env: Record<string, string> = {}): Promise<Site> {
  const installation = createInstallation({ env });
  const program = await startProgram(installation);
  const browser = await launchBrowser();
  const admin = await signIn(program.url);
  const contexts: BrowserContext[] = [];
  return {
    program,
    browser,
    url: program.url,
    admin,
    async open({ cookie, look = LOOKS[0], javaScript = true } = {}) {
      const context = await browser.newContext({
        baseURL: program.url,
        viewport: { width: look.width, height: look.height },
        colorScheme: look.theme,
        locale: 'fr-FR',
        javaScriptEnabled: javaScript,
        acceptDownloads: true,
      });
      contexts.push(context);
      if (cookie !== undefined) {
        const [name = '', value = ''] = cookie.split(/=(.*)/s);
        await context.addCookies([{ name, value, url: program.url }]);
      }
      return context.newPage();
    },
    async close() {
      admin.close();
      for (const context of contexts) await context.close();
      await browser.close();
      await program.kill('SIGTERM');
      installation.remove();
    },
  };
}
