import { fill } from '@gec/core';
import { Fragment } from 'preact';
import { cx, useTexts } from './context.tsx';
import { Icon } from './icons.tsx';

export interface ChipData {
  id: string;
  /** The part of the sentence: « de la DIVISION PROVINCIALE DU HAUT-KATANGA ». */
  label: string;
  /** Address of the same view without this filter. */
  removeHref: string;
  /** What is wrong with the value, shown beside it. */
  error?: string;
}

/** One filter in force, with a cross that leads to the view without it. */
export function Chip({ label, removeHref, error, fragment }: Omit<ChipData, 'id'> & { fragment?: string }) {
  const texts = useTexts();
  return (
    <span class={cx('chip', error !== undefined && 'chip-bad')}>
      <span class="chip-word">
        {label}
        {error !== undefined && <span class="chip-error">{error}</span>}
      </span>
      <a href={removeHref} title={fill(texts.removeFilter, { label })} data-fragment-link={fragment}>
        <Icon name="x" size={14} />
        <span class="sr-only">{fill(texts.removeFilter, { label })}</span>
      </a>
    </span>
  );
}

export interface FilterChipsProps {
  /** Beginning of the sentence: « Courriers arrivés ». */
  lead: string;
  chips: readonly ChipData[];
  /** Address of the view without any filter. */
  clearHref: string;
  fragment?: string;
}

/** The filters in force as one sentence that can be read aloud: « Courriers · arrivés · en cours · depuis le 1 nov. ». */
export function FilterChips({ lead, chips, clearHref, fragment }: FilterChipsProps) {
  const texts = useTexts();
  if (chips.length === 0) return null;
  return (
    <p class="chips" aria-label={texts.filtersRead} role="group">
      <span class="chips-lead">{lead}</span>
      {chips.map((chip) => (
        <Fragment key={chip.id}>
          {' '}
          <Chip label={chip.label} removeHref={chip.removeHref} error={chip.error} fragment={fragment} />
        </Fragment>
      ))}{' '}
      <a class="chips-clear" href={clearHref} data-fragment-link={fragment}>
        {texts.clearFilters}
      </a>
    </p>
  );
}
