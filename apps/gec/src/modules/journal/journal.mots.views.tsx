import { useLang } from '@gec/ui';
import { acteurInWords, actionLabel, detailsInWords, type JournalNames } from './journal.presenter.ts';
import type { JournalLine } from './journal.schema.ts';

/** One part of an entry of the journal in words, for the history of the thing that it is about. */
export function JournalWords(props: {
  line: JournalLine;
  names: JournalNames;
  part: 'action' | 'details' | 'acteur';
}) {
  const lang = useLang();
  const { line, names, part } = props;
  if (part === 'action') return <>{actionLabel(lang, line.action)}</>;
  if (part === 'acteur') return <>{acteurInWords(lang, line, names)}</>;
  return <>{detailsInWords(lang, line.details, names)}</>;
}
