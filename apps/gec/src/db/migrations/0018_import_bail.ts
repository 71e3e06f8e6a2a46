import type { Step } from '@gec/db';

/**
 * Whose work an import is at the moment: the takeover of an older installation goes on for hours, in one process at a
 * time, and another one takes it up when that one dies.
 */
export const importBail: Step = {
  name: '0018_import_bail',
  statements: (t) => [
    `alter table import add column bail_detenteur text`,
    `alter table import add column bail_fin ${t.timestamp}`,
  ],
};
