import { useLang, type Column } from '@gec/ui';
import { acteurInWords, actionLabel, detailsInWords, type JournalNames } from './journal.presenter.ts';
import type { JournalLine } from './journal.schema.ts';

type Part = 'action' | 'details' | 'acteur';

function Words(props: { line: JournalLine; names: JournalNames; part: Part }) {
  const lang = useLang();
  const { line, names, part } = props;
  if (part === 'action') return <>{actionLabel(lang, line.action)}</>;
  if (part === 'acteur') return <>{acteurInWords(lang, line, names)}</>;
  return <>{detailsInWords(lang, line, names)}</>;
}

/**
 * The column of one part of entries of the journal in words, for the history of the thing that they are about.
 *
 * @param header what stands above it
 * @param names the people and departments that the entries speak of
 */
export function journalColumn(part: Part, header: string, names: JournalNames): Column<JournalLine> {
  return {
    id: part,
    header,
    primary: part === 'action',
    cell: (line) => <Words line={line} names={names} part={part} />,
  };
}
