import {
  allTexts,
  can,
  conflict,
  forbidden,
  invalid,
  LANGS,
  notFound,
  overrideTexts,
  timestamp,
  type Actor,
  type Lang,
} from '@gec/core';
import { createVersionedCache, type Via } from '../../cache.ts';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { textesRepo, type Remplacement } from './textes.repo.ts';
import { verifier, type Texte } from './textes.schema.ts';
import { textesTexts } from './textes.texts.ts';

/** What the texts need. */
export interface TextesDeps extends Pick<Base, 'database' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
}

const keyOf = ({ module, cle }: { module: string; cle: string }): string => `${module} ${cle}`;

/** The texts of the program, which an administrator may word otherwise, one by one. */
export function createTextesService({ database, clock, journal }: TextesDeps) {
  const load = async (via: Via): Promise<ReadonlyMap<string, Remplacement>> =>
    new Map((await textesRepo.all(via)).map((one) => [keyOf(one), one]));
  const cache = createVersionedCache({ database, name: 'textes', load });
  let applied: ReadonlyMap<string, Remplacement> | null = null;

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(textesTexts(actor.lang).refuse);
  }

  function texteDe(module: string, cle: string, kept: ReadonlyMap<string, Remplacement>): Texte | null {
    const known = allTexts().get(module);
    const fr = known?.all.fr[cle];
    const en = known?.all.en[cle];
    if (fr === undefined || en === undefined || !Object.hasOwn(known?.all.fr ?? {}, cle)) return null;
    const own = kept.get(keyOf({ module, cle }));
    return {
      module,
      cle,
      origine: { fr, en },
      remplace: own?.mots ?? { fr: null, en: null },
      version: own?.version ?? 0,
      modifieParId: own?.parId ?? null,
      modifieLe: own?.le ?? null,
    };
  }

  /** Has this process say what the office wrote, if that has changed. */
  async function appliquer(): Promise<void> {
    const kept = await cache.get();
    if (kept === applied) return;
    applied = kept;
    overrideTexts(
      [...kept.values()].flatMap(({ module, cle, mots }) =>
        LANGS.flatMap((langue) => {
          const texte = mots[langue];
          return texte === null ? [] : [{ module, cle, langue, texte }];
        }),
      ),
    );
  }

  /** One text. @throws AppError forbidden, not-found */
  async function find(actor: Actor, module: string, cle: string): Promise<Texte> {
    mayManage(actor);
    cache.invalidate();
    const texte = texteDe(module, cle, await cache.get());
    if (!texte) throw notFound(textesTexts(actor.lang).introuvable);
    return texte;
  }

  return {
    appliquer,
    find,

    /** Every text, by module and in the order in which each was written. @throws AppError forbidden */
    async list(actor: Actor): Promise<Texte[]> {
      mayManage(actor);
      const kept = await cache.get();
      return [...allTexts().values()]
        .sort((a, b) => (a.module < b.module ? -1 : 1))
        .flatMap(({ module, all }) => Object.keys(all.fr).flatMap((cle) => texteDe(module, cle, kept) ?? []));
    },

    /**
     * Words a text otherwise; an empty text brings back the program's own.
     *
     * @param version the version that the person saw
     * @throws AppError forbidden, not-found; invalid on `fr` or `en`; conflict `VERSION_CONFLICT` when somebody was faster
     */
    async update(
      actor: Actor,
      { module, cle }: { module: string; cle: string },
      saisie: Readonly<Record<Lang, string>>,
      version: number,
    ): Promise<void> {
      const texte = await find(actor, module, cle);
      const { valeurs, errors } = verifier(actor.lang, texte, saisie);
      if (errors.length > 0) throw invalid(errors);
      if (texte.version !== version)
        throw conflict('VERSION_CONFLICT', textesTexts(actor.lang).versionPerimee);
      if (LANGS.every((langue) => valeurs[langue] === texte.remplace[langue])) return;
      try {
        await database.transaction(async (trx) => {
          const parId = actor.kind === 'user' ? actor.userId : null;
          const words = { module, cle, mots: valeurs, parId, le: timestamp(clock) };
          if (!(await textesRepo.put(trx, words, version))) {
            throw conflict('VERSION_CONFLICT', textesTexts(actor.lang).versionPerimee);
          }
          await cache.bump(trx);
          await journal.record(trx, actor, { action: 'texte.modification', details: { module, cle } });
        });
      } finally {
        cache.invalidate();
      }
      await appliquer();
    },
  };
}

export type TextesService = ReturnType<typeof createTextesService>;
