import { addDays, dayOf } from '@gec/core';
import type { Container } from '../container.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { apresOuvrees } from './demo.calendrier.ts';
import type { Login } from './demo.gens.ts';
import type { Hasard } from './demo.hasard.ts';
import type { Lettre } from './demo.lettres.ts';
import { ANNOTATIONS, MESSAGES, NOTES } from './demo.lexique.ts';

/** Something that happens at a moment (ms since 1970). */
export interface Evenement {
  readonly moment: number;
  faire(): Promise<unknown>;
}

/** A registered letter and who registered it. */
export interface Enregistre {
  readonly lettre: Lettre;
  readonly moment: number;
  readonly clerc: Personne;
  /** Known once it is registered. */
  id: number;
}

type Services = Pick<Container, 'courriers' | 'transmissions' | 'commentaires'>;
type Gens = Readonly<Record<Login, Personne>>;

const CHEFS: Readonly<Record<Lettre['departement'], Login>> = {
  JUR: 't.kalonji',
  TECH: 'b.nsimba',
  FIN: 'h.mukendi',
  ADM: 'd.kabongo',
};
const AGENTS: Partial<Record<Lettre['departement'], Login>> = { JUR: 'p.bahati', TECH: 'g.ngoie' };
const INSTRUCTIONS: readonly string[] = [
  'disposition',
  'etude_avis',
  'element_reponse',
  'projet_reponse',
  'suite',
  'suite',
  'information',
  'suivi',
  'classement',
];

/** What may happen to letters after they were registered; each function gives events of one letter. */
export function createVie({ courriers, transmissions, commentaires }: Services, gens: Gens, hasard: Hasard) {
  const sg = gens['p.ilunga'];
  const bureau = gens['d.kabongo'];
  let transmises = 0;

  async function statut(actor: Personne, id: number, nom: string): Promise<void> {
    const { version } = await courriers.get(actor, id);
    await courriers.changeStatut(actor, id, nom, version);
  }

  /** Days from a moment on, as an échéance. */
  const echeance = (moment: number) => addDays(dayOf(new Date(moment)), hasard.entier(3, 15));

  /** The letter goes to a head of department, who may hand it on, deals with it, and sees it closed. */
  function circuit(one: Enregistre): Evenement[] {
    const { lettre } = one;
    const chef = gens[CHEFS[lettre.departement]];
    const agent = AGENTS[lettre.departement];
    // The head of the registry closes what the registry registered; the secretary what came to her.
    const gestionnaire = one.clerc.departementId === bureau.departementId ? bureau : one.clerc;
    const transmis = apresOuvrees(one.moment, hasard.entier(25, 500));
    const lu = apresOuvrees(transmis, hasard.entier(5, 420));
    const instruction = hasard.parmi(INSTRUCTIONS);
    let transmission = 0;
    const events: Evenement[] = [
      {
        moment: transmis,
        async faire() {
          const [id = 0] = await transmissions.transmit(sg, one.id, {
            destinataires: [chef.userId],
            instruction,
            message: hasard.chance(0.25) ? hasard.parmi(MESSAGES) : '',
            echeance: hasard.chance(0.4) || lettre.urgent ? echeance(transmis) : null,
          });
          transmission = id;
          transmises += 1;
        },
      },
    ];
    if (!lettre.urgent && hasard.chance(0.8)) {
      events.push({ moment: transmis + 2_000, faire: () => statut(gestionnaire, one.id, 'EN_COURS') });
    }
    if (hasard.chance(0.1)) return events;
    events.push({ moment: lu, faire: () => transmissions.markRead(chef, one.id) });
    if (agent !== undefined && hasard.chance(0.3)) {
      const relais = gens[agent];
      events.push({
        moment: apresOuvrees(lu, hasard.entier(5, 60)),
        async faire() {
          await transmissions.transmit(chef, one.id, {
            destinataires: [relais.userId],
            instruction: 'projet_reponse',
            echeance: hasard.chance(0.5) ? echeance(lu) : null,
          });
          transmises += 1;
        },
      });
    }
    if (hasard.chance(0.25)) return events;
    const fini = apresOuvrees(lu, hasard.entier(90, 480 * 9));
    events.push({
      moment: fini,
      faire: () => transmissions.markDone(chef, transmission, hasard.parmi(NOTES)),
    });
    events.push({ moment: fini + 3_000, faire: () => statut(gestionnaire, one.id, 'TRAITE') });
    if (hasard.chance(0.3)) {
      const classe = apresOuvrees(fini, hasard.entier(480, 480 * 5));
      events.push({ moment: classe, faire: () => statut(gestionnaire, one.id, 'ARCHIVE') });
    }
    return events;
  }

  /** Small things beside the main way: an annotation, a slip of the pen put right. */
  function details(one: Enregistre): Evenement[] {
    const events: Evenement[] = [];
    if (hasard.chance(0.08)) {
      const texte = hasard.parmi(ANNOTATIONS);
      events.push({
        moment: apresOuvrees(one.moment, hasard.entier(3, 200)),
        faire: () => commentaires.add(one.clerc, one.id, { type: 'annotation', texte }),
      });
    }
    if (one.lettre.reference !== '' && hasard.chance(0.03)) {
      events.push({
        moment: apresOuvrees(one.moment, hasard.entier(2, 90)),
        async faire() {
          const { version } = await courriers.get(one.clerc, one.id);
          const numeroReference = `${one.lettre.reference} bis`;
          await courriers.update(one.clerc, one.id, { numeroReference }, version);
        },
      });
    }
    return events;
  }

  return {
    /** Everything that happens to a letter later; what would lie in the future has not happened yet. */
    suites(one: Enregistre, now: number): Evenement[] {
      const suivi = one.lettre.flux === 'ENTRANT' && hasard.chance(0.62);
      return [...(suivi ? circuit(one) : []), ...details(one)].filter(({ moment }) => moment < now);
    },
    transmises: () => transmises,
  };
}
