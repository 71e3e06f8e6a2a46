import { fill, formatDate, plural, type Lang } from '@gec/core';
import { sendHtml, wantsFragment } from '@gec/http';
import { renderFragment } from '@gec/ui';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import { hasValidCheck, KEY_LENGTH, normalizeKey } from '../licenses/licenses.policy.ts';
import { presentValidation } from './activation.presenter.ts';
import type { ActivationService } from './activation.service.ts';
import { testTexts } from './test.texts.ts';
import { TestResultView, TestView, type TestResult } from './test.views.tsx';

async function resultOf(
  activation: ActivationService,
  typed: string,
  lang: Lang,
): Promise<TestResult | null> {
  const t = testTexts(lang);
  const key = normalizeKey(typed);
  if (key === '') return null;
  if (key.length < KEY_LENGTH) {
    const text = plural(lang, KEY_LENGTH - key.length, t.incomplete_one, t.incomplete);
    return { tone: 'info', text, licenseId: null, answer: null };
  }
  const { result, licenseId } = await activation.inspect(key);
  const answer = JSON.stringify(presentValidation(result), null, 2);
  if (result.ok) {
    const text = fill(t.VALID, { label: result.durationLabel, days: result.durationDays });
    return { tone: 'success', text, licenseId, answer };
  }
  if (result.code === 'ALREADY_USED') {
    const date = result.usedDate ? formatDate(lang, result.usedDate) : '—';
    return { tone: 'warning', text: fill(t.ALREADY_USED, { date }), licenseId, answer };
  }
  if (result.code === 'INACTIVE' || result.code === 'NOT_FOUND') {
    return { tone: 'danger', text: t[result.code], licenseId, answer };
  }
  const text = key.length === KEY_LENGTH && !hasValidCheck(key) ? t.badCheck : t.INVALID_FORMAT;
  return { tone: 'danger', text, licenseId, answer };
}

/** Registers the page on which an administrator tries a key. Trying here is no guessing: nothing is counted. */
export function registerTestPages(app: App, { activation }: { activation: ActivationService }): void {
  app.get('/test', { config: { permission: 'session' } }, async (request, reply) => {
    const { key } = request.query as { key?: unknown };
    const typed = typeof key === 'string' ? key.slice(0, 40) : '';
    const result = await resultOf(activation, typed, request.lang);
    if (wantsFragment(request) === 'result') {
      return sendHtml(reply, renderFragment(<TestResultView result={result} />, request.lang));
    }
    return renderPage(request, reply, {
      title: testTexts(request.lang).title,
      active: 'test',
      children: <TestView value={typed} result={result} />,
    });
  });
}
