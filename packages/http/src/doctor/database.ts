import { fill, formatNumber, type Lang } from '@gec/core';
import { diagnose, engineOf, type Diagnosis, type Step } from '@gec/db';
import { errorText, findings, type Constat, type Examen } from './doctor.ts';
import { doctorTexts } from './doctor.texts.ts';

const POSTGRES_OLDEST = 14;
const DRIFT_HIGH_MS = 5_000;
const DRIFT_WRONG_MS = 60_000;

function engineFinding(lang: Lang, found: Diagnosis): Constat {
  const t = doctorTexts(lang);
  const as = findings('base');
  const { version, encoding, timeZone } = found;
  if (found.engine === 'sqlite') return as.ok(fill(t.baseSqlite, { version }));
  const constat = fill(t.basePostgres, { version, encodage: encoding, fuseau: timeZone });
  if (Number.parseInt(version, 10) < POSTGRES_OLDEST) {
    return as.panne(constat, fill(t.baseVieille, { version: POSTGRES_OLDEST }));
  }
  if (encoding !== 'UTF8') return as.panne(constat, t.baseEncodage);
  if (found.readOnly) return as.panne(constat, t.baseLecture);
  if (timeZone !== 'UTC') return as.panne(constat, t.baseFuseau);
  return as.ok(constat);
}

function schemaFinding(lang: Lang, found: Diagnosis): Constat {
  const t = doctorTexts(lang);
  const as = findings('schema');
  if (found.unknown.length > 0) {
    return as.panne(fill(t.schemaPlusRecent, { etapes: found.unknown.join(', ') }), t.schemaRevenir);
  }
  if (found.applied.length === 0) return as.ok(t.schemaVide);
  if (found.pending.length > 0) {
    return as.attention(fill(t.schemaAncien, { etapes: found.pending.join(', ') }), t.schemaMettre);
  }
  return as.ok(fill(t.schema, { etape: found.applied.at(-1) ?? '' }));
}

/**
 * What to look at in a database: whether it answers, what it is, its clock, its schema, and with `openKeys` whether the
 * master key is its own. Nothing is changed.
 *
 * @param settings.name variable that says where the database is
 * @param settings.openKeys opens the wrapped keys of a database that has a schema; throws when the key is not the one
 */
export function databaseExams(
  lang: Lang,
  settings: {
    name: string;
    url: string;
    steps: readonly Step[];
    openKeys: () => Promise<void>;
  },
): Examen[] {
  const t = doctorTexts(lang);
  const { name, url, steps } = settings;
  let found: Diagnosis | null = null;
  return [
    {
      id: 'base',
      async run() {
        const as = findings('base');
        try {
          found = await diagnose(url, steps);
        } catch (error) {
          const conseil =
            engineOf(url) === 'sqlite' ? t.baseSqliteVoir : fill(t.baseVoir, { variable: name });
          return as.panne(fill(t.baseAbsente, { message: errorText(error) }), conseil);
        }
        return found ? engineFinding(lang, found) : as.ok(t.baseVierge);
      },
    },
    {
      id: 'horloge',
      run() {
        if (!found || found.engine === 'sqlite') return null;
        const as = findings('horloge');
        const drift = Math.abs(found.driftMs);
        const constat = fill(t.horloge, { s: formatNumber(lang, Math.round(drift / 100) / 10) });
        if (drift > DRIFT_WRONG_MS) return as.panne(constat, t.horlogeRegler);
        return drift > DRIFT_HIGH_MS ? as.attention(constat, t.horlogeRegler) : as.ok(constat);
      },
    },
    { id: 'schema', run: () => (found ? schemaFinding(lang, found) : null) },
    {
      id: 'cle',
      async run() {
        if (!found || found.applied.length === 0 || found.unknown.length > 0) return null;
        const as = findings('cle');
        try {
          await settings.openKeys();
          return as.ok(t.cle);
        } catch (error) {
          return as.panne(fill(t.cleFausse, { message: errorText(error) }), t.cleRemettre);
        }
      },
    },
  ];
}
