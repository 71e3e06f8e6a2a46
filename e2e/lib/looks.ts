import { expectNoAxeViolations } from '@gec/testing';
import type { ConsoleMessage, Page } from 'playwright-core';
import { LOOKS } from './site.ts';

/** In the dark only the colours differ: there, axe looks at nothing else. */
const COLOURS = { runOnly: ['color-contrast', 'link-in-text-block'] };

/** What one presses, links among words left aside, and how many pixels high it is at least under a finger. */
const PRESSED = '.btn, button, summary, select, .input, .page, .menu-item, .tabs a, .check';
const FINGER = 44;

/** What is pressed on the page and is too low for a finger. Half a pixel less is rounding. */
function tooLow(page: Page): Promise<string[]> {
  return page.locator(PRESSED).evaluateAll(
    (all, least) =>
      all.flatMap((one) => {
        const { width, height } = one.getBoundingClientRect();
        const low = width > 1 && height > 0 && height < least - 0.5;
        return low ? [`${Math.round(height)} pixels high: ${one.outerHTML.slice(0, 120)}`] : [];
      }),
    FINGER,
  );
}

/**
 * What is wrong with a page as it stands, at both widths and in both themes: what axe finds, what overflows, and
 * on a telephone what is too low to be pressed. The
 * page is not loaded again, so that what was typed or refused stays; it is left as wide and as light as it was.
 *
 * @param name how the page is called in the problems
 */
export async function problemsHere(page: Page, name: string): Promise<string[]> {
  const problems: string[] = [];
  const before = page.viewportSize();
  // Colours that fade from one theme to the other would be judged half-way.
  const media = { reducedMotion: 'reduce' } as const;
  for (const { width, height, theme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ ...media, colorScheme: theme });
    const label = `${name} (${width}, ${theme})`;
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overflow > 0) problems.push(`${label}: ${overflow} pixels too wide`);
    if (width < 400 && theme === 'light')
      problems.push(...(await tooLow(page)).map((low) => `${label}: ${low}`));
    await expectNoAxeViolations(page, theme === 'dark' ? COLOURS : {}).catch((error: Error) =>
      problems.push(`${label}: ${error.message}`),
    );
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
  if (before !== null) await page.setViewportSize(before);
  return problems;
}

/** An address to visit, with the status that it answers where that is not 200. */
export type Visit = string | { readonly path: string; readonly status: number };

/** What is wrong with the pages of some addresses in every look: {@link problemsHere}, and errors of the browser. */
export async function problemsOf(page: Page, visits: Iterable<Visit>): Promise<string[]> {
  const problems: string[] = [];
  let current = { path: '', status: 200 };
  const onConsole = (message: ConsoleMessage) => {
    // The browser itself says that a page answered with an error.
    if (message.type() === 'error' && current.status < 400)
      problems.push(`${current.path}: ${message.text()}`);
  };
  const onError = (error: Error) => problems.push(`${current.path}: ${error.message}`);
  page.on('console', onConsole);
  page.on('pageerror', onError);
  for (const visit of visits) {
    current = typeof visit === 'string' ? { path: visit, status: 200 } : visit;
    const answer = await page.goto(current.path, { waitUntil: 'load' });
    if (answer?.status() !== current.status) problems.push(`${current.path}: ${answer?.status() ?? 0}`);
    problems.push(...(await problemsHere(page, current.path)));
  }
  page.off('console', onConsole);
  page.off('pageerror', onError);
  return problems;
}
