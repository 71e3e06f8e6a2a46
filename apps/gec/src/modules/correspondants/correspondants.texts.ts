import { defineTexts } from '@gec/core';

/** What the correspondants say. */
export const correspondantsTexts = defineTexts('correspondants', {
  fr: { refuse: 'Vous n’avez pas accès aux correspondants.' },
  en: { refuse: 'You have no access to the correspondents.' },
});
