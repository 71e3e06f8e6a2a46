import type { ComponentChildren } from 'preact';
import { useTexts } from './context.tsx';
import { Alert } from './feedback.tsx';

/** One field that two people changed, each in their own way. */
export interface ConflictRow {
  label: ComponentChildren;
  /** What the person typed, who came second. */
  mine: ComponentChildren;
  /** What is stored now. */
  theirs: ComponentChildren;
}

export interface ConflictPanelProps {
  /** What somebody else changed; « quelqu’un a modifié ceci » when left out. */
  title?: string;
  text?: ComponentChildren;
  rows: readonly ConflictRow[];
}

/**
 * Shown above a form whose change was refused because somebody else's is newer: what was typed and what is stored, side
 * by side. It takes the focus, so that nobody sends the form again unread.
 */
export function ConflictPanel({ title, text, rows }: ConflictPanelProps) {
  const t = useTexts();
  return (
    <div data-island="focus" tabIndex={-1}>
      <Alert tone="warning" title={title ?? t.conflictTitle}>
        <p>{text ?? t.conflictText}</p>
        {rows.length > 0 && (
          <table class="table conflict">
            <thead>
              <tr>
                <th scope="col">{t.conflictField}</th>
                <th scope="col">{t.conflictMine}</th>
                <th scope="col">{t.conflictTheirs}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ label, mine, theirs }, at) => (
                <tr key={at}>
                  <th scope="row">{label}</th>
                  <td data-label={t.conflictMine}>{mine}</td>
                  <td data-label={t.conflictTheirs}>{theirs}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Alert>
    </div>
  );
}
