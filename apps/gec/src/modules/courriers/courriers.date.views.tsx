import { useLang } from '@gec/ui';
import { courriersTexts } from './courriers.texts.ts';

/** The hint of the field of a letter's date: says, with script, that its day is to come. */
export function JourAVenir({ fuseau }: { fuseau: string }) {
  return (
    <span
      class="hint-warning"
      role="status"
      data-island="day-to-come"
      data-words={courriersTexts(useLang()).dateAVenir}
      data-time-zone={fuseau}
    />
  );
}
