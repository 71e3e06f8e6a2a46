import { fill, invalid, type Actor, type Clock, type FieldError } from '@gec/core';
import type { Trx } from '../../context.ts';
import type { TypeCourrier } from '../../db/schema.ts';
import type { CleParametre, Parametres } from '../parametres/parametres.schema.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { hasYear } from './registres.format.ts';
import { anneeDe, autreFlux, checkRegistre, reglesDe, toRegistre } from './registres.plan.ts';
import type { LigneRegistre, RegistresRepo } from './registres.repo.ts';
import { FLUX, type ConfigurationRegistre, type Registre } from './registres.schema.ts';
import { registresTexts } from './registres.texts.ts';

const ANNEE_MIN = 2000;
const VALEUR_MAX = 99_999_999;

/** The settings that say how a flow is numbered, as the fields that they are refused on. */
const CLES: Record<TypeCourrier, { format: CleParametre; valeurDepart: CleParametre }> = {
  ENTRANT: { format: 'formatArrivee', valeurDepart: 'valeurDepartArrivee' },
  SORTANT: { format: 'formatDepart', valeurDepart: 'valeurDepartDepart' },
};

interface Deps {
  repo: RegistresRepo;
  parametres: Pick<ParametresService, 'get'>;
  clock: Clock;
  open(trx: Trx, flux: TypeCourrier, annee: number): Promise<void>;
}

/** How registers are configured, from the settings or one by one. */
export function createConfiguration({ repo, parametres, clock, open }: Deps) {
  async function locked(trx: Trx, flux: TypeCourrier, annee: number): Promise<LigneRegistre> {
    await open(trx, flux, annee);
    const found = await repo.find(trx, flux, annee);
    if (!found) throw new Error(`the register ${flux} ${annee} could not be opened`);
    return repo.lock(trx, found.id);
  }

  /** Applies a wish to a locked register; what is refused is added to `errors`, and nothing is written. */
  async function apply(
    trx: Trx,
    actor: Actor,
    row: LigneRegistre,
    wish: ConfigurationRegistre,
    otherFormat: string,
    errors: FieldError[],
  ): Promise<Registre> {
    const texts = registresTexts(actor.lang);
    const before = await repo.before(trx, row.flux, row.annee);
    const valeur = wish.valeurDepart ?? row.valeur_depart;
    const moved = valeur !== row.valeur_depart;
    const goesOn = before !== undefined && !hasYear(before.format);
    errors.push(
      ...checkRegistre(
        actor.lang,
        { ...wish, continues: valeur > 1 || goesOn },
        { flux: autreFlux(row.flux), format: otherFormat },
      ),
    );
    if (!Number.isInteger(valeur) || valeur < 1 || valeur > VALEUR_MAX) {
      errors.push({ field: 'valeurDepart', message: texts.valeurDepartRefusee });
    } else if (moved && (await repo.hasNumbers(trx, row.id))) {
      const message = fill(texts.valeurDepartTardive, { annee: row.annee });
      errors.push({ field: 'valeurDepart', message });
    } else if (moved && goesOn && !hasYear(wish.format) && valeur < before.prochain) {
      const message = fill(texts.valeurDepartBasse, { n: before.prochain });
      errors.push({ field: 'valeurDepart', message });
    }
    if (errors.length > 0) return toRegistre(row);
    const change = {
      format: wish.format,
      mode: wish.mode,
      ...(moved ? { valeur_depart: valeur, prochain: valeur } : {}),
    };
    await repo.update(trx, row.id, change);
    return toRegistre({ ...row, ...change });
  }

  return {
    /** See `configure` of the service. */
    async configure(trx: Trx, actor: Actor, wish: ConfigurationRegistre): Promise<Registre> {
      const settings = await parametres.get(trx);
      const thisYear = anneeDe(clock.now(), settings);
      if (!Number.isInteger(wish.annee) || wish.annee < ANNEE_MIN || wish.annee > thisYear + 1) {
        throw invalid([{ field: 'annee', message: registresTexts(actor.lang).anneeRefusee }]);
      }
      const flux = autreFlux(wish.flux);
      const row = await locked(trx, wish.flux, wish.annee);
      const other = await repo.find(trx, flux, wish.annee);
      const errors: FieldError[] = [];
      const otherFormat = other?.format ?? reglesDe(settings, flux).format;
      const registre = await apply(trx, actor, row, wish, otherFormat, errors);
      if (errors.length > 0) throw invalid(errors);
      return registre;
    },

    /**
     * Carries a change of settings over to this year's registers, or refuses it on the settings' own fields.
     *
     * @returns the registers that changed
     */
    async followSettings(
      trx: Trx,
      actor: Actor,
      { apres, cles }: { apres: Parametres; cles: readonly CleParametre[] },
    ): Promise<Registre[]> {
      const all = cles.includes('modeNumero');
      const touched = FLUX.filter(
        (flux) => all || cles.includes(CLES[flux].format) || cles.includes(CLES[flux].valeurDepart),
      );
      if (touched.length === 0) return [];
      const annee = anneeDe(clock.now(), apres);
      const changed: Registre[] = [];
      const refused: FieldError[] = [];
      for (const flux of touched) {
        const row = await locked(trx, flux, annee);
        const regles = reglesDe(apres, flux);
        const errors: FieldError[] = [];
        // What nobody changed now stays as this year's register has it.
        const wish = {
          flux,
          annee,
          mode: regles.mode,
          format: cles.includes(CLES[flux].format) ? regles.format : row.format,
          valeurDepart: cles.includes(CLES[flux].valeurDepart) ? regles.valeurDepart : undefined,
        };
        const other = autreFlux(flux);
        const kept = cles.includes(CLES[other].format) ? undefined : await repo.find(trx, other, annee);
        const otherFormat = kept?.format ?? reglesDe(apres, other).format;
        changed.push(await apply(trx, actor, row, wish, otherFormat, errors));
        for (const { field, message } of errors) {
          refused.push({ field: field === 'format' ? CLES[flux].format : CLES[flux].valeurDepart, message });
        }
      }
      if (refused.length > 0) throw invalid(refused);
      return changed;
    },
  };
}
