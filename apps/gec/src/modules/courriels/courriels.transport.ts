import { fill, type Lang } from '@gec/core';
import type { LigneSmtp, ReglageSmtp } from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';

/** A message, ready to leave. */
export interface MessagePret {
  readonly id: string;
  readonly expediteur: { readonly adresse: string; readonly nom: string };
  readonly adresse: string;
  readonly sujet: string;
  readonly texte: string;
  readonly html: string;
}

/** What is kept of a failure: its kind, whether trying again can help, and what the server said, without addresses. */
export class EnvoiRefuse extends Error {
  override readonly name = 'EnvoiRefuse';
  readonly genre: GenreRefus;
  readonly definitif: boolean;
  readonly reponse: string;

  constructor(genre: GenreRefus, definitif: boolean, reponse: string) {
    super(reponse === '' ? genre : `${genre}: ${reponse}`);
    this.genre = genre;
    this.definitif = definitif;
    this.reponse = reponse;
  }
}

/** Kinds of failure. */
const GENRES = [
  'injoignable',
  'nomInconnu',
  'certificat',
  'tls',
  'identifiants',
  'destinataire',
  'plusTard',
  'refus',
  'autre',
] as const;
export type GenreRefus = (typeof GENRES)[number];

const CONNECT_MS = 8_000;
const SILENCE_MS = 15_000;

/** Addresses are sealed wherever they are kept: what a server answers must not bring them into logs and job errors. */
function withoutAddresses(text: string): string {
  return text
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…@…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

function fact(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|certificate|altnames|issuer/i;

/** Names what went wrong, whatever was thrown. */
export function comprendre(error: unknown): EnvoiRefuse {
  if (error instanceof EnvoiRefuse) return error;
  const code = String(fact(error, 'code') ?? '');
  const status = Number(fact(error, 'responseCode') ?? 0);
  const message = error instanceof Error ? error.message : String(error);
  const said = withoutAddresses(String(fact(error, 'response') ?? message));
  const lasting = status >= 500;
  if (code === 'EAUTH') return new EnvoiRefuse('identifiants', lasting, said);
  if (status >= 400 && status < 500) return new EnvoiRefuse('plusTard', false, said);
  if (code === 'EENVELOPE') return new EnvoiRefuse('destinataire', lasting, said);
  if (lasting) return new EnvoiRefuse('refus', true, said);
  if (CERTIFICATE.test(`${code} ${message}`)) return new EnvoiRefuse('certificat', false, said);
  if (code === 'ETLS' || /SSL|TLS|wrong version number/i.test(message)) {
    return new EnvoiRefuse('tls', false, said);
  }
  if (code === 'EDNS' || /ENOTFOUND|EAI_AGAIN/.test(`${code} ${message}`)) {
    return new EnvoiRefuse('nomInconnu', false, said);
  }
  if (/ECONNECTION|ESOCKET|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH/.test(code)) {
    return new EnvoiRefuse('injoignable', false, said);
  }
  return new EnvoiRefuse('autre', false, said);
}

/** What to tell a person about a failure. */
export function direRefus(lang: Lang, { genre, reponse }: EnvoiRefuse): string {
  const t = courrielsTexts(lang);
  const words: Record<GenreRefus, string> = {
    injoignable: t.smtpInjoignable,
    nomInconnu: t.smtpNomInconnu,
    certificat: t.smtpCertificat,
    tls: t.smtpTls,
    identifiants: t.smtpIdentifiants,
    destinataire: t.smtpDestinataire,
    plusTard: t.smtpPlusTard,
    refus: t.smtpRefus,
    autre: t.smtpAutre,
  };
  return fill(words[genre], { reponse });
}

/** What to tell a person about a failure that was kept as the message of an {@link EnvoiRefuse}. */
export function direMessage(lang: Lang, message: string): string {
  const [, genre = '', reponse = ''] = /^(\w+)(?:: (.*))?$/s.exec(message) ?? [];
  const known = GENRES.find((one) => one === genre);
  return direRefus(
    lang,
    known ? new EnvoiRefuse(known, false, reponse) : new EnvoiRefuse('autre', false, message),
  );
}

/** Collects what both sides say. The library hides passwords; whatever looks like one is hidden again. */
function listener(lines: LigneSmtp[], motDePasse: string) {
  const encoded = motDePasse === '' ? [] : [motDePasse, Buffer.from(motDePasse).toString('base64')];
  const mask = (text: string): string => {
    const hidden = encoded.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text);
    return hidden
      .replace(/^(AUTH \S+)\s.+$/i, '$1 •••')
      .replace(/^(?!STARTTLS$)[A-Za-z0-9+/]{8,}={0,2}$/, '•••');
  };
  const heard = (entry: unknown, message: unknown): void => {
    const tnx = fact(entry, 'tnx');
    if (tnx !== 'client' && tnx !== 'server') return;
    const de = tnx === 'client' ? 'client' : 'serveur';
    for (const line of String(message).split(/\r?\n/)) {
      lines.push({ de, texte: de === 'client' ? mask(line) : line });
    }
  };
  const quiet = (): void => undefined;
  return { trace: heard, debug: heard, info: quiet, warn: quiet, error: quiet, fatal: quiet, level: quiet };
}

/**
 * Hands a message to the mail server and waits for its answer.
 *
 * @param conversation is filled with what both sides said, passwords masked, when it is given
 * @throws EnvoiRefuse
 */
export async function envoyerParSmtp(
  reglage: ReglageSmtp,
  message: MessagePret,
  conversation?: LigneSmtp[],
): Promise<void> {
  const { utilisateur, motDePasse } = reglage;
  // Read with the first message, not at every start.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: reglage.hote,
    port: reglage.port,
    secure: reglage.securite === 'tls',
    requireTLS: reglage.securite === 'starttls',
    ignoreTLS: reglage.securite === 'aucune',
    ...(utilisateur === '' ? {} : { auth: { user: utilisateur, pass: motDePasse } }),
    tls: { rejectUnauthorized: reglage.verifierCertificat, minVersion: 'TLSv1.2' },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(conversation ? { debug: true, logger: listener(conversation, motDePasse) } : {}),
  });
  try {
    await transport.sendMail({
      from: { name: message.expediteur.nom, address: message.expediteur.adresse },
      to: { name: '', address: message.adresse },
      subject: message.sujet,
      text: message.texte,
      ...(message.html === '' ? {} : { html: message.html }),
      messageId: message.id,
      // Machines need not answer (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } catch (error) {
    throw comprendre(error);
  } finally {
    transport.close();
  }
}
