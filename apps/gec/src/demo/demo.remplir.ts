import { Readable } from 'node:stream';
import { AppError, systemActor, type Clock, type Lang } from '@gec/core';
import type { Container } from '../container.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { apresOuvrees, momentsDArrivee } from './demo.calendrier.ts';
import { embaucher, type Compte } from './demo.gens.ts';
import { createHasard } from './demo.hasard.ts';
import { inventer, type Lettre } from './demo.lettres.ts';
import { echantillons, NOTICE, numeriser, type Echantillon } from './demo.scans.ts';
import { demoTexts } from './demo.texts.ts';
import { createVie, type Enregistre, type Evenement } from './demo.vie.ts';

/** Letters of the demonstration, as many as were counted in five weeks of real use. */
export const COURRIERS = 1_500;

/** Scans that are made and received ahead of their letters. */
const AVANCE = 4;

/** A clock that the demonstration moves through its five weeks. */
export interface HorlogeReglable extends Clock {
  regler(moment: number): void;
}

/** A clock that stands at an instant until it is moved. */
export function createHorloge(depart: Date): HorlogeReglable {
  let now = depart.getTime();
  return {
    now: () => new Date(now),
    regler(moment) {
      now = moment;
    },
  };
}

/** What was made. */
export interface Bilan {
  courriers: number;
  transmissions: number;
  comptes: Compte[];
}

async function exigerVide(container: Container, lang: Lang): Promise<void> {
  const system = systemActor('demo', lang);
  const registres = await container.registres.list(system);
  const numeros = registres.reduce((sum, one) => sum + one.attribues + one.annules + one.detruits, 0);
  const { utilisateurs } = await container.utilisateurs.list(system);
  const connus = utilisateurs.some(({ email }) => email.endsWith('@mines.example'));
  if (numeros > 0 || connus) throw new AppError('conflict', 'NOT_EMPTY', demoTexts(lang).pasVide);
}

/** The office as the demonstration shows it: it continues a paper register. */
async function regler({ parametres }: Container): Promise<void> {
  await parametres.update(systemActor('demo'), {
    adresse: 'Avenue des Mines n° 1, Kinshasa/Gombe',
    telephone: '+243 00 000 00 00',
    email: 'secretariat@mines.example',
    piedPage: 'Justice – Paix – Travail',
    formatArrivee: '{counter:06d}-{yy}',
    formatDepart: 'D-{counter:05d}-{yy}',
    valeurDepartArrivee: 7_412,
    valeurDepartDepart: 318,
  });
}

/**
 * Fills an empty register with five weeks of an office's life, through the services that the pages use.
 *
 * @param horloge the clock of the container; it ends at `now`
 * @param onProgress events done, out of how many
 * @throws AppError conflict NOT_EMPTY when there is something already
 */
