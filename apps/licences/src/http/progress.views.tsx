import { useLang } from '@gec/ui';
import type { ComponentChildren } from 'preact';
import { shellTexts } from './shell.texts.ts';

/** What takes a while: a form, or links to files. */
export interface WithProgressProps {
  /** Value of the one button of the form that begins long work; any of them if left out. */
  only?: string;
  /** For links instead of a form: how many rows the files behind them have. */
  rows?: number;
  children: ComponentChildren;
}

/**
 * Something whose work takes a while. With script a bar shows how far it is (`progress` island); without, the answer
 * comes when all is done.
 */
export function WithProgress({ only, rows, children }: WithProgressProps) {
  const t = shellTexts(useLang());
  return (
    <div
      class="stack stack-4"
      data-island="progress"
      data-only={only}
      data-rows={rows}
      data-working={rows === undefined ? t.working : t.preparing}
      data-received={t.received}
      data-interrupted={rows === undefined ? t.interrupted : t.exportInterrupted}
    >
      {children}
      <div role="status" data-progress-panel />
    </div>
  );
}
