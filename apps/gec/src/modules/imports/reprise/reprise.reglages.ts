import { AppError, foldName } from '@gec/core';
import { parseCidr } from '@gec/http';
import type { AdressesService } from '../../auth/adresses.service.ts';
import type { ParametresService } from '../../parametres/parametres.service.ts';
import { PARAMETRES_PAR_DEFAUT, type PatchParametres } from '../../parametres/parametres.schema.ts';
import { court, lignes, type Contexte } from './reprise.contexte.ts';
import { enInstant, enTexte } from './reprise.valeurs.ts';

/** What settings and addresses need. */
export interface ReglagesDeps {
  parametres: Pick<ParametresService, 'get' | 'update'>;
  adresses: Pick<AdressesService, 'list' | 'block' | 'allow'>;
}

type Cle = keyof PatchParametres;

/** Their settings that are ours under another name. */
const PARAMETRES: Readonly<Record<string, Cle>> = {
  nom_logiciel: 'nomLogiciel',
  mode_numero_accuse: 'modeNumero',
  format_numero_accuse: 'formatArrivee',
  adresse_organisme: 'adresse',
  telephone: 'telephone',
  email_contact: 'email',
  texte_footer: 'piedPage',
  titre_pdf: 'titrePdf',
  sous_titre_pdf: 'sousTitrePdf',
  pays_pdf: 'pays',
  appellation_departement: 'appellationDepartement',
  titre_responsable_structure: 'titreResponsable',
};

/** Columns that say nothing of the office. */
const TECHNIQUES = /^(id|date_modification|modifie_par_id|created_at|updated_at)$/;

const TABLE = 'parametres_systeme';

/** How numbers that are typed by hand look, most usual first. */
const ANNEE = String.raw`(?<an>\d{4}|\d{2})`;
const FORMES: readonly RegExp[] = [
  new RegExp(String.raw`^(?<avant>[\p{L}][\p{L}\p{N} ./_-]*[./_-])?(?<n>\d+)(?<entre>[-/.])${ANNEE}$`, 'u'),
  new RegExp(String.raw`^(?<avant>[\p{L}][\p{L} ./_-]*[./_-])?${ANNEE}(?<entre>[-/.])(?<n>\d+)$`, 'u'),
];

/** The format that a number follows if it was counted by hand; null when it tells none. */
function formatDe(numero: string, annee: string): string | null {
  for (const [at, forme] of FORMES.entries()) {
    const { avant = '', n = '', entre = '', an = '' } = forme.exec(numero)?.groups ?? {};
    if (n === '' || (an !== annee && an !== annee.slice(2)) || n.length > 9) continue;
    const place = n.length > 1 && n.length <= 9 ? `{counter:0${n.length}d}` : '{counter}';
    const year = an.length === 4 ? '{year}' : '{yy}';
    return at === 0 ? `${avant}${place}${entre}${year}` : `${avant}${year}${entre}${place}`;
  }
  return null;
}

/**
 * The format that most numbers of the newest year follow, so that their register goes on here.
 *
 * @returns null when no format holds for more than half of them
 */
export function formatObserve(numeros: readonly { numero: string; annee: string }[]): string | null {
  const derniere = numeros.reduce((max, { annee }) => (annee > max ? annee : max), '');
  const recents = numeros.filter(({ annee }) => annee === derniere);
  const comptes = new Map<string, number>();
  for (const { numero, annee } of recents) {
    const format = formatDe(numero.trim(), annee);
    if (format !== null) comptes.set(format, (comptes.get(format) ?? 0) + 1);
  }
  const [best] = [...comptes].sort(([, a], [, b]) => b - a);
  return best && best[1] * 2 > recents.length ? best[0] : null;
}

