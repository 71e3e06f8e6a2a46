import { useTexts } from './context.tsx';
import { Kbd } from './layout.tsx';

export interface Shortcut {
  /** Key as typed: `n`, `t`, `?`. */
  keys: string;
  label: string;
  /** Where the key leads; without it the key presses the element of the page that carries it. */
  href?: string;
}

/** The keys of the interface, hidden until `?` asks for them; its links also give the keys their targets. */
export function ShortcutHelp({ shortcuts }: { shortcuts: readonly Shortcut[] }) {
  const texts = useTexts();
  const rows: [string[], string][] = [
    [['/'], texts.shortcutSearch],
    [['Ctrl', 'K'], texts.shortcutPalette],
    [['j', 'k'], texts.shortcutMove],
    [['↵'], texts.shortcutOpen],
  ];
  return (
    <section id="shortcut-help" hidden data-title={texts.shortcuts} data-island="shortcuts">
      <dl class="keys">
        {rows.map(([keys, label]) => (
          <div key={label}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
        {shortcuts.map((shortcut) => (
          <div key={shortcut.keys}>
            <dt>
              <Kbd>{shortcut.keys}</Kbd>
            </dt>
            <dd>
              {shortcut.href ? (
                <a href={shortcut.href} data-shortcut={shortcut.keys}>
                  {shortcut.label}
                </a>
              ) : (
                shortcut.label
              )}
            </dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>Ctrl</Kbd>
            <Kbd>↵</Kbd>
          </dt>
          <dd>{texts.shortcutSave}</dd>
        </div>
        <div>
          <dt>
            <Kbd>?</Kbd>
          </dt>
          <dd>{texts.shortcutHelp}</dd>
        </div>
      </dl>
      <label class="check keys-switch">
        <input type="checkbox" data-single-keys />
        <span>{texts.singleKeys}</span>
      </label>
    </section>
  );
}
