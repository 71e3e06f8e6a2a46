import { fill, formatDate, formatDateTime, plural, type Lang } from '@gec/core';
import { explainStatus, type State } from '@gec/licence-client';
import { z } from 'zod';
import type { VueLicence } from './licence.schema.ts';
import { licenceTexts } from './licence.texts.ts';

/** The licence as JSON. */
export const licenceReponse = z.object({
  geree: z.boolean(),
  etat: z.string().nullable(),
  raison: z.string().nullable(),
  modifiable: z.boolean(),
  jusqua: z.string().nullable(),
  jours_restants: z.number().nullable(),
  avertissements: z.array(z.string()),
  titulaire: z.string().nullable(),
  cle: z.string().nullable(),
  duree: z.string().nullable(),
  activee_le: z.string().nullable(),
  fin_le: z.string().nullable(),
  a_confirmer_avant: z.string().nullable(),
  installation: z.string().nullable(),
  serveur: z.string().nullable(),
  derniere_synchronisation: z.object({ le: z.string(), erreur: z.string().nullable() }).nullable(),
  empreinte: z.array(z.object({ partie: z.string(), poids: z.number(), comparaison: z.string() })),
  historique: z.array(z.object({ le: z.string(), evenement: z.string(), detail: z.string().nullable() })),
});
export type LicenceReponse = z.output<typeof licenceReponse>;

/** A key of which people see only the end. */
const masked = (hint: string): string => `••••-••••-${hint}`;

/** The licence for programs. */
export function presentLicence({ geree, details }: VueLicence): LicenceReponse {
  const status = details?.status;
  const licence = details?.licence;
  return {
    geree,
    etat: status?.state ?? null,
    raison: status?.reason ?? null,
    modifiable: status?.mayChange ?? true,
    jusqua: status?.until?.toISOString() ?? null,
    jours_restants: status?.daysLeft ?? null,
    avertissements: [...(status?.warnings ?? [])],
    titulaire: licence?.owner ?? null,
    cle: licence ? masked(licence.license_key_hint) : null,
    duree: licence?.duration_label ?? null,
    activee_le: licence?.activated_at ?? null,
    fin_le: licence?.expires_at ?? null,
    a_confirmer_avant: licence?.lease_expires_at ?? null,
    installation: details?.installation ?? null,
    serveur: details?.server ?? null,
    derniere_synchronisation: details?.lastSync
      ? { le: details.lastSync.at, erreur: details.lastSync.error }
      : null,
    empreinte: (details?.evidence.parts ?? []).map(({ part, weight, change }) => ({
      partie: part,
      poids: weight,
      comparaison: change,
    })),
    historique: (details?.history ?? []).map(({ at, event, detail }) => ({
      le: at,
      evenement: event,
      detail,
    })),
  };
}

/** The licence in words, ready to be shown. */
export interface LicenceAffichee {
  readonly etat: State;
  readonly titre: string;
  readonly texte: string;
  readonly reste: string | null;
  readonly avertissements: readonly string[];
  readonly faits: readonly { terme: string; valeur: string | null }[];
  readonly active: boolean;
  readonly enLigne: boolean;
  readonly empreinte: readonly { partie: string; poids: number; comparaison: string; change: boolean }[];
  readonly grandChangement: boolean;
  readonly historique: readonly {
    id: string;
    le: string;
    quand: string;
    titre: string;
    detail: string | null;
  }[];
}

/** Events whose detail is the end of the key. */
const WITH_KEY: ReadonlySet<string> = new Set(['activated', 'file-applied']);
const CHANGED: ReadonlySet<string> = new Set(['changed', 'gone']);

/** Puts the licence into words; null when the program needs none. */
export function afficherLicence(lang: Lang, vue: VueLicence): LicenceAffichee | null {
  const { details, fuseau } = vue;
  if (details === null) return null;
  const t = licenceTexts(lang);
  const { status, licence, lastSync, evidence } = details;
  const explained = explainStatus(lang, status, fuseau);
  const day = (at: string) => formatDate(lang, at, fuseau);
  const moment = (at: string) => formatDateTime(lang, at, fuseau);
  const faits: LicenceAffichee['faits'][number][] = [];
  if (licence) {
    faits.push(
      { terme: t.titulaire, valeur: licence.owner ?? null },
      { terme: t.cle, valeur: masked(licence.license_key_hint) },
      { terme: t.duree, valeur: licence.duration_label },
      { terme: t.activeeLe, valeur: day(licence.activated_at) },
      { terme: t.finLe, valeur: day(licence.expires_at) },
      { terme: t.confirmerAvant, valeur: day(licence.lease_expires_at) },
      {
        terme: t.certificat,
        valeur: fill(t.certificatNumero, { seq: licence.seq, date: moment(licence.issued_at) }),
      },
    );
  }
  faits.push(
    { terme: t.installation, valeur: details.installation },
    { terme: t.serveur, valeur: details.server ?? t.sansServeur },
  );
  if (details.server !== null) {
    const last = lastSync === null ? t.jamais : moment(lastSync.at);
    const failed = lastSync?.error ?? null;
    faits.push({
      terme: t.derniereSync,
      valeur: failed === null ? last : fill(t.syncEchouee, { date: last, code: failed }),
    });
    // One that is due already comes within minutes; its time would read as a mistake.
    if (licence && vue.prochaineSync && Date.parse(vue.prochaineSync) > status.now.getTime())
      faits.push({ terme: t.prochaineSync, valeur: moment(vue.prochaineSync) });
  }
  return {
    etat: status.state,
    titre: explained.title,
    texte: explained.text,
    reste:
      status.daysLeft === null
        ? null
        : plural(lang, status.daysLeft, t.joursRestants_un, t.joursRestants_autre),
    avertissements: explained.warnings,
    faits,
    active: licence !== null,
    enLigne: details.server !== null,
    empreinte: evidence.parts.map(({ part, weight, change }) => ({
      partie: t[part],
      poids: weight,
      comparaison: t[change],
      change: CHANGED.has(change),
    })),
    grandChangement: evidence.large,
    historique: details.history.map(({ at, event, detail }, place) => {
      const key = `evt-${event}`;
      return {
        id: `${place}`,
        le: at,
        quand: moment(at),
        titre: key in t ? t[key as keyof typeof t] : event,
        detail: detail !== null && WITH_KEY.has(event) ? masked(detail) : detail,
      };
    }),
  };
}