/** Settings, formats of numbers and rules of addresses of the older program. */
export function createReglages({ parametres, adresses }: ReglagesDeps) {
  /** Sets what nobody has set here; refused values are said. */
  async function poser(ctx: Contexte, cle: Cle, valeur: string, colonne: string): Promise<boolean> {
    const ici = (await parametres.get())[cle];
    if (ici === valeur) return true;
    if (ici !== PARAMETRES_PAR_DEFAUT[cle]) {
      ctx.suivi.noter('parametre_garde', TABLE, null, colonne, String(ici));
      return true;
    }
    if (ctx.simulation) return true;
    try {
      await parametres.update(ctx.actor, { [cle]: valeur });
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.suivi.noter('parametre_refuse', TABLE, null, colonne, error.fields[0]?.message ?? error.message);
      return false;
    }
  }

  /** The settings of the office, those that were not set here yet. */
  async function reglages(ctx: Contexte): Promise<void> {
    const { foreign, suivi } = ctx;
    suivi.table(TABLE, await foreign.count(TABLE));
    const [row] = await foreign.page(TABLE, -1, 1);
    if (!row) return;
    for (const [colonne, valeur] of Object.entries(row)) {
      const text = enTexte(valeur)?.trim() ?? null;
      if (text === null || TECHNIQUES.test(colonne)) continue;
      const cle = PARAMETRES[colonne];
      if (cle === undefined) {
        // Its value may be a secret: only its name is told.
        suivi.noter('parametre_refuse', TABLE, null, colonne);
        continue;
      }
      const mot = cle === 'modeNumero' ? (foldName(text).startsWith('man') ? 'manuel' : 'automatique') : text;
      await poser(ctx, cle, mot, colonne);
    }
    suivi.compter(TABLE, 'repris');
  }

  /**
   * The formats that numbers follow in fact, so that each register goes on after its last number. What the register
   * shows counts more than what the settings of the older program say, so that it comes before them.
   */
  async function formats(
    ctx: Contexte,
    numeros: Readonly<Record<'ENTRANT' | 'SORTANT', readonly { numero: string; annee: string }[]>>,
  ): Promise<void> {
    for (const [flux, cle] of [
      ['ENTRANT', 'formatArrivee'],
      ['SORTANT', 'formatDepart'],
    ] as const) {
      const format = formatObserve(numeros[flux]);
      if (format === null) continue;
      const ici = (await parametres.get())[cle];
      if (ici === format) continue;
      if (ici !== PARAMETRES_PAR_DEFAUT[cle]) {
        ctx.suivi.noter('parametre_garde', 'courrier', null, flux, ici);
      } else if (ctx.simulation || (await imposer(ctx, cle, format))) {
        ctx.suivi.noter('format_deduit', 'courrier', null, flux, format);
      }
    }
  }

  async function imposer(ctx: Contexte, cle: Cle, format: string): Promise<boolean> {
    try {
      await parametres.update(ctx.actor, { [cle]: format });
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.suivi.noter(
        'parametre_refuse',
        'courrier',
        null,
        format,
        error.fields[0]?.message ?? error.message,
      );
      return false;
    }
  }

  /** Addresses that were kept out or let in by hand, those that still count. */
  async function regles(ctx: Contexte): Promise<void> {
    const { foreign, suivi, choix, actor } = ctx;
    const connues = new Set((await adresses.list(actor)).map(({ cidr, genre }) => `${genre} ${cidr}`));
    for (const table of ['ip_block', 'ip_whitelist'] as const) {
      suivi.table(table, await foreign.count(table));
      for await (const row of lignes(foreign, table)) {
        const id = Number(row['id']);
        const ecrite = court(row, 'ip_address', 60) ?? court(row, 'ip', 60) ?? court(row, 'cidr', 60) ?? '';
        const range = parseCidr(ecrite);
        const fin = enInstant(row['expires_at'] ?? row['date_expiration'], choix.fuseau);
        if (!range || (fin !== null && Date.parse(fin) <= Date.now())) {
          suivi.ecarter('adresse_refusee', table, id, ecrite, fin ?? '');
          continue;
        }
        if (connues.has(`${table === 'ip_block' ? 'bloquee' : 'autorisee'} ${range.text}`)) {
          suivi.compter(table, 'deja');
          continue;
        }
        suivi.compter(table, 'repris');
        if (ctx.simulation) continue;
        const minutes = fin === null ? undefined : Math.ceil((Date.parse(fin) - Date.now()) / 60_000);
        const regle = {
          cidr: range.text,
          motif:
            court(row, 'reason', 300) ?? court(row, 'motif', 300) ?? court(row, 'description', 300) ?? '',
          ...(minutes === undefined ? {} : { minutes }),
          confirme: true,
        };
        await (table === 'ip_block' ? adresses.block(actor, regle) : adresses.allow(actor, regle));
      }
    }
  }

  return { reglages, formats, regles };
}
