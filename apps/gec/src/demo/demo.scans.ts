import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDay } from '@gec/core';
import PDFDocument from 'pdfkit';
import { winAnsi } from '../documents/winansi.ts';
import type { Hasard } from './demo.hasard.ts';
import type { Lettre } from './demo.lettres.ts';

const MARGE = 74;
const LARGEUR = 595.28 - 2 * MARGE;
const ENCRE = '#23262c';
const CACHET = '#2a4a9b';

const PARAGRAPHES = [
  'J’ai l’honneur de vous transmettre, en annexe à la présente, les éléments relatifs à l’objet mentionné en marge, et vous saurais gré de bien vouloir leur réserver une suite favorable.',
  'Faisant suite à nos échanges antérieurs et conformément aux dispositions légales et réglementaires en vigueur, nous vous prions de trouver ci-joint le dossier complet pour examen par vos services.',
  'Les éléments chiffrés qui accompagnent cette lettre ont été vérifiés avec les services concernés ; les écarts constatés par rapport à la période précédente sont expliqués dans la note jointe.',
  'Nous restons à votre entière disposition pour toute information complémentaire et pour la tenue d’une séance de travail à la date qui conviendra à vos services.',
  'Il importe de relever que les délais impartis arrivent bientôt à échéance et qu’une réponse de votre part permettrait de lever les réserves émises par les parties prenantes.',
  'Par ailleurs, la situation sur le terrain demeure préoccupante et appelle une mission conjointe de vérification, dont le projet de termes de référence est également joint.',
];
const FORMULE =
  'Veuillez agréer, Monsieur le Secrétaire Général, l’expression de ma considération distinguée.';

type Pdf = InstanceType<typeof PDFDocument>;

/** A round stamp as rubber leaves it: faint, and never straight. */
function cachet(pdf: Pdf, hasard: Hasard, texte: string, x: number, y: number): void {
  pdf.save();
  pdf.rotate(hasard.entier(-16, 16), { origin: [x, y] }).opacity(0.55 + hasard.part() * 0.3);
  pdf.circle(x, y, 44).lineWidth(2).stroke(CACHET);
  pdf.circle(x, y, 37).lineWidth(0.7).stroke(CACHET);
  pdf.font('Helvetica-Bold').fontSize(6.5).fillColor(CACHET);
  pdf.text(winAnsi(texte).slice(0, 60), x - 32, y - 12, { width: 64, align: 'center' });
  pdf.restore();
}

/** A signature: one restless line. */
function signature(pdf: Pdf, hasard: Hasard, x: number, y: number): void {
  pdf.save().lineWidth(1.2).strokeColor('#1d2f6b');
  pdf.moveTo(x, y);
  for (let at = 1; at <= 5; at++) {
    const from = x + (at - 1) * 22;
    const high = () => y + hasard.entier(-24, 16);
    pdf.bezierCurveTo(from + 6, high(), from + 14, high(), from + 22, y + hasard.entier(-6, 6));
  }
  pdf.stroke().restore();
}

/** Paper is never quite white, and a scan never quite straight. */
function fond(pdf: Pdf, hasard: Hasard): void {
  pdf.rect(0, 0, pdf.page.width, pdf.page.height).fill('#fbfaf6');
  pdf.fillColor('#d9d5c8');
  for (let at = 0; at < 24; at++) {
    pdf.circle(hasard.entier(8, 587), hasard.entier(8, 834), 0.3 + hasard.part() * 0.5).fill();
  }
  pdf.rotate((hasard.part() - 0.5) * 1.1, { origin: [297, 420] });
}

