import { describe, expect, it } from 'vitest';
import { Document, readTheme, renderDocument } from './document.tsx';
import { Field, TextInput } from './forms.tsx';

const assets = { css: '/assets/a.css', js: ['/assets/a.js'] };

describe('renderDocument', () => {
  it('escapes titles, texts and values', () => {
    const html = renderDocument(
      <Document lang="fr" title={'</title><script>alert(1)</script>'} assets={assets}>
        <Field id="objet" label={'<img src=x onerror="alert(1)">'}>
          <TextInput name="objet" value={'"><script>alert(1)</script>'} />
        </Field>
      </Document>,
    );
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img');
    expect(html).toContain('value="&quot;>&lt;script>');
  });

  it('is a whole page in the language and the theme chosen, without anything inline', () => {
    const html = renderDocument(
      <Document lang="en" theme="dark" title="T" nonce="abc" assets={assets}>
        x
      </Document>,
    );
    expect(html).toMatch(/^<!doctype html><html lang="en" data-theme="dark">/);
    expect(html).toContain('<script type="module" src="/assets/a.js" nonce="abc"></script>');
    expect(html).not.toMatch(/ style=|<style|javascript:| on\w+="/);
    expect(html).toContain('Cancel');
  });

  it('follows the system when no theme was chosen', () => {
    const page = (cookie?: string) =>
      renderDocument(
        <Document lang="fr" theme={readTheme(cookie)} title="T" assets={assets}>
          x
        </Document>,
      );
    expect(page()).toContain('<html lang="fr">');
    expect(page('"><script>')).toContain('<html lang="fr">');
    expect(page('light')).toContain('data-theme="light"');
  });
});
