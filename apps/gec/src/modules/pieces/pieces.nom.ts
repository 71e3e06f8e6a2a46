import type { ScanType } from '../../workers/atelier.ts';
import { EXTENSIONS } from './pieces.schema.ts';

/** Characters that a name keeps. */
const LONGUEUR_MAX = 200;

/** Extensions by the content that they announce; `autre` is something that no letter is kept as. */
const ANNONCES: Readonly<Record<string, ScanType | 'autre'>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jpe: 'image/jpeg',
  jfif: 'image/jpeg',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  ...Object.fromEntries(
    [
      ['doc', 'docx', 'odt', 'rtf', 'txt', 'xls', 'xlsx', 'ods', 'csv', 'ppt', 'pptx', 'odp', 'xps'],
      ['gif', 'bmp', 'webp', 'heic', 'heif', 'avif', 'svg', 'psd'],
      ['htm', 'html', 'xhtml', 'xml', 'js', 'mjs', 'php', 'eml', 'msg'],
      ['zip', 'rar', '7z', 'gz', 'tar', 'iso'],
      ['exe', 'com', 'bat', 'cmd', 'msi', 'scr', 'lnk', 'jar', 'apk', 'sh', 'ps1', 'vbs', 'dll'],
      ['mp3', 'mp4', 'wav', 'avi', 'mov'],
    ]
      .flat()
      .map((extension) => [extension, 'autre']),
  ),
};

/** What follows the last dot, in lower case; empty without one. */
function extensionDe(nom: string): string {
  return /\.([^.]+)$/u.exec(nom)?.[1]?.toLowerCase() ?? '';
}

/** Cuts a name to so many characters (not bytes), its extension kept. */
function raccourci(nom: string, longueur: number): string {
  const signes = [...nom];
  if (signes.length <= longueur) return nom;
  const extension = /\.[^.\s]{1,10}$/u.exec(nom)?.[0] ?? '';
  return `${signes.slice(0, longueur - extension.length).join('')}${extension}`;
}

/**
 * The name of a file as it is kept: without folders (some browsers send them), control and invisible characters
 * (which hide an extension or break a header), in Unicode NFC, at most 200 characters. Empty when nothing is left.
 */
export function nomPropre(brut: string): string {
  const nom = brut
    .toWellFormed()
    .replace(/^.*[\\/]/su, '')
    .normalize('NFC')
    .replace(/[\p{Zl}\p{Zp}\t\n\r]/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .trim()
    .replace(/^\.+/u, '')
    .trim();
  return raccourci(nom, LONGUEUR_MAX);
}

/** Whether a name announces another content than the file has: a file that was renamed, or that hides what it is. */
export function estRenomme(nom: string, type: ScanType): boolean {
  const annonce = ANNONCES[extensionDe(nom)];
  return annonce !== undefined && annonce !== type;
}

/** The name with an extension that its content bears: `Lettre n° 12.2025` becomes `Lettre n° 12.2025.pdf`. */
export function nomAvecExtension(nom: string, type: ScanType): string {
  if (ANNONCES[extensionDe(nom)] === type) return nom;
  return `${raccourci(nom, LONGUEUR_MAX - 4) || 'document'}.${EXTENSIONS[type]}`;
}

/** The name with the right extension in place of the wrong one, to propose it. */
export function nomCorrige(nom: string, type: ScanType): string {
  return `${nom.replace(/\.[^.]+$/u, '')}.${EXTENSIONS[type]}`;
}
