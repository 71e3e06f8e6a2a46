import { can, conflict, forbidden, invalid, timestamp, type Actor, type FieldError } from '@gec/core';
import { createVersionedCache, type Via } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { CourrielsRepo } from './courriels.repo.ts';
import {
  reglageSmtpShape,
  type ReglageSmtp,
  type SaisieSmtp,
  type Securite,
  type SmtpVu,
} from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';

const CLE = 'smtp';

/** What the settings of the mail server need. */
export interface ReglagesDeps extends Pick<Base, 'config' | 'database' | 'clock'> {
  repo: CourrielsRepo;
  journal: Pick<JournalService, 'record'>;
}

interface Garde {
  readonly source: SmtpVu['source'];
  readonly reglage: ReglageSmtp | null;
  readonly version: number;
  readonly parId: number | null;
  readonly le: string | null;
}

const SECURITY: Readonly<Record<'none' | 'starttls' | 'tls', Securite>> = {
  none: 'aucune',
  starttls: 'starttls',
  tls: 'tls',
};

/** The mail server: what an administrator saved, else what the environment names, else none. */
export function createReglages({ config, database, clock, repo, journal }: ReglagesDeps) {
  const environment: ReglageSmtp | null = config.smtp && {
    hote: config.smtp.host,
    port: config.smtp.port,
    securite: SECURITY[config.smtp.security],
    utilisateur: config.smtp.user,
    motDePasse: config.smtp.password,
    expediteur: config.smtp.from,
    nomExpediteur: config.smtp.fromName,
    verifierCertificat: config.smtp.verifyCertificate,
  };

  async function load(via: Via): Promise<Garde> {
    const row = await repo.reglage(via, CLE);
    if (row) {
      const reglage = reglageSmtpShape.parse(JSON.parse(row.json));
      return { source: 'base', reglage, version: row.version, parId: row.parId, le: row.le };
    }
    const source = environment ? 'environnement' : 'aucun';
    return { source, reglage: environment, version: 0, parId: null, le: null };
  }

  const cache = createVersionedCache({ database, name: 'courriels', load });

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(courrielsTexts(actor.lang).refuse);
  }

  function seen({ reglage, ...rest }: Garde): SmtpVu {
    if (!reglage) return { ...rest, reglage: null, motDePassePresent: false };
    const { motDePasse, ...open } = reglage;
    return { ...rest, reglage: open, motDePassePresent: motDePasse !== '' };
  }

  /**
   * Checks what was typed. The password that is kept goes only to the server that it was given for: otherwise whoever
   * may set the server could have it sent to one of their own.
   */
  function check(actor: Actor, saisie: SaisieSmtp, kept: ReglageSmtp | null): ReglageSmtp {
    const t = courrielsTexts(actor.lang);
    const errors: FieldError[] = [];
    const port = /^\s*\d{1,5}\s*$/.test(saisie.port) ? Number(saisie.port) : Number.NaN;
    const parsed = reglageSmtpShape.safeParse({ ...saisie, port });
    if (!parsed.success) {
      const words: Record<string, string> = {
        hote: t.hoteInvalide,
        port: t.portInvalide,
        securite: t.securiteInvalide,
        expediteur: t.adresseInvalide,
      };
      for (const { path } of parsed.error.issues) {
        const field = String(path[0]);
        if (errors.some((error) => error.field === field)) continue;
        const typed = saisie[field as keyof SaisieSmtp];
        errors.push({ field, message: typed === '' ? t.obligatoire : (words[field] ?? t.valeurRefusee) });
      }
      throw invalid(errors);
    }
    const reglage = parsed.data;
    if (reglage.utilisateur === '') return { ...reglage, motDePasse: '' };
    if (reglage.motDePasse !== '') return reglage;
    const same = kept !== null && kept.motDePasse !== '' && kept.hote === reglage.hote;
    if (same) return { ...reglage, motDePasse: kept.motDePasse };
    const message = kept !== null && kept.motDePasse !== '' ? t.motDePasseRetaper : t.obligatoire;
    throw invalid([{ field: 'motDePasse', message }]);
  }

  async function change(
    actor: Actor,
    version: number,
    work: (trx: Trx, kept: Garde) => Promise<Record<string, string | number | boolean>>,
  ): Promise<void> {
    try {
      await database.transaction(async (trx) => {
        await cache.bump(trx);
        const kept = await load(trx);
        if (kept.version !== version) {
          throw conflict('VERSION_CONFLICT', courrielsTexts(actor.lang).versionPerimee);
        }
        const details = await work(trx, kept);
        await journal.record(trx, actor, { action: 'courriels.reglage', details });
      });
    } finally {
      cache.invalidate();
    }
  }

  return {
    /** The mail server with its password, for sending; null without one. @param trx must be given inside a transaction */
    serveur: async (trx?: Trx): Promise<ReglageSmtp | null> => (await cache.get(trx)).reglage,

    /** The mail server as it may be shown. @throws AppError forbidden */
    async smtp(actor: Actor): Promise<SmtpVu> {
      mayManage(actor);
      cache.invalidate();
      return seen(await cache.get());
    },

    /**
     * Keeps the mail server. An empty password keeps the one that is there, unless the server is another one.
     *
     * @param version the one that was shown; another one meanwhile is a conflict
     * @throws AppError forbidden; invalid with a message for each field; conflict `VERSION_CONFLICT`
     */
    async enregistrerSmtp(actor: Actor, saisie: SaisieSmtp, version: number): Promise<SmtpVu> {
      mayManage(actor);
      await change(actor, version, async (trx, kept) => {
        const reglage = check(actor, saisie, kept.reglage);
        await repo.putReglage(trx, CLE, {
          json: JSON.stringify(reglage),
          version: kept.version + 1,
          parId: actor.kind === 'user' ? actor.userId : null,
          le: timestamp(clock),
        });
        const { hote, port, securite, verifierCertificat } = reglage;
        return { hote, port, securite, verifierCertificat };
      });
      return this.smtp(actor);
    },

    /** Forgets what was saved: the environment counts again. @throws AppError forbidden, conflict `VERSION_CONFLICT` */
    async retirerSmtp(actor: Actor, version: number): Promise<SmtpVu> {
      mayManage(actor);
      await change(actor, version, async (trx) => {
        await repo.removeReglage(trx, CLE);
        return { retire: true };
      });
      return this.smtp(actor);
    },

    /** What was typed, checked, with the password that is kept. @throws AppError forbidden, invalid */
    async verifierSmtp(actor: Actor, saisie: SaisieSmtp): Promise<ReglageSmtp> {
      mayManage(actor);
      return check(actor, saisie, (await cache.get()).reglage);
    },
  };
}
