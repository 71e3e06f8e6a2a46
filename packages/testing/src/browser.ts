import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { findBrowser } from './programs.mjs';

const ARGUMENTS = [
  '--no-sandbox', // the tests may run as root, in a container
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the system's Chromium without a window, with a profile of its own. Close it with `browser.close()`.
 *
 * @throws Error when the machine has no Chromium or Chrome
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('No Chromium or Chrome was found on this machine');
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath, args: ARGUMENTS, headless: true });
}

let axeSource: Promise<string> | undefined;

/** What axe found, in lines that say what, where and how to repair it. */
function describeViolations({ violations }: Pick<AxeResults, 'violations'>): string {
  return violations
    .map(({ id, help, nodes }) => {
      const places = nodes.map((node) => `    ${node.target.join(' ')}: ${node.failureSummary ?? ''}`);
      return [`  ${id}: ${help}`, ...places].join('\n');
    })
    .join('\n');
}

/**
 * Runs axe on a page as it is now and fails when it finds a violation of WCAG 2.2 A or AA or of its best practices.
 *
 * The script is evaluated through the browser's debugging protocol, which a strict Content-Security-Policy does not
 * hinder, so the page is judged with the very headers that it is served with.
 *
 * @param page an open page
 * @param options axe's run options, for instance to leave out a rule with the reason beside it
 * @throws Error that lists the violations
 */
export async function expectNoAxeViolations(page: Page, options: RunOptions = {}): Promise<void> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const session = await page.context().newCDPSession(page);
  try {
    const run = async (expression: string): Promise<unknown> => {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) {
        throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
      }
      return result.value;
    };
    if ((await run('typeof axe')) === 'undefined') await run(`${await axeSource};undefined`);
    // Of what is right, which is nearly everything, nothing has to be described or sent over.
    const asked = JSON.stringify({ resultTypes: ['violations'], ...options });
    const results = await run(`axe.run(document, ${asked}).then(({ violations }) => ({ violations }))`);
    const report = describeViolations(results as Pick<AxeResults, 'violations'>);
    if (report) throw new Error(`Accessibility violations on ${page.url()}:\n${report}`);
  } finally {
    await session.detach();
  }
}
