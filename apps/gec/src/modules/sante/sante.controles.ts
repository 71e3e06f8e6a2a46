import { fill, formatDateTime, formatNumber, type Lang } from '@gec/core';
import { explainStatus, type LicenceStatus } from '@gec/licence-client';
import type { OutboxState, StandbyState } from '@gec/db';
import type { CertificatSmtp, ReglageSmtp } from '../courriels/courriels.schema.ts';
import type { Controle, DerniereSauvegarde, Etat, Passage } from './sante.schema.ts';
import { santeTexts } from './sante.texts.ts';

/** How the findings are worded: language and zone of whoever reads. */
export interface Lecture {
  readonly lang: Lang;
  readonly fuseau: string;
  readonly maintenant: Date;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From here on somebody should look. */
const SLOW_MS = 500;
const DISK_HIGH = 90;
const DISK_FULL = 97;
const JOB_LATE = 5 * MINUTE;
const BACKUP_OLD = 48 * HOUR;
const DRIFT_HIGH = 5 * SECOND;
const DRIFT_WRONG = MINUTE;
const CERTIFICATE_DAYS = 21;
const UPKEEP_LATE = 2 * HOUR;
const CHAIN_LATE = 2 * MINUTE;

function duration(lang: Lang, ms: number): string {
  const t = santeTexts(lang);
  if (ms < MINUTE) return fill(t.duree_s, { n: formatNumber(lang, Math.round(ms / 100) / 10) });
  if (ms < HOUR) return fill(t.duree_min, { n: formatNumber(lang, Math.round(ms / MINUTE)) });
  return fill(t.duree_h, { n: formatNumber(lang, Math.round(ms / HOUR)) });
}

/** Bytes in the unit that suits them, in powers of 1024 as the settings count them. */
function size(lang: Lang, bytes: number): string {
  const units = lang === 'fr' ? ['o', 'Ko', 'Mo', 'Go', 'To'] : ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const value = bytes / 1024 ** power;
  return `${formatNumber(lang, value >= 100 ? Math.round(value) : Math.round(value * 10) / 10)}\u00A0${units[power] ?? ''}`;
}

const at = ({ lang, fuseau }: Lecture, instant: string): string => formatDateTime(lang, instant, fuseau);

/** What runs here. */
export function versions(
  { lang }: Lecture,
  found: { programme: string; node: string; moteur: 'sqlite' | 'postgres'; base: string; schema: string },
): Controle {
  const t = santeTexts(lang);
  const base = fill(t[`moteur_${found.moteur}`], { version: found.base });
  const constat = fill(t.versions, { ...found, base });
  return { id: 'versions', etat: 'ok', constat, conseil: null, valeurs: { ...found } };
}

/** Whether the database answers in good time. @param ms time of one question */
export function base({ lang }: Lecture, found: { bytes: number; ms: number }): Controle {
  const t = santeTexts(lang);
  const slow = found.ms > SLOW_MS;
  return {
    id: 'base',
    etat: slow ? 'attention' : 'ok',
    constat: fill(t.base, {
      taille: size(lang, found.bytes),
      ms: formatNumber(lang, Math.max(1, Math.round(found.ms))),
    }),
    conseil: slow ? t.baseLente : null,
    valeurs: { octets: found.bytes, ms: Math.round(found.ms) },
  };
}

/** The standbys that lists and searches are read from; null where there are none. */
export function replique({ lang }: Lecture, found: readonly StandbyState[]): Controle | null {
  if (found.length === 0) return null;
  const t = santeTexts(lang);
  const idle = found.filter(({ reason }) => reason !== null);
  const each = found.map(({ server, delayMs, behindBytes, reason }) =>
    reason === null
      ? fill(t.replique, { serveur: server, ms: formatNumber(lang, delayMs ?? 0) })
      : fill(t[`replique_${reason}`], { serveur: server, taille: size(lang, behindBytes ?? 0) }),
  );
  const [first] = found;
  return {
    id: 'replique',
    etat: idle.length === 0 ? 'ok' : 'attention',
    constat: each.join(' '),
    conseil: idle.length === 0 ? null : t.repliqueVoir,
    valeurs: {
      serveurs: found.length,
      inutilises: idle.length,
      retard_ms: first?.delayMs ?? null,
      retard_octets: first?.behindBytes ?? null,
    },
  };
}

/** Room on the disk of the data folder; null when it could not be measured. */
export function disque({ lang }: Lecture, found: { pour: number; libre: number } | null): Controle {
  const t = santeTexts(lang);
  if (!found) {
    const valeurs = { pourcent: null, libre: null };
    return { id: 'disque', etat: 'panne', constat: t.disqueIllisible, conseil: t.disqueVerifier, valeurs };
  }
  const etat: Etat = found.pour > DISK_FULL ? 'panne' : found.pour > DISK_HIGH ? 'attention' : 'ok';
  return {
    id: 'disque',
    etat,
    constat: fill(t.disque, { pour: formatNumber(lang, found.pour), libre: size(lang, found.libre) }),
    conseil: etat === 'ok' ? null : t.disquePlein,
    valeurs: { pourcent: found.pour, libre: found.libre },
  };
}

/** What waits in the outbox. */
export function travaux({ lang, maintenant }: Lecture, found: OutboxState): Controle {
  const t = santeTexts(lang);
  const waited = found.dueSince === null ? 0 : maintenant.getTime() - Date.parse(found.dueSince);
  const late = waited > JOB_LATE;
  return {
    id: 'travaux',
    etat: late ? 'panne' : found.failed > 0 ? 'attention' : 'ok',
    constat: fill(t.travaux, {
      attente: formatNumber(lang, found.pending),
      cours: formatNumber(lang, found.running),
      echecs: formatNumber(lang, found.failed),
    }),
    conseil: late
      ? fill(t.travauxRetard, { duree: duration(lang, waited) })
      : found.failed > 0
        ? t.travauxEchecs
        : null,
    valeurs: {
      en_attente: found.pending,
      en_cours: found.running,
      echoues: found.failed,
      en_retard_depuis: late ? found.dueSince : null,
    },
  };
}

/** The last backup; null when nothing knows of one. */
export function sauvegarde(lecture: Lecture, found: DerniereSauvegarde | null): Controle {
  const t = santeTexts(lecture.lang);
  if (!found) {
    const conseil = t.sauvegardeFaire;
    return {
      id: 'sauvegarde',
      etat: 'attention',
      constat: t.sauvegardeAucune,
      conseil,
      valeurs: { le: null },
    };
  }
  const quand = at(lecture, found.le);
  const valeurs = { le: found.le, reussie: found.reussie };
  if (!found.reussie) {
    const constat = fill(t.sauvegardeEchouee, { quand });
    return { id: 'sauvegarde', etat: 'panne', constat, conseil: t.sauvegardeFaire, valeurs };
  }
  const old = lecture.maintenant.getTime() - Date.parse(found.le) > BACKUP_OLD;
  const constat = fill(t.sauvegarde, { quand });
  const conseil = old ? t.sauvegardeVieille : null;
  return { id: 'sauvegarde', etat: old ? 'attention' : 'ok', constat, conseil, valeurs };
}

/** The licence; null when none is needed. */
export function licence({ lang, fuseau }: Lecture, status: LicenceStatus | null): Controle {
  const t = santeTexts(lang);
  if (!status) {
    return { id: 'licence', etat: 'ok', constat: t.licenceLibre, conseil: null, valeurs: { etat: null } };
  }
  const { text, warnings } = explainStatus(lang, status, fuseau);
  const calm = (status.state === 'active' || status.state === 'evaluation') && status.warnings.length === 0;
  const etat: Etat = !status.mayChange ? 'panne' : calm ? 'ok' : 'attention';
  return {
    id: 'licence',
    etat,
    constat: [text, ...warnings].join(' '),
    conseil: etat === 'ok' ? null : t.licenceVoir,
    valeurs: {
      etat: status.state,
      jusqu_au: status.until?.toISOString() ?? null,
      modifications: status.mayChange,
    },
  };
}

/** How far the machine's clock is from the database's. @param ms difference, in milliseconds */
export function horloge({ lang }: Lecture, ms: number): Controle {
  const t = santeTexts(lang);
  const drift = Math.abs(ms);
  const etat: Etat = drift > DRIFT_WRONG ? 'panne' : drift > DRIFT_HIGH ? 'attention' : 'ok';
  return {
    id: 'horloge',
    etat,
    constat: fill(t.horloge, { ecart: duration(lang, drift) }),
    conseil: etat === 'ok' ? null : t.horlogeRegler,
    valeurs: { ecart_ms: Math.round(ms) },
  };
}

/** The mail server and its certificate. @param message why it could not be asked, in words */
export function courriel(
  lecture: Lecture,
  reglage: Pick<ReglageSmtp, 'hote' | 'securite' | 'verifierCertificat'> | null,
  found: { certificat: CertificatSmtp | null; message: string | null },
): Controle {
  const t = santeTexts(lecture.lang);
  const id = 'courriel';
  if (!reglage) {
    return { id, etat: 'ok', constat: t.courrielAucun, conseil: null, valeurs: { hote: null } };
  }
  const { hote } = reglage;
  const { certificat, message } = found;
  if (message !== null) {
    const constat = fill(t.courrielInjoignable, { hote, message });
    return { id, etat: 'panne', constat, conseil: t.courrielEssayer, valeurs: { hote } };
  }
  if (!certificat) {
    const constat = fill(t.courrielClair, { hote });
    return { id, etat: 'attention', constat, conseil: t.courrielChiffrer, valeurs: { hote, chiffre: false } };
  }
  const valeurs = { hote, chiffre: true, expire: certificat.expire, reconnu: certificat.reconnu };
  const quand = at(lecture, certificat.expire);
  const left = Date.parse(certificat.expire) - lecture.maintenant.getTime();
  if (left <= 0) {
    const constat = fill(t.courrielExpire, { hote, quand });
    const etat: Etat = reglage.verifierCertificat ? 'panne' : 'attention';
    return { id, etat, constat, conseil: t.courrielRenouveler, valeurs };
  }
  if (!certificat.reconnu && reglage.verifierCertificat) {
    const constat = fill(t.courrielInconnu, { hote });
    return { id, etat: 'panne', constat, conseil: t.courrielCorriger, valeurs };
  }
  const soon = left < CERTIFICATE_DAYS * DAY;
  const conseil = soon ? t.courrielRenouveler : null;
  return {
    id,
    etat: soon ? 'attention' : 'ok',
    constat: fill(t.courriel, { hote, quand }),
    conseil,
    valeurs,
  };
}

/** How the upkeep last ran. */
export function entretien(lecture: Lecture, passages: readonly Passage[]): Controle {
  const t = santeTexts(lecture.lang);
  const ends = passages.flatMap(({ fin }) => fin ?? []).sort();
  const last = ends.at(-1);
  if (last === undefined) {
    return { id: 'entretien', etat: 'ok', constat: t.entretienAucun, conseil: null, valeurs: { le: null } };
  }
  const failed = passages.filter(({ reussi }) => !reussi).map(({ nom }) => nom);
  const late = lecture.maintenant.getTime() - Date.parse(last) > UPKEEP_LATE;
  return {
    id: 'entretien',
    etat: late ? 'panne' : failed.length > 0 ? 'attention' : 'ok',
    constat: fill(t.entretien, { quand: at(lecture, last) }),
    conseil: late
      ? t.entretienRetard
      : failed.length > 0
        ? fill(t.entretienEchec, { noms: failed.join(', ') })
        : null,
    valeurs: { le: last, echoues: failed.join(', ') || null },
  };
}

/** The chain of the journal: what waits to be chained, and what the last verification found. */
export function journal(
  lecture: Lecture,
  found: { attendDepuis: string | null; verification: { le: string; intact: boolean } | null },
): Controle {
  const { lang, maintenant } = lecture;
  const t = santeTexts(lang);
  const { attendDepuis, verification } = found;
  const valeurs = {
    en_attente_depuis: attendDepuis,
    verifie_le: verification?.le ?? null,
    intact: verification?.intact ?? null,
  };
  if (verification && !verification.intact) {
    const constat = fill(t.journalRompu, { quand: at(lecture, verification.le) });
    return { id: 'journal', etat: 'panne', constat, conseil: t.journalAgir, valeurs };
  }
  const waited = attendDepuis === null ? 0 : maintenant.getTime() - Date.parse(attendDepuis);
  if (waited > CHAIN_LATE) {
    const constat = fill(t.journalRetard, { duree: duration(lang, waited) });
    return { id: 'journal', etat: 'attention', constat, conseil: t.journalRedemarrer, valeurs };
  }
  if (!verification) {
    return { id: 'journal', etat: 'ok', constat: t.journalJamais, conseil: t.journalVerifier, valeurs };
  }
  const constat = fill(t.journal, { quand: at(lecture, verification.le) });
  return { id: 'journal', etat: 'ok', constat, conseil: null, valeurs };
}
