import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { findMarks, Highlight } from './highlight.tsx';

const html = (text: string, words: string[]) => renderToString(<Highlight text={text} words={words} />);

describe('Highlight', () => {
  it('marks the beginnings of words whatever the accents and the case', () => {
    expect(html('Échéance de la TRAÇABILITÉ', ['echeance', 'traca'])).toBe(
      '<mark>Échéance</mark> de la <mark>TRAÇA</mark>BILITÉ',
    );
  });

  it('does not mark inside a word', () => {
    expect(html('réexamen du permis', ['examen', 'ermis'])).toBe('réexamen du permis');
  });

  it('marks after an apostrophe, a hyphen and a slash', () => {
    expect(html('l’objet, Haut-Katanga, 245/CAB', ['obj', 'katanga', 'cab'])).toBe(
      'l’<mark>obj</mark>et, Haut-<mark>Katanga</mark>, 245/<mark>CAB</mark>',
    );
  });

  it('keeps whole a letter that folds to two and marks written apart', () => {
    expect(findMarks('œuvre', ['oe'])).toEqual([[0, 1]]);
    expect(findMarks('e\u0301cole', ['ec'])).toEqual([[0, 3]]);
    expect(findMarks('cafe\u0301', ['cafe'])).toEqual([[0, 5]]);
  });

  it('joins marks that overlap', () => {
    expect(html('permission', ['per', 'permis'])).toBe('<mark>permis</mark>sion');
  });

  it('escapes what it marks and what it does not', () => {
    expect(html('<b>gras</b> & suite', ['gras'])).toBe('&lt;b><mark>gras</mark>&lt;/b> &amp; suite');
  });

  it('shows the text as it is without words', () => {
    expect(html('Objet', [])).toBe('Objet');
    expect(html('Objet', ['', ' '.trim()])).toBe('Objet');
  });
});