export async function remplir(
  container: Container,
  horloge: HorlogeReglable,
  options: { lang: Lang; now: Date; courriers?: number; onProgress?: (done: number, total: number) => void },
): Promise<Bilan> {
  const { now, courriers: nombre = COURRIERS, onProgress } = options;
  const hasard = createHasard(1_960_630);
  await exigerVide(container, options.lang);
  const moments = momentsDArrivee(nombre, hasard, now);
  const debut = moments[0] ?? now.getTime();
  horloge.regler(debut - 3_600_000);
  await regler(container);
  const { gens, comptes } = await embaucher(container);
  const types = new Map((await container.referentiels.typesSortants()).map(({ nom, id }) => [nom, id]));
  const vie = createVie(container, gens, hasard);
  const clercs = [gens['n.mbombo'], gens['n.mbombo'], gens['c.lukusa'], gens['c.lukusa'], gens['s.mwamba']];
  const vrais = echantillons();
  const chaque = Math.floor(nombre / (vrais.length + 1));

  const enregistres = moments.map((moment, at): Enregistre & { vrai?: Echantillon } => {
    const lettre = inventer(moment, hasard);
    const clerc = lettre.flux === 'ENTRANT' ? hasard.parmi(clercs) : gens['s.mwamba'];
    const vrai = at > 0 && at % chaque === 0 ? vrais[at / chaque - 1] : undefined;
    const montree = vrai ? illustrer(lettre) : lettre;
    return { lettre: montree, moment, clerc, id: 0, ...(vrai ? { vrai } : {}) };
  });

  // Files are received a few letters ahead: the atelier checks one while another letter is stored.
  const recus = new Map<number, Promise<string>>();
  const recevoir = (at: number): Promise<string> => {
    const one = enregistres[at];
    const known = recus.get(at);
    if (known !== undefined || !one) return known ?? Promise.resolve('');
    const work = (async () => {
      const contenu = one.vrai?.contenu ?? (await numeriser(one.lettre, createHasard(at + 1)));
      const name = one.vrai?.nom ?? `Numérisation ${String(at + 1).padStart(4, '0')}.pdf`;
      return (await container.pieces.receive(one.clerc, { name, stream: Readable.from([contenu]) })).id;
    })();
    // Whoever waits for it gets the failure; until then it must not end the program.
    work.catch(() => undefined);
    recus.set(at, work);
    return work;
  };

  const enregistrer = async (one: Enregistre, at: number): Promise<void> => {
    for (let next = at; next <= at + AVANCE; next++) void recevoir(next);
    const piece = await recevoir(at);
    recus.delete(at);
    const { lettre } = one;
    const { id } = await container.courriers.register(one.clerc, {
      typeCourrier: lettre.flux,
      objet: lettre.objet,
      correspondant: lettre.correspondant,
      numeroReference: lettre.reference,
      dateRedaction: lettre.dateRedaction,
      secretaireGeneralCopie: lettre.flux === 'ENTRANT' ? lettre.copie : null,
      typeCourrierSortantId: lettre.type === null ? null : (types.get(lettre.type) ?? null),
      statut: lettre.urgent ? 'URGENT' : undefined,
      autresInformations: lettre.autresInformations,
      pieces: [piece],
    });
    one.id = id;
  };

  const accidents = incidents(container, gens, enregistres, now.getTime());
  const events: Evenement[] = enregistres.flatMap((one, at) => [
    { moment: one.moment, faire: () => enregistrer(one, at) },
    ...(accidents.touches.has(one) ? [] : vie.suites(one, now.getTime())),
  ]);
  events.push(...accidents.events);
  events.sort((a, b) => a.moment - b.moment);

  for (const [done, { moment, faire }] of events.entries()) {
    horloge.regler(moment);
    await faire();
    onProgress?.(done + 1, events.length);
  }
  horloge.regler(now.getTime());
  await container.journal.chainNow();
  return { courriers: nombre, transmissions: vie.transmises(), comptes };
}

/** The letter that a real scan illustrates: it says whose picture it is. */
function illustrer(lettre: Lettre): Lettre {
  return {
    ...lettre,
    flux: 'ENTRANT',
    objet: 'Versement d’archives : page dactylographiée ancienne, pour numérisation et classement',
    correspondant: 'Service des archives et de la documentation',
    reference: '',
    type: null,
    urgent: false,
    departement: 'ADM',
    pages: 1,
    autresInformations: NOTICE,
  };
}

/**
 * What goes wrong in an office: numbers that are cancelled, letters that go to the corbeille.
 *
 * @returns the events, and the letters to which nothing else happens
 */
function incidents(
  { registres, courriers }: Container,
  gens: Readonly<Record<'d.kabongo' | 'n.mbombo', Personne>>,
  enregistres: readonly Enregistre[],
  now: number,
): { events: Evenement[]; touches: ReadonlySet<Enregistre> } {
  const touches = new Set<Enregistre>();
  const chef = gens['d.kabongo'];
  const auBureau = enregistres.filter(
    ({ clerc, moment, lettre }) =>
      clerc.departementId === chef.departementId &&
      lettre.flux === 'ENTRANT' &&
      lettre.autresInformations !== NOTICE &&
      moment < now - 86_400_000,
  );
  const a = (part: number): Enregistre | undefined => auBureau[Math.floor(auBureau.length * part)];
  const events: Evenement[] = [];
  const gate = a(0.3);
  if (gate) {
    events.push({
      moment: gate.moment + 500,
      faire: () =>
        registres.cancelNext(gens['n.mbombo'], {
          flux: 'ENTRANT',
          motif: 'Numéro apposé par erreur sur une facture',
        }),
    });
  }
  const double = a(0.7);
  if (double) {
    touches.add(double);
    events.push({
      moment: double.moment + 900,
      faire: () =>
        courriers.cancelRegistration(chef, double.id, 'Courrier enregistré deux fois le même jour'),
    });
  }
  for (const part of [0.12, 0.24, 0.41, 0.55, 0.83, 0.94]) {
    const one = a(part);
    if (!one) continue;
    touches.add(one);
    events.push({
      moment: apresOuvrees(one.moment, 1) + 700,
      faire: () => courriers.remove(chef, one.id),
    });
  }
  return { events, touches };
}
