import { fill, type FieldError, type Lang } from '@gec/core';
import {
  HTML_MAX,
  INDISPENSABLES,
  SUJET_MAX,
  TEXTE_MAX,
  VARIABLES,
  type EvenementCourriel,
  type Modele,
  type ValeursCourriel,
} from './courriels.schema.ts';
import { modelesTexts } from './courriels.modeles.texts.ts';
import { courrielsTexts } from './courriels.texts.ts';

const VARIABLE = /\{([^{}\n]*)\}/g;
/** Elements that a message may have: enough for a letter, nothing that fetches, runs or hides. */
const ELEMENTS = new Set(['p', 'br', 'strong', 'b', 'em', 'i', 'u', 'a', 'ul', 'ol', 'li', 'hr']);
const EMPTY_ELEMENTS = new Set(['br', 'hr']);
/** Where a link may lead: a web page, an address, or what a variable says. */
const HREF = /^(https?:\/\/[^\s"<>]+|mailto:[^\s"<>]+|\{lien\})$/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** One line without control characters: a value must not add headers or lines of its own. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 1_000);
}

/** HTML that says the same as a text: a paragraph for each block, addresses of `{lien}` as links. */
export function htmlDuTexte(texte: string): string {
  return texte
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const lines = block
        .split('\n')
        .map((line) => escapeHtml(line).replace('{lien}', '<a href="{lien}">{lien}</a>'));
      // The tags stand on lines of their own, so that any of the lines may be left out.
      return `<p>\n${lines.join('<br>\n')}\n</p>`;
    })
    .join('\n');
}

/** The program's own template of an event. */
export function modeleParDefaut(evenement: EvenementCourriel, langue: Lang): Modele {
  const t = modelesTexts(langue);
  const texte = t[`texte_${evenement}`];
  return { sujet: t[`sujet_${evenement}`], texte, html: htmlDuTexte(texte) };
}

/** What is wrong with the HTML of a template: the first element, attribute or nesting that is not allowed. */
export function problemeHtml(lang: Lang, html: string): string | null {
  const t = courrielsTexts(lang);
  const open: string[] = [];
  let at = 0;
  while (at < html.length) {
    const start = html.indexOf('<', at);
    if (start < 0) break;
    const tag = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+="[^"<>]*")*)\s*(\/?)>/.exec(
      html.slice(start),
    );
    if (!tag) return fill(t.htmlIllisible, { extrait: html.slice(start, start + 30) });
    const [whole, closing, rawName = '', attributes = ''] = tag;
    const name = rawName.toLowerCase();
    if (!ELEMENTS.has(name)) return fill(t.htmlElement, { nom: name });
    for (const [, attribute = '', value = ''] of attributes.matchAll(/([a-zA-Z-]+)="([^"]*)"/g)) {
      const allowed = name === 'a' && attribute.toLowerCase() === 'href' && HREF.test(value);
      if (!allowed) return fill(t.htmlAttribut, { nom: `${attribute}="${value}"` });
    }
    if (closing) {
      if (open.pop() !== name) return fill(t.htmlFermeture, { nom: name });
    } else if (!EMPTY_ELEMENTS.has(name)) open.push(name);
    at = start + whole.length;
  }
  const left = open.pop();
  return left === undefined ? null : fill(t.htmlFermeture, { nom: left });
}

function variablesOf(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** Checks a template that somebody wants to keep. @returns one message for each refused field, in their language */
export function verifierModele(lang: Lang, evenement: EvenementCourriel, modele: Modele): FieldError[] {
  const t = courrielsTexts(lang);
  const errors: FieldError[] = [];
  const known = new Set(VARIABLES[evenement]);
  const limits = { sujet: SUJET_MAX, texte: TEXTE_MAX, html: HTML_MAX } as const;
  for (const field of ['sujet', 'texte', 'html'] as const) {
    const text = modele[field];
    const unknown = variablesOf(text).find((name) => !known.has(name));
    const missing =
      field === 'sujet' || (field === 'html' && text === '')
        ? undefined
        : INDISPENSABLES[evenement]?.find((name) => !text.includes(`{${name}}`));
    if (text.trim() === '' && field !== 'html') errors.push({ field, message: t.obligatoire });
    else if (text.length > limits[field])
      errors.push({ field, message: fill(t.tropLong, { n: limits[field] }) });
    else if (unknown !== undefined)
      errors.push({ field, message: fill(t.variableInconnue, { nom: `{${unknown}}` }) });
    else if (missing !== undefined)
      errors.push({ field, message: fill(t.variableManque, { nom: `{${missing}}` }) });
  }
  if (!errors.some(({ field }) => field === 'html')) {
    const message = problemeHtml(lang, modele.html);
    if (message !== null) errors.push({ field: 'html', message });
  }
  return errors;
}

/** Fills the variables; lines whose variables are all empty are left out. */
function fillLines(text: string, valueOf: (name: string) => string): string {
  const kept = text.split('\n').filter((line) => {
    const names = variablesOf(line);
    return names.length === 0 || names.some((name) => valueOf(name) !== '');
  });
  return kept
    .join('\n')
    .replace(VARIABLE, (_whole, name: string) => valueOf(name))
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Makes a message from a template. Values become single lines, and are escaped in the HTML. */
export function rendre(
  modele: Modele,
  valeurs: ValeursCourriel,
): { sujet: string; texte: string; html: string } {
  const plain = (name: string) => oneLine(valeurs[name] ?? '');
  const escaped = (name: string) => escapeHtml(plain(name));
  const short = fillLines(modele.html, escaped).replace(/<p>\s*<\/p>\n?/g, '');
  // A template whose elements run over several lines may lose one end of them with a line: then all lines stay.
  const whole = () => modele.html.replace(VARIABLE, (_whole, name: string) => escaped(name));
  return {
    sujet: oneLine(modele.sujet.replace(VARIABLE, (_whole, name: string) => plain(name))).slice(0, 250),
    texte: fillLines(modele.texte, plain),
    html: problemeHtml('fr', short) === null ? short : whole(),
  };
}

/**
 * A message to be looked at on a page of the program: its links are underlined and lead nowhere, so that an example
 * takes nobody to another site. Where words hide the address, it stands behind them.
 *
 * @param html a message whose template was checked and whose values are escaped
 */
export function sansLiens(html: string): string {
  return html.replace(/<a\b([^>]*)>([^]*?)<\/a>/gi, (_whole, attributes: string, words: string) => {
    const adresse = /href="([^"]*)"/i.exec(attributes)?.[1] ?? '';
    return adresse === '' || adresse === words ? `<u>${words}</u>` : `<u>${words}</u> (${adresse})`;
  });
}
