import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, openTestDatabase } from '@gec/testing';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { createTestApp, type TestApp } from '../../apps/gec/src/test/harness.ts';
import { buildAssets } from '../../scripts/build-assets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** GEC Mines on a database of its own, with built assets, listening, and a browser in front of it. */
export interface TestSite extends TestApp {
  readonly url: string;
  readonly browser: Browser;
  /** A browser window of somebody who is signed in. */
  window(person: { userId: number }, options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Starts the program for tests in a browser. Close it when they are done. */
export async function openSite(options: Parameters<typeof createTestApp>[1] = {}): Promise<TestSite> {
  const outdir = mkdtempSync(join(tmpdir(), 'gec-e2e-'));
  const assets = await buildAssets({
    entry: join(root, 'apps/gec/src/islands/client.ts'),
    css: join(root, 'packages/ui/src/styles/index.css'),
    outdir,
    minify: true,
  });
  const database = await openTestDatabase('sqlite');
  const site = await createTestApp(database.url, {
    ...options,
    assets: { dir: join(outdir, 'assets'), assets },
  });
  const url = await site.app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await launchBrowser();
  return {
    ...site,
    url,
    browser,
    async window(person, options = {}) {
      const context = await browser.newContext({ baseURL: url, locale: 'fr-FR', ...options });
      const { cookie } = await site.signIn(person);
      const [name = '', value = ''] = cookie.split('=');
      await context.addCookies([{ name, value, url }]);
      return context;
    },
    async close() {
      await browser.close();
      await site.close();
      await database.drop();
      rmSync(outdir, { recursive: true, force: true });
    },
  };
}
