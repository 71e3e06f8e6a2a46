import { copy, flash, focus, startConfirm, startMenus, theme } from './actions.ts';
import { combobox } from './combobox.ts';
import { dirtyGuard, fileDrop, startQuickSave, submitOnce } from './forms.ts';
import { liveSearch, startFragmentLinks } from './live-search.ts';
import { registerIsland, startIslands } from './runtime.ts';
import { shortcuts, startRows } from './shortcuts.ts';

export { loadFragment } from './live-search.ts';
export { askConfirm, isModalOpen, makeDialog, openModal } from './modal.ts';
export {
  announce,
  closest,
  debounce,
  hydrate,
  lazyIsland,
  make,
  registerIsland,
  release,
  text,
  type Cleanup,
  type Setup,
} from './runtime.ts';

/**
 * Starts the islands that both programs share. A program registers its own first (`registerIsland`, `lazyIsland`)
 * and then calls this once from its client entry.
 */
export function start(): void {
  registerIsland('theme', theme);
  registerIsland('flash', flash);
  registerIsland('copy', copy);
  registerIsland('focus', focus);
  registerIsland('submit-once', submitOnce);
  registerIsland('dirty-guard', dirtyGuard);
  registerIsland('file-drop', fileDrop);
  registerIsland('combobox', combobox);
  registerIsland('live-search', liveSearch);
  registerIsland('shortcuts', shortcuts);
  startConfirm();
  startMenus();
  startQuickSave();
  startRows();
  startFragmentLinks();
  startIslands();
}
