import { constants } from 'node:fs';
import { access, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fill, formatNumber, type Lang } from '@gec/core';
import { findings, type Constat, type Examen } from './doctor.ts';
import { doctorTexts } from './doctor.texts.ts';

const MIB = 1024 ** 2;
const FREE_LEAST_MIB = 200;
const FREE_GOOD_MIB = 2_048;
/** A spinning disk takes some 20 ms for one write that survives a power cut; ten are written. */
const SYNC_ROUNDS = 10;
const SYNC_SLOW_MS = 50;

async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found || at === dirname(at)) return at;
  }
}

/** Milliseconds that one durable write takes in a folder. */
async function syncTime(dir: string): Promise<number> {
  const path = join(dir, `.doctor-${process.pid}`);
  const file = await open(path, 'wx', 0o600);
  try {
    const begin = performance.now();
    for (let round = 0; round < SYNC_ROUNDS; round++) {
      await file.write(Buffer.alloc(4_096, round));
      await file.sync();
    }
    return (performance.now() - begin) / SYNC_ROUNDS;
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

async function rights(lang: Lang, dir: string): Promise<Constat> {
  const t = doctorTexts(lang);
  const as = findings('dossier');
  const found = await stat(dir).catch(() => null);
  if (!found) {
    const parent = await nearestFolder(dirname(dir));
    const may = await access(parent, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (may) return as.ok(fill(t.dossierAbsent, { dossier: dir }));
    return as.panne(
      fill(t.dossierIncreable, { dossier: dir, parent }),
      fill(t.dossierCreer, { dossier: dir }),
    );
  }
  if (!found.isDirectory()) {
    return as.panne(fill(t.dossierFichier, { dossier: dir }), fill(t.dossierCreer, { dossier: dir }));
  }
  try {
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return as.panne(fill(t.dossierFerme, { dossier: dir }), fill(t.dossierCreer, { dossier: dir }));
  }
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) {
    const constat = fill(t.dossierAutre, { dossier: dir, proprietaire: found.uid, compte: uid });
    return as.attention(constat, t.dossierCompte);
  }
  if ((found.mode & 0o077) !== 0) {
    const constat = fill(t.dossierOuvert, { dossier: dir, mode: (found.mode & 0o777).toString(8) });
    return as.attention(constat, fill(t.dossierFermer, { dossier: dir }));
  }
  return as.ok(fill(t.dossier, { dossier: dir }));
}

async function secretFile(lang: Lang, path: string): Promise<Constat | null> {
  const t = doctorTexts(lang);
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  const as = findings('secrets');
  if ((found.mode & 0o077) === 0) return as.ok(fill(t.secretsGardes, { fichier: path }));
  return as.panne(fill(t.secretsOuverts, { fichier: path }), fill(t.secretsFermer, { fichier: path }));
}

/**
 * What to look at in a data folder: whether this account may work in it and others may not, room, how long a write takes
 * that survives a power cut, and whether the secrets in it are readable to their owner alone.
 */
export function folderExams(lang: Lang, dir: string): Examen[] {
  const t = doctorTexts(lang);
  return [
    { id: 'dossier', run: () => rights(lang, dir) },
    { id: 'secrets', run: () => secretFile(lang, join(dir, 'secrets.json')) },
    {
      id: 'place',
      async run() {
        const as = findings('place');
        const { bavail, bsize } = await statfs(await nearestFolder(dir));
        const mib = Math.floor((bavail * bsize) / MIB);
        const constat = fill(t.place, { mo: formatNumber(lang, mib) });
        if (mib < FREE_LEAST_MIB) return as.panne(constat, t.placeFaire);
        return mib < FREE_GOOD_MIB ? as.attention(constat, t.placeFaire) : as.ok(constat);
      },
    },
    {
      id: 'disque',
      async run() {
        if (!(await stat(dir).catch(() => null))) return null;
        const as = findings('disque');
        const ms = await syncTime(dir);
        const constat = fill(t.disque, { ms: formatNumber(lang, Math.round(ms * 10) / 10) });
        return ms > SYNC_SLOW_MS ? as.attention(constat, t.disqueLent) : as.ok(constat);
      },
    },
  ];
}