function tete(pdf: Pdf, lettre: Lettre, hasard: Hasard): void {
  const { correspondant, dateRedaction, objet, reference } = lettre;
  const emetteur = lettre.flux === 'ENTRANT' ? correspondant : 'Secrétariat Général des Mines';
  const adresse =
    lettre.flux === 'ENTRANT'
      ? 'À Monsieur le Secrétaire Général des Mines\nà KINSHASA/GOMBE'
      : `À ${correspondant}`;
  pdf.font('Helvetica-Bold').fontSize(12).fillColor(ENCRE);
  pdf.text(winAnsi(emetteur.toLocaleUpperCase('fr')), MARGE, 58, { width: LARGEUR * 0.62 });
  pdf.font('Helvetica').fontSize(8).fillColor('#5a5d64');
  pdf.text('République Démocratique du Congo', { width: LARGEUR * 0.62 });
  pdf
    .moveTo(MARGE, 112)
    .lineTo(MARGE + LARGEUR, 112)
    .lineWidth(0.8)
    .stroke('#8a8d94');
  pdf.font('Courier').fontSize(10.5).fillColor(ENCRE);
  if (reference !== '') pdf.text(winAnsi(reference), MARGE, 128, { width: LARGEUR * 0.5 });
  const lieu = hasard.parmi(['Kinshasa', 'Lubumbashi', 'Kolwezi', 'Bukavu', 'Goma', 'Kindu']);
  pdf.text(winAnsi(`${lieu}, le ${formatDay('fr', dateRedaction)}`), MARGE + LARGEUR * 0.5, 128, {
    width: LARGEUR * 0.5,
    align: 'right',
  });
  pdf.text(winAnsi(adresse), MARGE + LARGEUR * 0.42, 172, { width: LARGEUR * 0.58 });
  pdf.font('Courier-Bold').text(winAnsi(`Objet : ${objet}`), MARGE, 236, { width: LARGEUR * 0.8 });
  pdf.font('Courier').moveDown(1.4);
}

/**
 * A typewritten letter as a scanner would keep it: letterhead, reference, objet, text, stamp and signature.
 *
 * @returns a PDF of `lettre.pages` pages
 */
export async function numeriser(lettre: Lettre, hasard: Hasard): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGE,
    autoFirstPage: false,
    info: { Title: 'Numérisation' },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  for (let page = 1; page <= lettre.pages; page++) {
    pdf.addPage();
    fond(pdf, hasard);
    if (page === 1) tete(pdf, lettre, hasard);
    else {
      pdf.font('Courier').fontSize(10.5).fillColor(ENCRE);
      pdf.text(`- ${page} -`, MARGE, 58, { width: LARGEUR, align: 'center' }).moveDown(2);
    }
    const first = hasard.entier(0, PARAGRAPHES.length - 1);
    for (let n = 0; n < (page === 1 ? 3 : 5); n++) {
      const text = PARAGRAPHES[(first + n) % PARAGRAPHES.length] ?? '';
      pdf.text(winAnsi(text), { width: LARGEUR, lineGap: 3 }).moveDown(0.9);
    }
    if (page < lettre.pages) continue;
    pdf.text(winAnsi(FORMULE), { width: LARGEUR, lineGap: 3 });
    const y = Math.min(pdf.y + 58, 742);
    signature(pdf, hasard, MARGE + LARGEUR * 0.6, y);
    cachet(
      pdf,
      hasard,
      lettre.flux === 'ENTRANT' ? lettre.correspondant : 'SECRÉTARIAT GÉNÉRAL DES MINES',
      MARGE + LARGEUR * 0.56,
      y - 6,
    );
  }
  pdf.end();
  await done;
  return Buffer.concat(chunks);
}

/** A real scan of the sample collection, and the notice that its licence wants beside it. */
export interface Echantillon {
  readonly nom: string;
  readonly contenu: Buffer;
}

/** What the licence of the samples (CC BY 4.0) wants to be said wherever they are shown. */
export const NOTICE =
  'Numérisation réelle, pour l’exemple. Source : Tapuscorpus, Alix Chagué (HTR-United, 2021), licence CC BY 4.0 ; page libre de droits (Gallica, Archives nationales, Europeana) ; image redimensionnée.';

/**
 * The real scans that come with the sources, found from this file upwards; none where the program was installed without
 * them.
 */
export function echantillons(): Echantillon[] {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const samples = join(dir, 'packages', 'testing', 'samples');
    if (existsSync(samples)) {
      return readdirSync(samples)
        .filter((name) => name.endsWith('.jpg'))
        .sort()
        .map((nom) => ({ nom, contenu: readFileSync(join(samples, nom)) }));
    }
    if (dirname(dir) === dir) return [];
  }
}
