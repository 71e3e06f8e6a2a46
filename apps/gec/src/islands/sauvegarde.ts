import { loadFragment, type Setup } from '@gec/ui/islands';

/** Pace (ms) at which a backup under way is looked at. */
const PACE = 2_000;

/** Follows a backup: the part of the page is fetched again until there is nothing left to follow. */
const sauvegarde: Setup = (element) => {
  const timer = window.setTimeout(
    () => void loadFragment(element.id, new URL(location.href), 'none').catch(() => undefined),
    PACE,
  );
  return () => clearTimeout(timer);
};

export default sauvegarde;
