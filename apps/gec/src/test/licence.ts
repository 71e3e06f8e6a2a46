import { formatTrustAnchor } from '@gec/licence-client';
import { createEditor, type Editor } from '@gec/licence-client/test-editor';
import { testClock, type TestClock } from '@gec/testing';
import { beforeAll, beforeEach, expect } from 'vitest';
import { createTestApp, type TestApp } from './harness.ts';

/** A day, in milliseconds. */
export const DAY = 86_400_000;
/** The key of a licence for a year. */
export const KEY = 'ABCDEFGH1234';
const DEBUT = '2026-03-01T08:00:00Z';

/** An installation of its own for each test, and the editor of its licences, for the tests of one file. */
export function preparerLicence(open: () => Promise<{ url: string }>) {
  const clock: TestClock = testClock(DEBUT);
  let editor: Editor;
  let site: TestApp;
  let url: string;

  /** One more process of the installation; the test closes it. */
  const start = (over: Record<string, string> = {}): Promise<TestApp> =>
    createTestApp(url, {
      clock,
      licenceFetch: editor.fetch,
      env: {
        LICENSE_TRUST_ANCHOR: formatTrustAnchor([editor.root]),
        LICENSE_SERVER_URL: 'https://licences.example.cd',
        GEC_PUBLIC_URL: 'https://courrier.example.cd',
        ...over,
      },
    });

  beforeAll(async () => {
    editor = await createEditor(() => clock.now().getTime());
  });
  beforeEach(async () => {
    clock.set(DEBUT);
    url = (await open()).url;
    editor.sell(KEY, 365);
    editor.setDown(false);
    site = await start();
    return () => site.close();
  });

  const chief = () => site.person('super_admin', null);

  async function page(headers: { cookie: string }, path = '/admin/licence') {
    const { body, statusCode } = await site.app.inject({ url: path, headers });
    expect(statusCode).toBe(200);
    return { html: body, csrf: /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '' };
  }

  return {
    clock,
    /** What the tests look at; there from the first test on. */
    ici: {
      get site() {
        return site;
      },
      get editor() {
        return editor;
      },
    },
    start,
    chief,
    asChief: async () => site.signIn(await chief()),
    page,

    /** Starts the installation anew with other settings. */
    async restart(over: Record<string, string>): Promise<void> {
      await site.close();
      site = await start(over);
    },

    /** Days on which the office works. */
    async live(days: number): Promise<void> {
      for (let day = 0; day < days; day++) {
        clock.advance(DAY);
        await site.container.licence.etat();
      }
    },

    async post(headers: { cookie: string }, path: string, form: Record<string, string>) {
      const { csrf } = await page(headers);
      return site.app.inject({
        method: 'POST',
        url: path,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ _csrf: csrf, ...form }).toString(),
      });
    },
  };
}
