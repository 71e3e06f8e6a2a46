import { readFile } from 'node:fs/promises';
import type { ArchiveError } from '@gec/backup';
import { type Opener, type Recipient } from '@gec/backup';
import { AppError } from '@gec/core';
import type { Cli } from './context.ts';
import { sauvegardesCliTexts } from './sauvegardes.texts.ts';
import { askHidden } from './terminal.ts';

/** The options that say who can open a backup. */
export interface OptionsSecret {
  passphraseFile?: string;
  keyFile?: string;
  prompt?: boolean;
}

const firstLine = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0]?.trim() ?? '';

const openerOf = (text: string): Opener =>
  text.startsWith('GEC-SAUVEGARDE-SECRETE-') ? { secretKey: text } : { phrase: text };

/** What opens a backup, from the options, the keyboard or the environment. @throws AppError USAGE without any */
export async function lireSecret(cli: Cli, options: OptionsSecret): Promise<Opener> {
  const t = sauvegardesCliTexts(cli.lang);
  if (options.keyFile !== undefined) return { secretKey: await firstLine(options.keyFile) };
  if (options.passphraseFile !== undefined) return { phrase: await firstLine(options.passphraseFile) };
  if (options.prompt) {
    if (!cli.terminal.inputIsTty) throw new AppError('invalid', 'USAGE', cli.t.pasDeTerminal);
    return openerOf((await askHidden(cli.terminal, t.demande)).trim());
  }
  const { GEC_BACKUP_SECRET_KEY: key, GEC_BACKUP_PASSPHRASE: phrase } = cli.env;
  if (key) return { secretKey: key };
  if (phrase) return { phrase };
  throw new AppError('invalid', 'USAGE', t.sansSecret);
}

/** Whom a backup is to be sealed for; undefined where the options do not say. */
export async function lireDestinataires(
  cli: Cli,
  options: OptionsSecret & { publicKey?: string },
): Promise<Recipient[] | undefined> {
  const found: Recipient[] = [];
  if (options.publicKey !== undefined) found.push({ publicKey: options.publicKey });
  if (options.passphraseFile !== undefined || options.prompt) {
    const opener = await lireSecret(cli, { ...options, keyFile: undefined } as OptionsSecret);
    if ('phrase' in opener) found.push(opener);
  }
  return found.length === 0 ? undefined : found;
}

/** A refusal of an archive in words, and whether the archive itself is to blame. */
export function direRefus(cli: Cli, error: ArchiveError): { message: string; mauvaise: boolean } {
  const t = sauvegardesCliTexts(cli.lang);
  if (error.fault === 'damaged') {
    return { message: t.abimee.replace('{detail}', error.message), mauvaise: true };
  }
  if (error.fault === 'foreign') return { message: t.etrangere, mauvaise: true };
  return { message: error.fault === 'newer' ? t.nouvelle : t.autreSecret, mauvaise: false };
}
