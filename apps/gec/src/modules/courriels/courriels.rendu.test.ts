import { LANGS } from '@gec/core';
import { describe, expect, it } from 'vitest';
import {
  htmlDuTexte,
  modeleParDefaut,
  problemeHtml,
  rendre,
  sansLiens,
  verifierModele,
} from './courriels.rendu.ts';
import { EVENEMENTS_COURRIEL } from './courriels.schema.ts';

const modele = { sujet: 'Courrier {numero}', texte: 'Bonjour {destinataire}', html: '' };

describe('templates', () => {
  it('of the program pass their own check, in both languages', () => {
    for (const evenement of EVENEMENTS_COURRIEL) {
      for (const langue of LANGS) {
        expect(verifierModele('fr', evenement, modeleParDefaut(evenement, langue))).toEqual([]);
      }
    }
  });

  it('are looked at without links to follow, and with the addresses that words hide', () => {
    expect(sansLiens('<p><a href="https://a.cd/1">https://a.cd/1</a></p>')).toBe(
      '<p><u>https://a.cd/1</u></p>',
    );
    expect(sansLiens('<A HREF="https://b.cd">ici\nmême</A> <a>rien</a>')).toBe(
      '<u>ici\nmême</u> (https://b.cd) <u>rien</u>',
    );
  });

  it('name only variables that exist, and those without which they are of no use', () => {
    const wrong = verifierModele('fr', 'transmission', { ...modele, texte: 'Bonjour {nom}' });
    expect(wrong).toEqual([
      { field: 'texte', message: expect.stringContaining('La variable {nom} n’existe pas') },
    ]);
    expect(verifierModele('fr', 'premier_mot_de_passe', { ...modele, sujet: 'Compte' })).toEqual([
      { field: 'texte', message: 'Ce modèle doit contenir {identifiant}.' },
    ]);
    expect(verifierModele('en', 'transmission', { sujet: ' ', texte: '', html: '' })).toHaveLength(2);
  });

  it.each([
    ['<script>x</script>', 'script'],
    ['<p onclick="x">y</p>', 'onclick'],
    ['<a href="javascript:x">y</a>', 'javascript'],
    ['<a href="https://x.cd/{numero}">y</a>', null],
    ['<img src="https://x.cd/a.png">', 'img'],
    ['<p>ouvert', 'p'],
    ['<p><em>croisé</p></em>', 'p'],
    ['3 < 4', '< 4'],
    ['<!-- x -->', '<!--'],
    ['<p style="x">y</p>', 'style'],
    ['<p>a<br/>b</p><hr>', null],
    ['<a href="{lien}">lire</a>', null],
  ])('take only harmless HTML: %s', (html, expected) => {
    const problem = problemeHtml('fr', html);
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toContain(expected);
  });
});

describe('a message', () => {
  it('takes values as text: escaped in the HTML, on one line everywhere', () => {
    const sent = rendre(
      { sujet: '{objet}', texte: 'Objet : {objet}', html: '<p>{objet}</p>' },
      { objet: 'A\r\nBcc: x@example.cd <b>"\'&' },
    );
    expect(sent.sujet).toBe('A Bcc: x@example.cd <b>"\'&');
    expect(sent.texte).toBe('Objet : A Bcc: x@example.cd <b>"\'&');
    expect(sent.html).toBe('<p>A Bcc: x@example.cd &lt;b&gt;&quot;&#39;&amp;</p>');
  });

  it('never fills what a value brings', () => {
    expect(rendre(modele, { numero: '{destinataire}', destinataire: 'X' }).sujet).toBe(
      'Courrier {destinataire}',
    );
  });

  it('leaves out lines with nothing to say, and stays well-formed', () => {
    const { texte, html } = rendre(modeleParDefaut('transmission', 'fr'), {
      destinataire: 'Marie',
      auteur: 'Jean',
      numero: 'N-1',
      echeance: '3 déc. 2026',
      organisme: 'SG',
    });
    expect(texte).not.toContain('Objet');
    expect(texte).not.toContain('Instruction');
    expect(texte).not.toContain('Le lire');
    expect(texte).toContain('À traiter avant le\u00A0: 3 déc. 2026');
    expect(problemeHtml('fr', html)).toBeNull();
    expect(html).not.toContain('href');
    const split = { ...modele, html: '<p>Objet : {objet}\n<strong>{numero}</strong></p>' };
    expect(rendre(split, { numero: 'N-1' }).html).toBe('<p>Objet : \n<strong>N-1</strong></p>');
  });

  it('has HTML made from its text', () => {
    expect(htmlDuTexte('A & B\nC\n\nLire : {lien}')).toBe(
      '<p>\nA &amp; B<br>\nC\n</p>\n<p>\nLire : <a href="{lien}">{lien}</a>\n</p>',
    );
  });
});
