import { describe, expect, it } from 'vitest';
import { Document, renderDocument } from './document.tsx';
import { Gallery } from './gallery.tsx';

const html = renderDocument(
  <Document lang="fr" title="Galerie" assets={{ css: '/a.css', js: [] }}>
    <Gallery />
  </Document>,
);
const all = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1] ?? '');
const ids = all(/ id="([^"]+)"/g);

describe('every component on one page', () => {
  it('renders every component', () => {
    for (const words of [
      'Copie au Secrétaire Général',
      'Enregistrer un autre courrier',
      '2 champs sont à corriger',
    ]) {
      expect(html).toContain(words);
    }
  });

  it('gives each id once', () => {
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('ties labels, descriptions and error links to what exists', () => {
    const named = [
      ...all(/ for="([^"]+)"/g),
      ...all(/ aria-describedby="([^"]+)"/g).flatMap((list) => list.split(' ')),
      ...all(/ aria-labelledby="([^"]+)"/g),
      ...all(/ href="#([^"]+)"/g),
      ...all(/ data-dialog="([^"]+)"/g),
      ...all(/ list="([^"]+)"/g),
      ...all(/ data-fragment(?:-link)?="([^"]+)"/g),
    ];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('marks what is wrong and what is required', () => {
    expect(html).toMatch(
      /<textarea[^>]*id="objet"[^>]*required[^>]*aria-invalid="true"|<textarea[^>]*aria-invalid="true"[^>]*id="objet"/,
    );
    expect(html).toMatch(/id="objet-error"/);
  });

  it('has one first heading and one main part', () => {
    expect(all(/<(h1)[ >]/g)).toHaveLength(1);
    expect(all(/<(main)[ >]/g)).toHaveLength(1);
  });

  it('sends the token with every POST and needs no inline script or style', () => {
    const forms = html.split('<form').slice(1);
    const posts = forms.filter((form) => form.slice(0, form.indexOf('>')).includes('method="post"'));
    expect(posts.length).toBeGreaterThan(1);
    for (const form of posts) expect(form.slice(0, form.indexOf('</form>'))).toContain('name="_csrf"');
    expect(html).not.toMatch(/ style=|<style| on\w+="/);
  });

  it('gives every drawing without a word an accessible name', () => {
    for (const svg of html.match(/<svg[^>]*>/g) ?? []) expect(svg).toMatch(/aria-hidden="true"|aria-label="/);
  });
});
